"""Meetings as the operator handles them: made, listed, their links shown and renewed."""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import NamedTuple

from livechat.comment import Comment
from livechat.epochs import begin_anew
from livechat.events import (
    CurrentItemSet,
    Entry,
    Event,
    IntakeOpened,
    ItemIntakeSet,
    LinksRenewed,
    NoticePosted,
    NoticeTakenDown,
    SealOpened,
    StaffLink,
)
from livechat.log import Conflict, Log
from livechat.meeting import Meeting, fold
from livechat.notices import written
from livechat.roles import SEATED, Role
from livechat.scrubbing import scrub
from moderation.decisions import Outcome
from web.meeting_file import MeetingFile, set_up
from web.sessions import hashed, link_secret, new_links

PAGES = {
    Role.RESIDENT: "",
    Role.MODERATOR: "/moderate",
    Role.CHAIR: "/chair",
    Role.POLITICIAN: "/politician",
    Role.DISPLAY: "/display",
    Role.CAPTIONER: "/captions",
}
"""Where each role's page is, after `/m/{meeting}`."""


class Link(NamedTuple):
    """A role's address; None if its secret was derived from another key, or never was, and can only be renewed."""

    role: Role
    url: str | None

    @property
    def takes_captions(self) -> str | None:
        """The captioner's other address, which a service sends to; it ends so that anything can be added with `&`."""
        if self.role is not Role.CAPTIONER or self.url is None:
            return None
        return self.url.replace("#", "/") + "?lang="


class Exists(Exception):
    """There is a meeting with this id already."""


class NotSealed(Exception):
    """There is no sealed comment with this number, or it may not be opened any more."""


class NoItem(Exception):
    """There is no agenda item with this id in the meeting."""


class Missing(Exception):
    """There is no meeting with this id."""


class Meetings:
    """The operator's hand on the log. `key` is what staff links are derived from, `new_epoch` draws an epoch."""

    def __init__(
        self, log: Log, key: bytes, new_epoch: Callable[[], str], clock: Callable[[], float] = time.time
    ) -> None:
        self._log = log
        self._key = key
        self._new_epoch = new_epoch
        self._clock = clock

    async def new(self, file: MeetingFile, *, begun: bool = False) -> None:
        """Makes the meeting that a file describes; `begun`: open for comments, at the first item. Raises `Exists`."""
        event = set_up(file, int(self._clock()), new_links(self._key, file.id, 0))
        first = [IntakeOpened(minute=0), CurrentItemSet(item=event.agenda[0].id, minute=0)] if begun else []
        try:
            await self._log.start(file.id, self._new_epoch(), [event, *first])
        except Conflict:
            raise Exists(file.id) from None

    async def all(self) -> list[Meeting]:
        """Every meeting, in the order of their ids."""
        return [await self.one(meeting) for meeting in await self._log.meetings()]

    async def one(self, meeting: str) -> Meeting:
        """The meeting as its log has it. Raises `Missing`."""
        state, entries = await self.history(meeting)
        for entry in entries:
            state = fold(state, entry)
        return state

    async def history(self, meeting: str) -> tuple[Meeting, list[Entry]]:
        """The meeting before its first entry, and all entries of its log. Raises `Missing`."""
        while epoch := await self._log.epoch(meeting):
            entries: list[Entry] = []
            while more := await self._log.read(meeting, epoch, after=entries[-1].offset if entries else 0):
                entries += more
            with suppress(Conflict):  # Else it has begun anew meanwhile.
                await self._log.end(meeting, epoch)
                return Meeting(meeting, epoch), entries
        raise Missing(meeting)

    async def links(self, meeting: str, base_url: str) -> list[Link]:
        """One link for each role. Raises `Missing`."""
        state = await self.one(meeting)
        made = {link.role: link for link in state.links}
        address = f"{base_url}/m/{meeting}"
        return [Link(role, self._url(role, address + page, meeting, made.get(role))) for role, page in PAGES.items()]

    async def renew_links(self, meeting: str, roles: Collection[Role] = SEATED) -> None:
        """Makes new links for these roles; their old ones, and all sessions opened with those, are void.

        Raises `Missing`.
        """

        def renewed(state: Meeting) -> Event:
            kept = tuple(link for link in state.links if link.role not in roles)
            links = (*kept, *new_links(self._key, meeting, state.minute(self._clock()), roles))
            return LinksRenewed(links=links, roles=tuple(sorted(roles)))

        await self._add(meeting, renewed)

    async def set_item_intake(self, meeting: str, item: str, *, open: bool) -> None:
        """Lets an agenda item take comments, or take no more. Raises `Missing`, or `NoItem`."""
        while True:
            state = await self.one(meeting)
            if not state.has_item(item):
                raise NoItem(item)
            if open == (item not in state.intake_ends):
                return
            event = ItemIntakeSet(item=item, open=open, minute=state.minute(self._clock()))
            try:
                await self._log.append(meeting, state.epoch, [event], at=state.offset)
            except Conflict:
                continue
            return

    async def rehearse(self, meeting: str) -> bool:
        """Makes a rehearsal of a meeting in which nothing has happened yet; False if it is one already.

        Raises `Missing`, or `Begun` if something has.
        """
        return await self._begin_anew(meeting, rehearsal=True)

    async def open(self, meeting: str) -> bool:
        """Wipes a rehearsal and begins the meeting; False if it is no rehearsal. Raises `Missing`."""
        return await self._begin_anew(meeting, rehearsal=False)

    async def _begin_anew(self, meeting: str, *, rehearsal: bool) -> bool:
        while (state := await self.one(meeting)).rehearsal is not rehearsal:
            try:
                await begin_anew(self._log, state, rehearsal=rehearsal)
            except Conflict:
                continue  # Somebody did something meanwhile.
            await scrub(self._log, meeting)
            return True
        return False

    async def sealed(self, meeting: str) -> tuple[Meeting, list[Comment]]:
        """The meeting and its sealed comments, in the order they came. Raises `Missing`."""
        state = await self.one(meeting)
        found = [comment for comment in state.comments.values() if comment.outcome is Outcome.SEALED]
        return state, sorted(found, key=lambda comment: comment.number)

    async def open_seal(self, meeting: str, number: int) -> Comment:
        """A sealed comment, by its number among all received; that it was opened is on the record.

        Raises `Missing`, or `NotSealed` if there is no such comment, or its time is over.
        """
        while True:
            state, found = await self.sealed(meeting)
            comment = next((comment for comment in found if comment.number == number), None)
            minute = state.minute(self._clock())
            if comment is None or comment.erased or minute >= (state.sealed_until(comment) or 0):
                raise NotSealed(str(number))
            try:
                opened = SealOpened(id=comment.id, minute=minute)
                await self._log.append(meeting, state.epoch, [opened], at=state.offset)
            except Conflict:
                continue
            return comment

    async def post_notice(self, meeting: str, texts: dict[str, str]) -> None:
        """Tells everybody this, by language. Raises `Missing`, or `Refused` if it cannot be a notice."""
        kept = written(texts)
        await self._add(meeting, lambda state: NoticePosted(texts=kept, minute=state.minute(self._clock())))

    async def take_down_notice(self, meeting: str) -> None:
        """What everybody was told does not hold any more. Raises `Missing`."""
        await self._add(meeting, lambda state: NoticeTakenDown(minute=state.minute(self._clock())))

    async def _add(self, meeting: str, event: Callable[[Meeting], Event]) -> None:
        while True:
            state = await self.one(meeting)
            try:
                await self._log.append(meeting, state.epoch, [event(state)], at=state.offset)
            except Conflict:
                continue  # Somebody commented meanwhile.
            return

    def _url(self, role: Role, page: str, meeting: str, link: StaffLink | None) -> str | None:
        if role not in SEATED:
            return page
        if link is None:  # The meeting was made before there was such a role.
            return None
        secret = link_secret(self._key, meeting, link)
        return f"{page}#{secret}" if hashed(secret) == link.hash else None
