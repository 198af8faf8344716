"""The example meeting: made once, open, with residents who write."""

import contextlib
import logging
from pathlib import Path

from msgspec.structs import replace

from web import simulate
from web.meeting_file import MeetingFile
from web.meetings import Exists, Meetings

MEETING = Path(__file__).parent.parent / "examples" / "politikerdialog.toml"


async def prepare(meetings: Meetings, file: MeetingFile) -> None:
    """Makes the meeting, open and at its first item, unless it is there from the last time.

    It goes on without a moderator: who looks at it has not come to be one.
    """
    with contextlib.suppress(Exists):
        await meetings.new(replace(file, unattended=0), begun=True)


async def play(url: str) -> None:
    """Plays in the example comments, each only once however often the demo is started."""
    comments = simulate.read_comments(simulate.COMMENTS)
    try:
        await simulate.play(url, comments, pace=5, tell=lambda line: None, once_as="demo")
    except simulate.CannotPlay as error:
        logging.getLogger("livechat").warning("the example comments stopped: %s", error)
