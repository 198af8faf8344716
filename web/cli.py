"""The command line: `livechat serve`, `livechat meeting …`, `livechat simulate`, `livechat demo`."""

import argparse
import asyncio
import datetime
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from livechat.comment import Comment
from livechat.errors import Refused
from livechat.log import Unavailable
from livechat.meeting import Intake, Meeting
from livechat.notices import ALWAYS
from livechat.rehearsal import Begun
from livechat.roles import SEATED, Role
from web import demo, rehearsal, simulate
from web.app import open_log
from web.meeting_file import WrongMeetingFile, read_meeting_file
from web.meetings import Exists, Link, Meetings, Missing, NoItem, NotSealed
from web.pages import LOCAL_NAMES
from web.record import record
from web.refusals import sentence
from web.serve import CannotListen, listen, run, run_workers
from web.settings import Settings, WrongSettings, from_environment
from web.texts import LANGUAGES, N_, Text, Texts, texts
from web.workers import end_with_supervisor


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line; exits with 2 if what was asked for cannot be done."""
    said = texts(os.environ.get("LIVECHAT_LANGUAGE", ""))
    try:
        settings = from_environment(os.environ, said)
        chosen = _parser(said).parse_args(arguments)
        chosen.run(chosen, settings, said)
    except WrongSettings as wrong:
        sys.exit(_fail(str(wrong)))
    except WrongMeetingFile as wrong:
        sys.exit(_fail(str(wrong)))
    except Missing as missing:
        sys.exit(_fail(said.gettext("Det finns inget möte som heter %(id)s.") % {"id": missing}))
    except Exists as exists:
        words = said.gettext("Det finns redan ett möte som heter %(id)s. Ge det nya ett annat id i filen.")
        sys.exit(_fail(words % {"id": exists}))
    except NoItem as missing:
        sys.exit(_fail(said.gettext("Det finns ingen punkt med id %(id)s på dagordningen.") % {"id": missing}))
    except Begun as begun:
        sys.exit(_fail(rehearsal.refused(begun, said)))
    except Refused as refusal:
        sys.exit(_fail(sentence(refusal, said)))
    except NotSealed as missing:
        words = said.gettext("Det finns ingen förseglad kommentar med nummer %(number)s, eller så har tiden gått ut.")
        sys.exit(_fail(words % {"number": missing}))
    except CannotListen as error:
        sys.exit(_fail(said.gettext("Det går inte att lyssna på %(why)s") % {"why": error}))
    except Unavailable as error:
        sys.exit(_fail(said.gettext("Loggen går inte att använda: %(why)s") % {"why": error}))
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _parser(said: Texts) -> argparse.ArgumentParser:
    _ = said.gettext
    parser = argparse.ArgumentParser("livechat", description=_("Kommentarer till sända nämndmöten."))
    commands = parser.add_subparsers(required=True, metavar=_("kommando"))

    serve = commands.add_parser("serve", help=_("starta tjänsten"))
    serve.add_argument("--workers", type=int, default=1, metavar="N", help=_("antal processer, fler än en med Redis"))
    serve.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    serve.set_defaults(run=_serve)

    meeting = commands.add_parser("meeting", help=_("skapa möten och visa deras länkar"))
    actions = meeting.add_subparsers(required=True, metavar=_("kommando"))
    new = actions.add_parser("new", help=_("skapa ett möte från en mötesfil"))
    new.add_argument("file", type=Path, metavar="FILE.toml")
    new.set_defaults(run=_meeting_new)
    listed = actions.add_parser("list", help=_("visa alla möten"))
    listed.set_defaults(run=_meeting_list)
    links = actions.add_parser("links", help=_("visa ett mötes länkar"))
    links.add_argument("id", metavar="ID")
    links.add_argument(
        "--renew",
        nargs="?",
        const="all",
        choices=["all", *sorted(SEATED)],
        metavar="ROLE",
        help=_("byt ut länkarna för en roll (moderator, chair, politician), eller alla; de gamla slutar gälla"),
    )
    links.set_defaults(run=_meeting_links)

    comments = actions.add_parser("comments", help=_("öppna eller stäng en punkt för kommentarer"))
    comments.add_argument("id", metavar="ID")
    comments.add_argument("item", metavar="ITEM", help=_("punktens id i mötesfilen"))
    comments.add_argument("choice", choices=["open", "close"])
    comments.set_defaults(run=_meeting_comments)

    sealed = actions.add_parser("sealed", help=_("visa eller öppna kommentarer som är förseglade som hot"))
    sealed.add_argument("id", metavar="ID")
    sealed.add_argument("--open", type=int, metavar="N", help=_("visa texten i nummer N; öppnandet antecknas"))
    sealed.set_defaults(run=_meeting_sealed)

    kept = actions.add_parser("record", help=_("skriv ut vad som beslutades, när och från vilken plats, som CSV"))
    kept.add_argument("id", metavar="ID")
    kept.set_defaults(run=_meeting_record)

    rehearsal.add_commands(actions, said, _with_meetings)
    notice = actions.add_parser("notice", help=_("visa ett meddelande för alla i mötet, eller ta ner det"))
    notice.add_argument("id", metavar="ID")
    words = notice.add_mutually_exclusive_group(required=True)
    words.add_argument("sv", nargs="?", metavar="TEXT", help=_("meddelandet på svenska"))
    words.add_argument("--down", action="store_true", help=_("ta ner meddelandet"))
    for language, name in LANGUAGES.items():
        if language != ALWAYS:
            notice.add_argument(f"--{language}", metavar="TEXT", default="", help=name)
    notice.set_defaults(run=_meeting_notice)

    play = commands.add_parser("simulate", help=_("skicka in kommentarer i ett möte, som från invånare"))
    play.add_argument("url", metavar="URL", help=_("mötets adress, till exempel http://localhost:8000/m/dialog"))
    play.add_argument("--comments", type=Path, default=simulate.COMMENTS, metavar="FILE.toml")
    play.add_argument("--pace", type=float, default=6.0, help=_("sekunder mellan två kommentarer, i snitt"))
    play.set_defaults(run=_simulate)

    show = commands.add_parser("demo", help=_("starta tjänsten med ett exempelmöte som lever"))
    show.set_defaults(run=_demo)
    return parser


def _serve(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    if chosen.worker:
        run(settings, listen(settings, shared=True), beside=end_with_supervisor)
    elif chosen.workers == 1:
        run(settings, listen(settings))
    elif chosen.workers < 1:
        sys.exit(_fail(said.gettext("--workers ska vara minst 1.")))
    elif not settings.redis_url:
        sys.exit(_fail(said.gettext("Flera processer behöver en gemensam logg: ange en Redis i LIVECHAT_REDIS_URL.")))
    elif settings.socket_file:
        sys.exit(_fail(said.gettext("Flera processer kan inte dela en fil att lyssna på: ange en adress och en port.")))
    else:
        run_workers(settings, chosen.workers)


def _demo(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    file = read_meeting_file(demo.MEETING, said)
    listener = listen(settings)

    async def prepare(meetings: Meetings) -> None:
        await demo.prepare(meetings, file)
        _print_links(await meetings.links(file.id, _local_url(settings)), said)

    _with_meetings(settings, prepare)
    run(settings, listener, beside=lambda: demo.play(f"{_local_url(settings)}/m/{file.id}"))


def _meeting_new(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    file = read_meeting_file(chosen.file, said)

    async def make(meetings: Meetings) -> None:
        await meetings.new(file)
        print(said.gettext("Mötet %(id)s är skapat.") % {"id": file.id})
        _print_links(await meetings.links(file.id, _base_url(settings)), said)

    _with_meetings(settings, make)


def _meeting_list(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    async def show(meetings: Meetings) -> None:
        for meeting in await meetings.all():
            about = meeting.settings
            intake = said.gettext(_INTAKE[meeting.intake])
            if meeting.rehearsal:
                intake = f"{said.gettext('REPETITION')}, {intake}"
            print(f"{meeting.id}\t{intake}\t{about.committee}: {about.title}")

    _with_meetings(settings, show)


def _meeting_links(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    async def show(meetings: Meetings) -> None:
        if chosen.renew:
            await meetings.renew_links(chosen.id, SEATED if chosen.renew == "all" else {Role(chosen.renew)})
        _print_links(await meetings.links(chosen.id, _base_url(settings)), said)

    _with_meetings(settings, show)


def _meeting_comments(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    async def change(meetings: Meetings) -> None:
        await meetings.set_item_intake(chosen.id, chosen.item, open=chosen.choice == "open")

    _with_meetings(settings, change)


def _meeting_sealed(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    async def show(meetings: Meetings) -> None:
        if chosen.open is not None:
            print((await meetings.open_seal(chosen.id, chosen.open)).text)
            return
        meeting, comments = await meetings.sealed(chosen.id)
        keeper = meeting.settings.seal.keeper or said.gettext("ingen är utpekad i mötesfilen")
        print(
            said.gettext("Förseglade kommentarer: %(count)s. Sparas för: %(keeper)s.")
            % {"count": len(comments), "keeper": keeper}
        )
        for comment in comments:
            print(_sealed_in_words(meeting, comment, said))

    _with_meetings(settings, show)


def _sealed_in_words(meeting: Meeting, comment: Comment, said: Texts) -> str:
    """A line without the comment's words: number, when it was sealed, until when it is kept, when it was opened."""
    sealed = _local(meeting, comment.decided or 0)
    until = _local(meeting, meeting.sealed_until(comment) or 0)
    opened = [_local(meeting, minute) for minute in comment.opened]
    line = said.gettext("%(number)s\tförseglad %(sealed)s\tkan öppnas till %(until)s\töppnad: %(opened)s")
    if comment.erased:
        line = said.gettext("%(number)s\tförseglad %(sealed)s\traderad efter %(until)s\töppnad: %(opened)s")
    times = ", ".join(opened) or said.gettext("aldrig")
    return line % {"number": comment.number, "sealed": sealed, "until": until, "opened": times}


def _local(meeting: Meeting, minute: int) -> str:
    time = datetime.datetime.fromtimestamp(meeting.announced + minute * 60, ZoneInfo("Europe/Stockholm"))
    return time.strftime("%Y-%m-%d %H:%M")


def _meeting_record(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    async def write(meetings: Meetings) -> None:
        state, entries = await meetings.history(chosen.id)
        if (await meetings.one(chosen.id)).rehearsal:
            print(said.gettext("Mötet är en repetition: inget av det här gäller."), file=sys.stderr)
        print(record(state, (event for entry in entries for event in entry.events), said), end="")

    _with_meetings(settings, write)


def _meeting_notice(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    async def tell(meetings: Meetings) -> None:
        if chosen.down:
            await meetings.take_down_notice(chosen.id)
        else:
            await meetings.post_notice(chosen.id, {language: getattr(chosen, language) for language in LANGUAGES})

    _with_meetings(settings, tell)


def _simulate(chosen: argparse.Namespace, settings: Settings, said: Texts) -> None:
    try:
        comments = simulate.read_comments(chosen.comments)
        asyncio.run(simulate.play(chosen.url, comments, pace=chosen.pace, tell=print))
    except simulate.CannotPlay as error:
        sys.exit(_fail(said.gettext("Det gick inte att skicka in kommentarer: %(why)s") % {"why": error}))


def _with_meetings(settings: Settings, work: Callable[[Meetings], Awaitable[None]]) -> None:
    async def open_and_work() -> None:
        log = open_log(settings)
        try:
            await work(Meetings(log, settings.secret_key(), lambda: secrets.token_urlsafe(9)))
        finally:
            await log.close()

    asyncio.run(open_and_work())


def _print_links(links: list[Link], said: Texts) -> None:
    for link in links:
        shown = link.url or said.gettext("kan inte visas igen med den här nyckeln: kör med --renew")
        print(f"  {said.gettext(_ROLES[link.role]) + ':':<15} {shown}", flush=True)
        if link.takes_captions:
            print(f"  {said.gettext('Textning, dit en tjänst skickar:')} {link.takes_captions}", flush=True)
    first = urlsplit(links[0].url or "")
    if first.scheme == "http" and first.hostname not in LOCAL_NAMES:
        print(said.gettext("TLS saknas: sätt tjänsten bakom https innan ett riktigt möte."))


def _base_url(settings: Settings) -> str:
    return settings.public_url or _local_url(settings)


def _local_url(settings: Settings) -> str:
    return f"http://localhost:{settings.port}"


_ROLES: dict[Role, Text] = {
    Role.RESIDENT: N_("Invånare"),
    Role.MODERATOR: N_("Moderator"),
    Role.CHAIR: N_("Ordförande"),
    Role.POLITICIAN: N_("Ledamöter"),
    Role.DISPLAY: N_("Skärm i rummet"),
    Role.CAPTIONER: N_("Skrivtolk"),
}

_INTAKE: dict[Intake, Text] = {
    Intake.NOT_OPEN: N_("inte öppnat"),
    Intake.OPEN: N_("öppet för kommentarer"),
    Intake.PAUSED: N_("pausat"),
}


if __name__ == "__main__":
    main()
