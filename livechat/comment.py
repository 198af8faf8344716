"""A comment and all that has become of it."""

from msgspec import Struct

from livechat.events import Flag
from livechat.roles import Seat
from moderation.decisions import Outcome, Reason


class Translation(Struct, frozen=True):
    """The comment in another language (BCP 47), as a moderator put it.

    `edition` is the comment's revision that it came with. By it two translations differ even where their words are
    gone, so that every process counts as many changes.
    """

    language: str
    text: str
    edition: int


class Comment(Struct, frozen=True):
    """A comment and all that has become of it.

    `text` is the original, `shown` what is shown instead if a moderator edited it.

    `number` is its place among all received, `place` its place among the approved (0 until the first approval,
    then fixed), `rank` where it stands in the queue, `revision` how often it has changed. `received`, `decided` and
    `answered` are minutes, and so are those when its seal was `opened`. `by` decided its outcome, `last` changed it
    last, `entered` typed it in.

    `into` is the comment that carries it once it is merged, `carries` are those that it carries itself. `along` are
    those that it carried before it was merged: they came along, and go back with it.

    `member` is who of the committee takes it, if the chair has said so.

    What screening found in the original stays as it was: see `CommentSubmitted`. What it found in an edited text is
    `shown_flags`. `erased`: all its words are gone.
    """

    id: str
    item: str
    text: str
    number: int
    received: int
    outcome: Outcome = Outcome.PENDING
    revision: int = 0
    place: int = 0
    reason: Reason | None = None
    by: Seat | None = None
    decided: int | None = None
    answered: int | None = None
    channel: str | None = None
    last: Seat | None = None
    shown: str | None = None
    translation: Translation | None = None
    entered: Seat | None = None
    body: str = ""
    into: str | None = None
    carries: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    opened: tuple[int, ...] = ()
    flags: tuple[Flag, ...] = ()
    language: str | None = None
    suggested: str | None = None
    outside: bool = False
    rank: int = 0
    member: str = ""
    erased: bool = False
    shown_flags: tuple[Flag, ...] = ()

    def __repr__(self) -> str:
        return f"<Comment {self.id}>"  # Never its text: representations end up in logs.

    @property
    def words(self) -> str:
        """What is shown of it, once it is."""
        return self.text if self.shown is None else self.shown
