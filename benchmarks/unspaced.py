"""`livechat serve` without the pause between two sweeps, as far as that goes one frame for each event.

The service gathers what happens within 50 ms into one frame. To compare its writing with servers that gather
nothing, this starts the same service with a pause of nothing; it is otherwise what `livechat` runs.
"""

import sys

from livechat.channel import Channel
from web.cli import main

if __name__ == "__main__":
    defaults = Channel.__init__.__kwdefaults__
    if not defaults or "spacing" not in defaults:
        sys.exit("the channel's spacing has another name now")
    defaults["spacing"] = 0.0
    main(["serve"])
