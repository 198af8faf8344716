"""`livechat serve` without its rest after each sweep over the residents: it gathers as little as it can.

Only for `scenarios/frames.py`, which compares it with servers that gather nothing. It is the same service otherwise.
"""

import sys

from livechat.channel import Channel
from web.cli import main

if __name__ == "__main__":
    defaults = Channel.__init__.__kwdefaults__
    if not defaults or "rest" not in defaults:
        sys.exit("the channel's rest after a sweep has another name now")
    defaults["rest"] = 0.0
    main()
