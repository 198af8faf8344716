"""The meeting file: what a clerk writes about a meeting before it begins, in TOML.

`README.md` tells how to write one; `examples/politikerdialog.toml` is one.
"""

import datetime
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from livechat.events import (
    AgendaItem,
    Channel,
    Document,
    MeetingSetUp,
    ReasonText,
    ScreeningRules,
    Seal,
    Settings,
    SignalRules,
    StaffLink,
    Stream,
)
from livechat.messages import wrong_field
from moderation.decisions import Reason
from moderation.screening import BadRule, Code, Rules
from web.addresses import is_whole
from web.texts import Texts

Sentence = Annotated[str, Meta(min_length=1, max_length=200)]
Paragraph = Annotated[str, Meta(min_length=1, max_length=2_000)]
LanguageCode = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")]
ReasonSaid = Annotated[str, Meta(min_length=1, max_length=500)]
Address = Annotated[str, Meta(max_length=2_000)]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z")]


LISTABLE = frozenset(
    {Code.LISTED, Code.CRISIS, Code.THREAT, Code.HATE, Code.INSULT, Code.PROFANITY, Code.SPAM, Code.INDIVIDUAL_CASE}
)
"""The flags that a meeting may add words to."""


class DocumentInFile(Struct, forbid_unknown_fields=True):
    """A document: `title` and `url`."""

    title: Sentence
    url: Annotated[str, Meta(max_length=2_000)]


class ItemInFile(Struct, forbid_unknown_fields=True):
    """An agenda item. `comments`: whether it takes any from the start."""

    id: Slug
    title: Sentence
    about: Annotated[str, Meta(max_length=2_000)] = ""
    documents: Annotated[list[DocumentInFile], Meta(max_length=50)] = []
    comments: bool = True


class ChannelInFile(Struct, forbid_unknown_fields=True):
    """Where comments can be referred to."""

    id: Slug
    name: Sentence
    url: Annotated[str, Meta(max_length=2_000)]
    about: Annotated[str, Meta(max_length=300)] = ""


class SealInFile(Struct, forbid_unknown_fields=True):
    """Whom threats are kept for, by office, and for how many days."""

    keeper: Sentence
    days: Annotated[int, Meta(ge=1, le=3_650)] = 30


class ScreeningInFile(Struct, forbid_unknown_fields=True):
    """What the meeting adds to screening: see docs/screening.md."""

    words: dict[str, list[str]] = {}
    allowed_words: list[str] = []
    links: list[str] = []
    case_numbers: list[str] = []
    names: list[str] = []
    remit: list[str] = []
    patterns: list[str] = []


class StreamInFile(Struct, forbid_unknown_fields=True):
    """Where the meeting is streamed: see `livechat.events.Stream`."""

    link: Address = ""
    video: Address = ""
    embed: Address = ""
    referrer: bool = False


class SignalsInFile(Struct, forbid_unknown_fields=True):
    """How many residents must signal the same before the room is told: `least`, and `percent` of those who follow.

    One alone is never told: where few follow, it would show who it is.
    """

    least: Annotated[int, Meta(ge=2, le=1_000)] = 3
    percent: Annotated[int, Meta(ge=0, le=100)] = 10


class MeetingFile(Struct, forbid_unknown_fields=True):
    """A meeting file's fields. Purpose, influence and remit are not optional: no dialogue without a promise.

    `unattended`: minutes without a moderator after which intake pauses by itself; 0: never. `grace`: minutes for
    which comments on an item are still taken once it is closed for them. `delay`: seconds.
    """

    id: Slug
    committee: Sentence
    title: Sentence
    purpose: Paragraph
    influence: Paragraph
    remit: Paragraph
    agenda: Annotated[list[ItemInFile], Meta(min_length=1, max_length=100)]
    contact: Annotated[str, Meta(max_length=2_000)] = ""
    starts: datetime.datetime | None = None
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")] = "sv"
    channels: Annotated[list[ChannelInFile], Meta(max_length=9)] | None = None
    reasons: dict[LanguageCode, dict[Reason, ReasonSaid]] = {}
    bodies: Annotated[list[Sentence], Meta(max_length=50)] = []
    members: Annotated[list[Sentence], Meta(max_length=100)] = []
    sealed: SealInFile | None = None
    unattended: Annotated[int, Meta(ge=0, le=600)] = 10
    grace: Annotated[int, Meta(ge=0, le=60)] = 1
    screening: ScreeningInFile = msgspec.field(default_factory=ScreeningInFile)
    stream: StreamInFile | None = None
    captions_in_room: bool = False
    delay: Annotated[int, Meta(ge=0, le=300)] = 10
    signals: SignalsInFile = msgspec.field(default_factory=SignalsInFile)


CHANNELS = (
    Channel(
        "synpunkter",
        "Lämna synpunkter",
        "https://goteborg.se/",
        "Sök på ”lämna synpunkter”. Den förvaltning som har hand om frågan tar emot din synpunkt och kan svara dig.",
    ),
    Channel(
        "goteborgsforslaget",
        "Göteborgsförslaget",
        "https://goteborg.se/goteborgsforslaget",
        "Där kan du lägga ett förslag till stadens politiker som andra kan rösta på.",
    ),
)
"""Where comments are referred to if the file does not say: Göteborg's own channels. An empty list means nowhere."""


class WrongMeetingFile(Exception):
    """One sentence that names what is wrong and where, in the operator's language."""


def read_meeting_file(path: Path, texts: Texts) -> MeetingFile:
    """The meeting file at `path`. Raises `WrongMeetingFile`."""
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        file = msgspec.convert(fields, MeetingFile)
    except OSError:
        raise _wrong(texts.gettext("%(file)s går inte att läsa."), file=path) from None
    except UnicodeDecodeError:
        raise _wrong(texts.gettext("%(file)s är inte skriven i UTF-8."), file=path) from None
    except tomllib.TOMLDecodeError as error:
        sentence = texts.gettext("%(file)s är inte giltig TOML: %(why)s.")
        raise _wrong(sentence, file=path, why=str(error)) from None
    except msgspec.ValidationError as error:
        raise _wrong_field(path, error, texts) from None
    _check_whole(path, file, texts)
    return file


def set_up(file: MeetingFile, announced: int, links: tuple[StaffLink, ...]) -> MeetingSetUp:
    """The first event of the meeting that the file describes. `announced` is in Unix seconds."""
    settings = Settings(
        committee=file.committee.strip(),
        title=file.title.strip(),
        purpose=file.purpose.strip(),
        influence=file.influence.strip(),
        remit=file.remit.strip(),
        contact=file.contact.strip(),
        starts=_local_time(file.starts) if file.starts else None,
        language=file.language,
        channels=CHANNELS if file.channels is None else tuple(map(_channel, file.channels)),
        reasons=tuple(_reasons(file)),
        bodies=tuple(body.strip() for body in file.bodies),
        members=tuple(member.strip() for member in file.members),
        seal=Seal(file.sealed.keeper.strip(), file.sealed.days) if file.sealed else Seal(),
        unattended=file.unattended,
        grace=file.grace,
        screening=msgspec.convert(msgspec.to_builtins(file.screening), ScreeningRules),
        stream=msgspec.convert(msgspec.to_builtins(file.stream), Stream | None),
        captions_in_room=file.captions_in_room,
        delay=file.delay,
        signals=SignalRules(file.signals.least, file.signals.percent),
    )
    return MeetingSetUp(announced=announced, settings=settings, agenda=tuple(map(_item, file.agenda)), links=links)


def _local_time(time: datetime.datetime) -> str:
    """The time as a clock in Sweden shows it: a time without a zone is local already."""
    local = time.astimezone(ZoneInfo("Europe/Stockholm")) if time.tzinfo else time
    return local.replace(tzinfo=None).isoformat(timespec="minutes")


def _item(item: ItemInFile) -> AgendaItem:
    documents = tuple(Document(document.title, document.url) for document in item.documents)
    return AgendaItem(item.id, item.title, item.about, documents, item.comments)


def _channel(channel: ChannelInFile) -> Channel:
    return Channel(channel.id, channel.name.strip(), channel.url, channel.about.strip())


def _reasons(file: MeetingFile) -> Iterator[ReasonText]:
    for language, said in file.reasons.items():
        for reason, text in said.items():
            yield ReasonText(reason, language, text.strip())


def _check_screening(path: Path, file: ScreeningInFile, texts: Texts) -> None:
    for code in file.words:
        if code not in LISTABLE:
            sentence = texts.gettext("%(file)s: fältet ”%(field)s” finns inte.")
            raise _wrong(sentence, file=path, field=f"screening.words.{code}")
    lists = {name: tuple(entries) for name, entries in msgspec.to_builtins(file).items() if name != "words"}
    try:
        Rules(words={Code(code): tuple(words) for code, words in file.words.items()}, **lists)
    except BadRule as error:
        sentence = {
            "too_many": texts.gettext("%(file)s: ”%(field)s” har för många rader."),
            "bad_pattern": texts.gettext("%(file)s: ”%(field)s” är inte ett uttryck som RE2 kan söka med."),
            "matches_anything": texts.gettext("%(file)s: ”%(field)s” passar på vad som helst."),
        }.get(error.why, texts.gettext("%(file)s: ”%(field)s” har fel form."))
        raise _wrong(sentence, file=path, field=f"screening.{error.field}[{error.entry}]") from None


def _check_whole(path: Path, file: MeetingFile, texts: Texts) -> None:
    _check_screening(path, file.screening, texts)
    ids = [item.id for item in file.agenda]
    for number, item in enumerate(file.agenda):
        if ids.index(item.id) != number:
            sentence = texts.gettext("%(file)s: två punkter på dagordningen har samma id, ”%(id)s”.")
            raise _wrong(sentence, file=path, id=item.id)
        for document in item.documents:
            if not document.url.startswith(("https://", "http://")):
                sentence = texts.gettext("%(file)s: dokumentets adress ska börja med https://, inte ”%(url)s”.")
                raise _wrong(sentence, file=path, url=document.url)
    _check_channels(path, file.channels or [], texts)
    if file.stream:
        _check_stream(path, file.stream, texts)


def _check_channels(path: Path, channels: list[ChannelInFile], texts: Texts) -> None:
    ids = [channel.id for channel in channels]
    for number, channel in enumerate(channels):
        if ids.index(channel.id) != number:
            sentence = texts.gettext("%(file)s: två kanaler har samma id, ”%(id)s”.")
            raise _wrong(sentence, file=path, id=channel.id)
        if not channel.url.startswith(("https://", "http://")):
            sentence = texts.gettext("%(file)s: kanalens adress ska börja med https://, inte ”%(url)s”.")
            raise _wrong(sentence, file=path, url=channel.url)


def _check_stream(path: Path, stream: StreamInFile, texts: Texts) -> None:
    if not (stream.link or stream.video or stream.embed):
        raise _wrong(texts.gettext("%(file)s: ”stream” behöver en adress: link, video eller embed."), file=path)
    if stream.video and stream.embed:
        raise _wrong(texts.gettext("%(file)s: ”stream” kan ha video eller embed, inte båda."), file=path)
    for field, url in (("link", stream.link), ("video", stream.video), ("embed", stream.embed)):
        if url and not is_whole(url):
            sentence = texts.gettext(
                "%(file)s: adressen i ”%(field)s” ska vara hel och börja med https://, som i webbläsarens adressfält. "
                "”%(url)s” är det inte."
            )
            raise _wrong(sentence, file=path, field=f"stream.{field}", url=url)


def _wrong_field(path: Path, error: msgspec.ValidationError, texts: Texts) -> WrongMeetingFile:
    field, message = wrong_field(error), str(error)
    if "missing required field" in message:
        return _wrong(texts.gettext("%(file)s: fältet ”%(field)s” saknas."), file=path, field=field)
    if "unknown field" in message:
        return _wrong(texts.gettext("%(file)s: fältet ”%(field)s” finns inte."), file=path, field=field)
    if "matching regex" in message:
        sentence = texts.gettext("%(file)s: ”%(field)s” får bara ha små bokstäver a–z, siffror och bindestreck.")
        return _wrong(sentence, file=path, field=field)
    if length := re.search(r"length (>=|<=) (\d+)", message):
        least = texts.gettext("%(file)s: ”%(field)s” är för kort eller tomt.")
        most = texts.gettext("%(file)s: ”%(field)s” är för långt (högst %(most)s).")
        return _wrong(least if length[1] == ">=" else most, file=path, field=field, most=length[2])
    return _wrong(texts.gettext("%(file)s: ”%(field)s” är av fel slag."), file=path, field=field)


def _wrong(sentence: str, **fields: object) -> WrongMeetingFile:
    return WrongMeetingFile(sentence % fields)
