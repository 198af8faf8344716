"""The decision record: what was decided in a meeting, when and from which seat. For the clerk, as CSV.

It is made of the log, and nothing in it leads to who wrote a comment: a comment is its number, and what its author did
(sent, took back, reported, voted) is left out. Times are whole minutes, as they are stored.
"""

import csv
import datetime
import io
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from livechat import events
from livechat.display import Display, Shows
from livechat.events import Event
from livechat.meeting import Meeting, apply
from livechat.roles import Role, Seat
from web.reasons import CLOSED, REASONS, SORTED
from web.texts import N_, Text, Texts

HEADINGS = (N_("Tid"), N_("Vem"), N_("Vad"), N_("Kommentar"), N_("Punkt"), N_("Närmare"))


def record(state: Meeting, history: Iterable[Event], texts: Texts) -> str:
    """The record of a meeting, `state` before its first event, as CSV for a Swedish spreadsheet (RFC 4180 but for `;`).

    It begins with a byte order mark: without it Excel takes UTF-8 for something else.
    """
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";")
    lines.writerow([texts.gettext(heading) for heading in HEADINGS])
    for event in history:
        state = apply(state, event)
        if says := _SAYS.get(type(event)):
            lines.writerow([_safe(cell) for cell in _cells(state, event, says, texts)])
    return "\ufeff" + out.getvalue()


class Says(NamedTuple):
    """What a kind of event is called, and what more there is to say about one."""

    words: Text
    more: Callable[[Any, Meeting, Texts], str] = lambda event, state, texts: ""


def _cells(state: Meeting, event: Any, says: Says, texts: Texts) -> list[str]:
    comment = state.comments.get(getattr(event, "id", ""))
    return [
        _time(state, event.minute),
        _who(event, texts),
        texts.gettext(says.words),
        str(comment.number) if comment else "",
        _item(state, comment.item) if comment else "",
        says.more(event, state, texts),
    ]


def _time(state: Meeting, minute: int) -> str:
    moment = datetime.datetime.fromtimestamp(state.announced + minute * 60, ZoneInfo("Europe/Stockholm"))
    return moment.strftime("%Y-%m-%d %H:%M")


def _who(event: Any, texts: Texts) -> str:
    seat: Seat | None = getattr(event, "by", None)
    if seat is None:
        by_itself = getattr(event, "unattended", False) or isinstance(event, events.CommentErased)
        return texts.gettext("av sig självt") if by_itself else ""
    return f"{texts.gettext(_ROLES[seat.role])} {seat.seat}"


def _item(state: Meeting, id: str | None) -> str:
    numbered = ((number, item) for number, item in enumerate(state.agenda, 1) if item.id == id)
    return next((f"{number}. {item.title}" for number, item in numbered), "")


def _channel(state: Meeting, id: str) -> str:
    return next((channel.name for channel in state.settings.channels if channel.id == id), id)


def _shown(display: Display, texts: Texts) -> str:
    stands = [_SHOWS[display.shows], *([_FROZEN] if display.frozen else []), *([_BLANK] if display.blank else [])]
    return ", ".join(texts.gettext(words) for words in stands)


def _numbers(state: Meeting, event: events.QueueOrdered) -> str:
    return ", ".join(str(state.comments[id].number) for id, _ in event.ranks)


def _safe(cell: str) -> str:
    """The cell as text: what begins like a formula would be one (OWASP, CSV injection)."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


_ROLES: dict[Role, Text] = {Role.MODERATOR: N_("Moderator"), Role.CHAIR: N_("Ordförande")}

_SHOWS: dict[Shows, Text] = {
    Shows.QUEUE: N_("kommentaren och kön"),
    Shows.DISCUSSION: N_("bara kommentaren"),
    Shows.IDLE: N_("startbilden"),
}
_FROZEN, _BLANK = N_("fryst"), N_("släckt")

_SAYS: dict[type[Event], Says] = {
    events.IntakeOpened: Says(N_("öppnade för kommentarer")),
    events.IntakePaused: Says(
        N_("pausade kommentarerna"),
        lambda event, state, texts: texts.gettext("ingen moderator var inne") if event.unattended else "",
    ),
    events.SlowModeSet: Says(
        N_("satte tiden mellan två kommentarer"),
        lambda event, state, texts: texts.gettext("%(seconds)s sekunder") % {"seconds": event.seconds},
    ),
    events.IntakeLimited: Says(
        N_("satte gränsen för hur många som får vänta"),
        lambda event, state, texts: str(event.most) if event.most else texts.gettext("ingen gräns"),
    ),
    events.ItemClosed: Says(N_("stängde punkten"), lambda event, state, texts: texts.gettext(CLOSED[event.why])),
    events.ItemReopened: Says(N_("öppnade dörrarna igen")),
    events.CurrentItemSet: Says(
        N_("gick till en punkt"),
        lambda event, state, texts: _item(state, event.item) or texts.gettext("ingen punkt"),
    ),
    events.CommentApproved: Says(N_("godkände")),
    events.CommentDeclined: Says(N_("avslog"), lambda event, state, texts: texts.gettext(REASONS[event.reason])),
    events.CommentReferred: Says(N_("hänvisade"), lambda event, state, texts: _channel(state, event.channel)),
    events.CommentMerged: Says(
        N_("lade ihop"),
        lambda event, state, texts: (
            texts.gettext("med nummer %(number)s") % {"number": state.comments[event.into].number}
        ),
    ),
    events.CommentSealed: Says(N_("förseglade")),
    events.SealOpened: Says(N_("öppnade det förseglade"), lambda event, state, texts: state.settings.seal.keeper),
    events.CommentEdited: Says(
        N_("redigerade"),
        lambda event, state, texts: texts.gettext("originalet tillbaka") if event.restored else "",
    ),
    events.CommentTranslated: Says(
        N_("översatte"),
        lambda event, state, texts: texts.gettext("översättningen borttagen") if event.removed else event.language,
    ),
    events.CommentTakenBack: Says(N_("tog tillbaka beslutet")),
    events.CommentDiscussed: Says(N_("tog upp")),
    events.CommentPutBack: Says(N_("lade tillbaka i kön")),
    events.CommentAnswered: Says(N_("besvarade muntligt")),
    events.ReportsReviewed: Says(N_("tittade på anmälningarna")),
    events.DisplaySet: Says(
        N_("ställde in skärmen i rummet"), lambda event, state, texts: _shown(event.display, texts)
    ),
    events.QueueOrdered: Says(
        N_("ändrade ordningen i kön"),
        lambda event, state, texts: texts.gettext(SORTED[event.how]) if event.how else _numbers(state, event),
    ),
    events.CommentAssigned: Says(
        N_("satte vem som besvarar"),
        lambda event, state, texts: event.member or texts.gettext("ingen utsedd"),
    ),
    events.ItemIntakeSet: Says(
        N_("ändrade om en punkt tar emot kommentarer"),
        lambda event, state, texts: (
            f"{_item(state, event.item)}: {texts.gettext('öppen') if event.open else texts.gettext('stängd')}"
        ),
    ),
    events.ActUndone: Says(N_("ångrade det senaste")),
    events.NoticePosted: Says(
        N_("satte upp ett meddelande till alla"), lambda event, state, texts: event.texts.get("sv", "")
    ),
    events.NoticeTakenDown: Says(N_("tog ner meddelandet")),
    events.CommentErased: Says(N_("raderade det förseglade")),
}

_LEFT_OUT: set[type[Event]] = {
    events.MeetingSetUp,
    events.EpochForked,
    events.LinksRenewed,
    events.SeatTaken,
    events.CommentSubmitted,
    events.CommentWithdrawn,
    events.CommentReported,
    events.TalliesCounted,
}
"""What is no decision, and what an author or a resident did."""

assert set(_SAYS) | _LEFT_OUT == {*events.AnyEvent.__args__}  # Of whatever can happen it is known whether it belongs.
