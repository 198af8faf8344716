"""Slow mode at the door: how long a sender waits between two comments.

The meeting says how long; who sends is known only here, and forgotten here. What is sent again, and what would be
refused for another reason, costs nothing.
"""

import math

from livechat.commands import SubmitComment, comment_id
from livechat.errors import Refused
from livechat.intake import takes_comments
from livechat.meeting import Meeting
from web.limits import SHARED, Bucket, Limits, Rate


class Pace:
    """The pace of one connection, or of requests that come without one (then their network's alone counts)."""

    __slots__ = ("_bucket", "_seconds")

    def __init__(self) -> None:
        self._seconds = 0
        self._bucket: Bucket | None = None

    def keep(self, command: SubmitComment, meeting: Meeting, limits: Limits, rate_key: bytes) -> None:
        """Returns if the comment may be sent now. Raises `Refused`: `too_fast`, or what closes intake."""
        seconds = meeting.terms.slow
        if not seconds or comment_id(command.secret) in meeting.comments:
            return
        takes_comments(meeting)
        network, own, now = Rate(SHARED, SHARED / seconds), self._own(seconds, limits), limits.clock()
        if wait := max(own.wait(now), limits.wait(rate_key, network)):
            raise Refused("too_fast", retry_after=math.ceil(wait))
        own.take(now)
        limits.take(rate_key, network)

    def _own(self, seconds: int, limits: Limits) -> Bucket:
        if self._bucket is None or self._seconds != seconds:
            self._seconds, self._bucket = seconds, Bucket(Rate(1, 1 / seconds), limits.clock())
        return self._bucket


def keep_pace(command: SubmitComment, meeting: Meeting, limits: Limits, rate_key: bytes) -> None:
    """The same for a request by itself."""
    Pace().keep(command, meeting, limits, rate_key)
