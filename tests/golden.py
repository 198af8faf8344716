"""Logs of earlier releases. Every later release must fold them; none of them is ever changed.

`GOLDEN` is one of each kind of event, as this release writes it; `python -m tests.golden VERSION` keeps it as a
file when a release is made.
"""

import sys
from pathlib import Path

from livechat import events
from livechat.display import Display, Look, Shows, Size
from livechat.events import (
    AgendaItem,
    AnyEvent,
    Channel,
    Document,
    Flag,
    ReasonText,
    ScreeningRules,
    Seal,
    Settings,
    SignalRules,
    StaffLink,
    Stream,
)
from livechat.log import split
from livechat.roles import Role, Seat
from moderation.decisions import Reason
from moderation.reports import ReportReason

FOLDER = Path(__file__).parent / "logs"
ONE, TWO, THREE = "1" * 32, "2" * 32, "3" * 32
MODERATOR, CHAIR = Seat(Role.MODERATOR, 2), Seat(Role.CHAIR, 1)

GOLDEN: tuple[AnyEvent, ...] = (
    events.MeetingSetUp(
        announced=1_790_000_000,
        settings=Settings(
            *("Nämnden", "Dialog", "Höra", "Ordning", "Gator", "klk@k.example", "2026-12-08T17:30", "sv"),
            channels=(Channel("synpunkter", "Lämna synpunkter", "https://k.example/s", "En mening."),),
            reasons=(ReasonText(Reason.DUPLICATE, "sv", "Den finns redan."),),
            bodies=("Pensionärsrådet",),
            members=("Anna Ek (S)",),
            seal=Seal("Säkerhetssamordnaren", 14),
            screening=ScreeningRules(
                {"listed": ("ord",)}, ("a",), ("k.example",), ("1/26",), ("Kim",), ("gata",), ("x+",)
            ),
            stream=Stream("https://k.example/tv", embed="https://play.example/1", referrer=True),
            captions_in_room=True,
            delay=15,
            signals=SignalRules(5, 20),
        ),
        agenda=(
            AgendaItem("1", "Ett", "Om ett", (Document("Plan", "https://k.example/p"),)),
            AgendaItem("2", "Två", comments=False),
        ),
        links=(StaffLink(Role.MODERATOR, "h", 9, "n"),),
        rehearsal=True,
        instead_of=("before",),
    ),
    events.EpochForked(epoch="before", minute=1),
    events.LinksRenewed(links=(StaffLink(Role.CHAIR, "h", 9, "n"),)),
    events.SeatTaken(seat=MODERATOR, session="s", expires=9),
    events.IntakeOpened(minute=1),
    events.CommentSubmitted(id=ONE, item="1", minute=2, text="Första"),
    events.CommentSubmitted(
        id=TWO,
        item="2",
        minute=2,
        text="Andra",
        flags=(Flag("phone", "red", ((0, 5),)),),
        language="sv",
        suggested="1",
        outside=True,
    ),
    events.IntakePaused(minute=3),
    events.SlowModeSet(seconds=30, by=MODERATOR, minute=3),
    events.IntakeLimited(most=100, by=MODERATOR, minute=3),
    events.ItemClosed(why=events.Closed.SECRECY, by=CHAIR, minute=3),
    events.ItemReopened(by=CHAIR, minute=3),
    events.CurrentItemSet(item="2", minute=3),
    events.CommentApproved(id=ONE, by=MODERATOR, minute=4),
    events.CommentReported(id=ONE, reason=ReportReason.THREAT),
    events.ReportsReviewed(id=ONE, by=MODERATOR, minute=4),
    events.CommentDeclined(id=TWO, by=MODERATOR, minute=4, reason=Reason.DUPLICATE),
    events.CommentTakenBack(id=TWO, by=MODERATOR, minute=5),
    events.CommentWithdrawn(id=TWO, minute=5),
    events.CommentDiscussed(id=ONE, by=CHAIR, minute=6),
    events.CommentPutBack(id=ONE, by=CHAIR, minute=7),
    events.CommentAnswered(id=ONE, by=CHAIR, minute=8),
    events.CommentSubmitted(id=THREE, item="1", minute=9, text="Tredje", entered=MODERATOR, body="Pensionärsrådet"),
    events.CommentEdited(id=THREE, by=MODERATOR, minute=9, text="Den tredje", flags=(Flag("phone", "red", ((0, 3),)),)),
    events.CommentTranslated(id=THREE, by=MODERATOR, minute=9, language="en", text="The third"),
    events.CommentMerged(id=THREE, by=MODERATOR, minute=9, into=ONE),
    events.CommentTakenBack(id=THREE, by=MODERATOR, minute=10),
    events.CommentReferred(id=THREE, by=MODERATOR, minute=10, channel="synpunkter"),
    events.CommentSealed(id=THREE, by=MODERATOR, minute=11),
    events.SealOpened(id=THREE, minute=12),
    events.TalliesCounted(tallies=(events.Tally(ONE, 3), events.Tally(TWO, 0))),
    events.DisplaySet(display=Display(Shows.IDLE, True, True, Look.CONTRAST, Size.LARGE), by=CHAIR, minute=13),
    events.QueueOrdered(ranks=(events.Rank(ONE, 2),), by=CHAIR, minute=12, how=events.Sorting.BALLOTS, act="b"),
    events.CommentPutBack(id=ONE, by=CHAIR, minute=12, act="a"),
    events.CommentAnswered(id=ONE, by=CHAIR, minute=12, answered=8),
    events.ActUndone(act="a", by=CHAIR, minute=12),
    events.ItemIntakeSet(item="2", open=False, by=CHAIR, minute=12),
    events.CommentAssigned(id=ONE, by=CHAIR, minute=12, member="Anna Ek (S)"),
    events.NoticePosted(texts={"sv": "Paus till 18.30", "en": "Break until 18:30"}, by=CHAIR, minute=13),
    events.NoticeTakenDown(by=CHAIR, minute=14),
    events.CommentErased(id=THREE, minute=20_171),
)


def main(version: str) -> None:
    """Keeps this release's log as a file, one entry a line."""
    lines = [split([event])[0] for event in GOLDEN]
    path = FOLDER / f"{version}.jsonl"
    with path.open("xb") as file:
        file.write(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
