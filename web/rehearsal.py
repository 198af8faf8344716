"""The command line's part in a rehearsal: `livechat meeting rehearse` begins one, `livechat meeting open` ends it."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from livechat.meeting import Meeting
from livechat.rehearsal import Begun
from web.meetings import Meetings
from web.settings import Settings
from web.texts import Texts

Work = Callable[[Meetings], Awaitable[None]]


def add_commands(actions: Any, said: Texts, with_meetings: Callable[[Settings, Work], None]) -> None:
    """Adds `rehearse` and `open` to the commands about meetings. `with_meetings` does a work with the log open."""
    _ = said.gettext
    rehearse = actions.add_parser("rehearse", help=_("låt ett möte som inte har börjat bli en repetition"))
    rehearse.add_argument("id", metavar="ID")
    rehearse.set_defaults(run=lambda chosen, settings, said: with_meetings(settings, _rehearse(chosen, said)))
    opened = actions.add_parser("open", help=_("avsluta repetitionen, ta bort allt från den och öppna mötet"))
    opened.add_argument("id", metavar="ID")
    opened.add_argument("--yes", action="store_true", help=_("fråga inte först"))
    opened.set_defaults(run=lambda chosen, settings, said: with_meetings(settings, _open(chosen, said)))


def refused(begun: Begun, said: Texts) -> str:
    """Why a meeting cannot become a rehearsal, in words."""
    sentence = said.gettext(
        "Mötet %(id)s har öppnats för kommentarer eller har redan kommentarer. Det kan inte bli en repetition,"
        " för då skulle allt i det tas bort. Inget är ändrat. Gör ett nytt möte att öva med."
    )
    return sentence % {"id": begun}


def _rehearse(chosen: argparse.Namespace, said: Texts) -> Work:
    async def rehearse(meetings: Meetings) -> None:
        if await meetings.rehearse(chosen.id):
            sentence = said.gettext(
                "Mötet %(id)s är nu en repetition, med samma länkar."
                " Avsluta den och ta bort allt i den med: livechat meeting open %(id)s"
            )
        else:
            sentence = said.gettext("Mötet %(id)s är redan en repetition. Inget är ändrat.")
        print(sentence % {"id": chosen.id})

    return rehearse


def _open(chosen: argparse.Namespace, said: Texts) -> Work:
    async def open_meeting(meetings: Meetings) -> None:
        state = await meetings.one(chosen.id)
        if not state.rehearsal:
            print(said.gettext("Mötet %(id)s är ingen repetition. Inget är ändrat.") % {"id": chosen.id})
            return
        if not (chosen.yes or _agreed(state, said)):
            sys.exit(said.gettext("Inget är ändrat."))
        await meetings.open(chosen.id)
        sentence = said.gettext(
            "Repetitionen är slut och allt från den är borta."
            " Mötet %(id)s kan börja: ordföranden öppnar för kommentarer."
        )
        print(sentence % {"id": chosen.id})

    return open_meeting


def _agreed(state: Meeting, said: Texts) -> bool:
    count = len(state.comments)
    sentence = said.ngettext(
        "Repetitionen %(id)s har %(num)s kommentar. Allt från den tas bort och går inte att få tillbaka.",
        "Repetitionen %(id)s har %(num)s kommentarer. Allt från den tas bort och går inte att få tillbaka.",
        count,
    )
    print(sentence % {"id": state.id, "num": count})
    print(said.gettext("Skriv mötets id för att gå vidare:"), end=" ", flush=True)
    return sys.stdin.readline().strip() == state.id
