"""The promises of the heart, on random walks of commands:

snapshot + deltas == snapshot now        fold(log) == state
no pending, declined, referred, merged, sealed or withdrawn text in what anybody but moderators sees, and of an
edited one only what is shown; no sealed one on any desk
the order of the queue is one, and no two comments stand in one place of it
a tally == the size of its set, and is seen where its comment is seen, or beside the comment that carries it
a frozen display shows what it showed, but for what nobody else sees any more
the ledger == what one counts; reports are seen by moderators alone; behind closed doors nothing is taken
"""

from collections import Counter
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from livechat import commands, projection
from livechat.comment import Comment
from livechat.display import Shows
from livechat.draft import drafted, finished
from livechat.entities import DisplayEntity, PublicComment, RankEntity, ReportEntity, TallyEntity
from livechat.errors import Refused
from livechat.events import (
    AgendaItem,
    Channel,
    Closed,
    Entry,
    Event,
    MeetingSetUp,
    Settings,
    Sorting,
    StaffLink,
    TalliesCounted,
    Tally,
)
from livechat.handle import handle
from livechat.index import TIDY_AT, Key
from livechat.intake import takes_comments, takes_comments_on
from livechat.log import bare, join, split
from livechat.meeting import Meeting, apply
from livechat.messages import JSON, MSGPACK, Codec
from livechat.projection import Projection
from livechat.ranks import queue
from livechat.roles import Actor, Role
from moderation.decisions import SHOWN, SUPPORTED, Outcome, Reason
from moderation.reports import ReportReason

EPOCH = "e"
SET_UP = MeetingSetUp(
    announced=0,
    settings=Settings(
        *("Nämnden", "Dialog", "Höra", "Ordning", "Gator"),
        channels=(Channel("synpunkter", "Lämna synpunkter", "https://k.example"),),
        bodies=("Pensionärsrådet",),
        members=("Anna Ek",),
    ),
    agenda=(AgendaItem("1", "Ett"), AgendaItem("2", "Två")),
    links=(StaffLink(Role.MODERATOR, "m", 10**6), StaffLink(Role.CHAIR, "c", 10**6)),
)
SECRETS = [f"secret-of-comment-{number:04}" for number in range(4)]
MODERATORS = [Actor(Role.MODERATOR, f"moderator {number}") for number in (1, 2)]
CHAIR = Actor(Role.CHAIR, "chair")
STAFF = [*MODERATORS, CHAIR]

secrets = st.sampled_from(SECRETS)
ids = secrets.map(commands.comment_id)
revisions = st.none() | st.none() | st.integers(0, 4)
words = st.text(min_size=1).map(lambda text: f"ord:{text}")
residents_commands = st.one_of(
    st.builds(
        commands.SubmitComment,
        epoch=st.just(EPOCH),
        secret=secrets,
        item=st.sampled_from("12"),
        text=words,
    ),
    st.builds(commands.WithdrawComment, epoch=st.just(EPOCH), secret=secrets),
    st.builds(commands.ReportComment, epoch=st.just(EPOCH), comment=ids, reason=st.sampled_from(ReportReason)),
)
BALLOTS = [f"{number:064x}" for number in range(4)]
terms_commands = st.one_of(
    st.builds(commands.OpenIntake, epoch=st.just(EPOCH)),
    st.builds(commands.PauseIntake, epoch=st.just(EPOCH)),
    st.builds(commands.SetSlowMode, epoch=st.just(EPOCH), seconds=st.sampled_from([0, 30])),
    st.builds(commands.LimitIntake, epoch=st.just(EPOCH), most=st.sampled_from([0, 0, 1, 2])),
    st.builds(commands.CloseItem, epoch=st.just(EPOCH), why=st.sampled_from(Closed)),
    st.builds(commands.ReopenItem, epoch=st.just(EPOCH)),
    st.builds(
        commands.SetDisplay,
        epoch=st.just(EPOCH),
        shows=st.none() | st.sampled_from(Shows),
        blank=st.none() | st.booleans(),
        frozen=st.none() | st.booleans(),
    ),
    st.builds(commands.SetItemIntake, epoch=st.just(EPOCH), item=st.sampled_from("12"), open=st.booleans()),
    st.builds(commands.PostNotice, epoch=st.just(EPOCH), texts=st.sampled_from([{"sv": "Paus"}, {"sv": "Vi börjar"}])),
    st.builds(commands.TakeDownNotice, epoch=st.just(EPOCH)),
)
moderators_commands = st.one_of(
    st.builds(commands.ReviewReports, epoch=st.just(EPOCH), comment=ids),
    st.builds(commands.ApproveComment, epoch=st.just(EPOCH), comment=ids, revision=revisions),
    st.builds(
        commands.DeclineComment,
        epoch=st.just(EPOCH),
        comment=ids,
        revision=revisions,
        reason=st.sampled_from(Reason),
    ),
    st.builds(commands.TakeBackComment, epoch=st.just(EPOCH), comment=ids, revision=revisions),
    st.builds(
        commands.ReferComment,
        epoch=st.just(EPOCH),
        comment=ids,
        revision=revisions,
        channel=st.sampled_from(["synpunkter", "unknown"]),
    ),
    st.builds(commands.MergeComment, epoch=st.just(EPOCH), comment=ids, revision=revisions, into=ids),
    st.builds(commands.SealComment, epoch=st.just(EPOCH), comment=ids, revision=revisions),
    st.builds(commands.EditComment, epoch=st.just(EPOCH), comment=ids, revision=revisions, text=words),
    st.builds(
        commands.TranslateComment,
        epoch=st.just(EPOCH),
        comment=ids,
        revision=revisions,
        language=st.sampled_from(["en", "fi"]),
        text=words | st.just(""),
    ),
    st.builds(
        commands.EnterComment,
        epoch=st.just(EPOCH),
        secret=secrets,
        item=st.sampled_from("12"),
        text=words,
        body=st.sampled_from(["", "Pensionärsrådet", "unknown"]),
    ),
)
acts = st.sampled_from(["", "a", "b", "c"])
chairs_commands = st.one_of(
    st.builds(commands.DiscussComment, epoch=st.just(EPOCH), comment=ids, act=acts),
    st.builds(commands.AnswerComment, epoch=st.just(EPOCH), comment=ids, act=acts),
    st.builds(commands.PutBackComment, epoch=st.just(EPOCH), comment=ids, last=st.booleans(), act=acts),
    st.builds(commands.MoveComment, epoch=st.just(EPOCH), comment=ids, before=st.none() | ids, act=acts),
    st.builds(commands.SortQueue, epoch=st.just(EPOCH), how=st.sampled_from(Sorting), act=acts),
    st.builds(commands.SetCurrentItem, epoch=st.just(EPOCH), item=st.sampled_from([None, "1", "2"]), act=acts),
    st.builds(
        commands.AssignComment,
        epoch=st.just(EPOCH),
        comment=ids,
        member=st.sampled_from(["", "Anna Ek", "unknown"]),
        act=acts,
    ),
    st.builds(commands.UndoAct, epoch=st.just(EPOCH), act=st.sampled_from("abc")),
    terms_commands,
)


class Follower:
    """Somebody who took a snapshot at some time, and has folded deltas since."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.offset = 0
        self.held: dict[Key, Any] = {}

    def catch_up(self, now: Projection) -> None:
        news = projection.delta(now, self.offset, self.role)
        if news.since == 0:
            self.held = {}
        self.held.update(news.put)
        for key in news.drop:
            self.held.pop(key, None)
        self.offset = news.offset


class RandomMeeting(RuleBasedStateMachine):
    @initialize()
    def set_up(self) -> None:
        self.log: list[Entry] = []
        self.now = projection.blank(Meeting("m", EPOCH))
        self.followers: list[Follower] = []
        self.sets: dict[str, set[str]] = {}
        self.frozen: dict[str, tuple[Outcome, int]] | None = None
        self.append(SET_UP)
        for actor, link in zip(STAFF, "mmc", strict=True):
            self.give(commands.TakeSeat(epoch=EPOCH, link=link, session=actor.session), actor)
        self.give(commands.OpenIntake(epoch=EPOCH), CHAIR)

    def append(self, *events: Event) -> None:
        entry = Entry(len(self.log) + 1, events)  # type: ignore[arg-type]
        self.log.append(entry)
        before, self.now = self.now, projection.fold(self.now, entry)
        if self.now.meeting.still is not before.meeting.still:
            self.frozen = self.frozen_now()

    def frozen_now(self) -> dict[str, tuple[Outcome, int]] | None:
        """What a frozen display is to go on showing: what it showed, without what was taken off it since."""
        if self.now.meeting.still is None:
            return None
        kept = self.on_the_display() if self.frozen is None else self.frozen
        return {id: was for id, was in kept.items() if self.now.meeting.comments[id].outcome in SHOWN}

    def on_the_display(self) -> dict[str, tuple[Outcome, int]]:
        """Each comment that the display is told of, where it is and how many ballots it has."""
        seen = [entity for _, entity in projection.delta(self.now, 0, Role.DISPLAY).put]
        tallies = {entity.id: entity.count for entity in seen if isinstance(entity, TallyEntity)}
        return {e.id: (e.outcome, tallies.get(e.id, 0)) for e in seen if isinstance(e, PublicComment)}

    def give(self, command: commands.Command, actor: Actor) -> None:
        try:
            events = handle(self.now.meeting, command, actor, len(self.log))
        except Refused:
            return
        if isinstance(command, commands.SubmitComment) and events:
            takes_comments(self.now.meeting)  # Else it would have been refused.
            takes_comments_on(self.now.meeting, next(iter(events)).item, len(self.log))  # type: ignore[attr-defined]
        if events:
            self.append(*events)

    @rule(command=residents_commands)
    def a_resident_acts(self, command: commands.Command) -> None:
        self.give(command, Actor(Role.RESIDENT))

    @rule(command=moderators_commands, actor=st.sampled_from(MODERATORS))
    def a_moderator_acts(self, command: commands.Command, actor: Actor) -> None:
        self.give(command, actor)

    @rule(data=st.data())
    def a_moderator_approves_what_waits(self, data: st.DataObject) -> None:
        pending = [c.id for c in self.now.meeting.comments.values() if c.outcome is Outcome.PENDING]
        if pending:
            id = data.draw(st.sampled_from(sorted(pending)))
            self.give(commands.ApproveComment(epoch=EPOCH, comment=id), MODERATORS[0])

    @rule(data=st.data(), actor=st.sampled_from(MODERATORS))
    def a_moderator_merges_what_can_be_merged(self, data: st.DataObject, actor: Actor) -> None:
        comments = self.now.meeting.comments.values()
        able = sorted(c.id for c in comments if c.outcome in (Outcome.PENDING, Outcome.APPROVED))
        if len(able) > 1:
            id, into = data.draw(st.permutations(able))[:2]
            self.give(commands.MergeComment(epoch=EPOCH, comment=id, into=into), actor)

    @rule(command=terms_commands, actor=st.sampled_from(STAFF))
    def a_member_of_staff_sets_the_terms(self, command: commands.Command, actor: Actor) -> None:
        self.give(command, actor)

    @rule()
    def nobody_is_at_the_desk_for_too_long(self) -> None:
        self.give(commands.PauseUnattended(epoch=EPOCH), Actor(Role.MODERATOR))

    @rule(command=chairs_commands)
    def the_chair_acts(self, command: commands.Command) -> None:
        self.give(command, CHAIR)

    @rule(command=residents_commands | moderators_commands | chairs_commands, role=st.sampled_from(Role))
    def somebody_without_a_session_acts(self, command: commands.Command, role: Role) -> None:
        self.give(command, Actor(role, "forged"))

    @rule(batch=st.lists(residents_commands | moderators_commands, max_size=5))
    def several_act_in_one_commit(self, batch: list[commands.Command]) -> None:
        state, events = self.now.meeting, list[Event]()
        for command in batch:
            resident = Role.RESIDENT in commands.PERMITTED[type(command)]
            try:
                caused = handle(state, command, Actor(Role.RESIDENT) if resident else MODERATORS[0], 1)
            except Refused:
                continue
            for event in caused:
                state = apply(state, event)
            events += caused
        if events:
            self.append(*events)

    @rule(data=st.data(), role=st.just(Role.RESIDENT) | st.sampled_from(Role))
    def ballots_are_cast(self, data: st.DataObject, role: Role) -> None:
        comments = st.sampled_from([*sorted(self.now.meeting.comments), commands.comment_id(SECRETS[0])])
        kinds = st.sampled_from([commands.SupportComment, commands.SupportComment, commands.WithdrawSupport])
        vote = st.tuples(kinds, comments, st.sampled_from(BALLOTS))
        batch = [
            kind(epoch=EPOCH, comment=id, ballot=ballot)
            for kind, id, ballot in data.draw(st.lists(vote, min_size=1, max_size=9))
        ]
        touched = set()
        for command in batch:
            try:
                assert handle(self.now.meeting, command, Actor(role), 1) == ()
            except Refused:
                continue
            carrier = self.now.meeting.carrier(self.now.meeting.comments[command.comment])
            assert carrier.outcome in SUPPORTED
            assert self.now.meeting.terms.closed is None
            ballots = self.sets.setdefault(carrier.id, set())
            supports = isinstance(command, commands.SupportComment)
            (ballots.add if supports else ballots.discard)(command.ballot)
            touched.add(carrier.id)
        if touched:
            self.append(TalliesCounted(tallies=tuple(Tally(id, len(self.sets[id])) for id in sorted(touched))))

    @rule(role=st.sampled_from(Role))
    def somebody_joins(self, role: Role) -> None:
        self.followers.append(Follower(role))

    @rule(pick=st.randoms())
    def somebody_catches_up(self, pick: Any) -> None:
        if self.followers:
            pick.choice(self.followers).catch_up(self.now)

    @invariant()
    def snapshot_and_deltas_are_the_snapshot_now(self) -> None:
        for follower in self.followers:
            late = Follower(follower.role)
            late.offset, late.held = follower.offset, dict(follower.held)
            late.catch_up(self.now)
            fresh = Follower(follower.role)
            fresh.catch_up(self.now)
            assert late.held == fresh.held
            assert late.offset == fresh.offset

    @invariant()
    def nobody_else_sees_what_waits_or_was_declined_or_withdrawn(self) -> None:
        hidden = {id for id, comment in self.now.meeting.comments.items() if comment.outcome not in SHOWN}
        for role in set(Role) - {Role.MODERATOR}:
            for codec in (JSON, MSGPACK):
                seen = [entity for _, entity in projection.delta(self.now, 0, role).put]
                assert not hidden & {entity.id for entity in seen if isinstance(entity, PublicComment)}
                encoded = codec.encode(seen)
                assert not any(id.encode() in encoded for id in hidden)
                assert not any(text in encoded for text in self.hidden_texts(codec))

    def hidden_texts(self, codec: Codec) -> list[bytes]:
        """What nobody else may read, as it would stand in a frame; but for words that are shown all the same."""
        comments = self.now.meeting.comments.values()
        shown = {text for c in comments if c.outcome in SHOWN for text in (c.words, *translation(c))}
        every = {text for c in comments for text in (c.text, c.words, *translation(c))}
        return [codec.encode(text) for text in every - shown]

    @invariant()
    def a_sealed_comment_is_on_no_desk(self) -> None:
        sealed = {id for id, comment in self.now.meeting.comments.items() if comment.outcome is Outcome.SEALED}
        seen = {entity.id for _, entity in projection.delta(self.now, 0, Role.MODERATOR).put}
        assert not sealed & seen

    @invariant()
    def a_group_is_flat_and_both_ends_know_of_it(self) -> None:
        comments = dict(self.now.meeting.comments.items())
        for id, comment in comments.items():
            assert (comment.into is not None) == (comment.outcome is Outcome.MERGED)
            assert comment.into is None or id in comments[comment.into].carries
            assert all(comments[other].into == id for other in comment.carries)
            assert len(set(comment.carries)) == len(comment.carries)

    @invariant()
    def of_another_s_comment_an_author_reads_only_what_all_can_read(self) -> None:
        for id in self.now.meeting.comments:
            mine = projection.for_its_author(self.now.meeting, id)
            if mine and mine.carrier and mine.carrier.text is not None:
                assert mine.carrier.outcome in SHOWN
            elif mine and mine.carrier:
                assert mine.carrier.id is None

    @invariant()
    def a_tally_is_the_size_of_its_set_and_is_seen_where_its_comment_is_seen(self) -> None:
        for role in Role:
            if role is Role.DISPLAY and self.frozen is not None:
                continue  # It shows those that there were.
            seen = [entity for _, entity in projection.delta(self.now, 0, role).put]
            comments = {entity.id for entity in seen if isinstance(entity, PublicComment)}
            tallies = {entity.id: (entity.count, entity.similar) for entity in seen if isinstance(entity, TallyEntity)}
            assert tallies == {id: counted for id in comments if any(counted := self.counted(id))}

    def counted(self, id: str) -> tuple[int, tuple[int, ...]]:
        """How many ballots a comment has, and each of those that it carries."""
        sizes = [len(self.sets.get(one, ())) for one in (id, *self.now.meeting.comments[id].carries)]
        return sizes[0], tuple(size for size in sizes[1:] if size)

    @invariant()
    def a_rank_is_seen_where_its_comment_is_seen_and_nobody_shares_one(self) -> None:
        every = dict(self.now.meeting.comments.items())
        for role in Role:
            seen = [entity for _, entity in projection.delta(self.now, 0, role).put]
            comments = {entity.id for entity in seen if isinstance(entity, PublicComment)}
            ranks = {entity.id: entity.rank for entity in seen if isinstance(entity, RankEntity)}
            assert ranks == {id: every[id].rank for id in comments if every[id].rank != every[id].place}
        for item in "12":
            waiting = [comment.rank for comment in queue(self.now.meeting, item)]
            assert waiting == sorted(set(waiting))

    @invariant()
    def reports_are_seen_by_moderators_alone(self) -> None:
        for role in Role:
            seen = [entity for _, entity in projection.delta(self.now, 0, role).put]
            reports = {entity.id for entity in seen if isinstance(entity, ReportEntity)}
            comments = {entity.id for entity in seen if isinstance(entity, PublicComment)}
            assert reports == (set(self.now.meeting.reports) & comments if role is Role.MODERATOR else set())

    @invariant()
    def a_frozen_display_shows_what_it_showed_but_for_what_nobody_else_sees(self) -> None:
        seen = self.on_the_display()
        shown = {id: c.outcome for id, c in self.now.meeting.comments.items() if c.outcome in SHOWN}
        if self.frozen is not None:
            assert seen == self.frozen
        else:
            assert {id: outcome for id, (outcome, _) in seen.items()} == shown

    @invariant()
    def everybody_knows_what_the_display_shows(self) -> None:
        for role in Role:
            seen = [entity for _, entity in projection.delta(self.now, 0, role).put]
            settings = [entity for entity in seen if isinstance(entity, DisplayEntity)]
            assert len(settings) == 1
            closed = self.now.meeting.terms.closed is not None
            assert all((entity.now == "closed") == closed for entity in settings)

    @invariant()
    def the_ledger_is_what_one_counts(self) -> None:
        comments, ledger = list(self.now.meeting.comments.values()), self.now.meeting.ledger
        assert ledger.received == len(comments)
        assert ledger.outcomes == Counter(comment.outcome for comment in comments)
        assert ledger.declined == Counter(comment.reason for comment in comments if comment.reason)

    @invariant()
    def who_paused_is_known_while_it_is_paused(self) -> None:
        assert (self.now.meeting.terms.paused_by is not None) == (self.now.meeting.intake == "paused")

    @invariant()
    def a_frame_for_the_public_counts_only_what_the_public_saw_change(self) -> None:
        index = self.now.indexes[Role.RESIDENT]
        assert index.offset == len({offset for offset, _ in index.changes})

    @invariant()
    def at_most_one_comment_is_under_discussion(self) -> None:
        discussing = [c.id for c in self.now.meeting.comments.values() if c.outcome == "discussing"]
        assert discussing == ([self.now.meeting.discussing] if self.now.meeting.discussing else [])

    def teardown(self) -> None:
        again = projection.blank(Meeting("m", EPOCH))
        kept: dict[tuple[str, str], str] = {}
        read = drafted(again)
        for entry in self.log:
            body, words = split(entry.events)
            assert b"ord:" not in body  # Residents' words are kept apart.
            kept |= {(piece.comment, piece.kind): piece.text for piece in words}
            again = projection.fold(again, Entry(entry.offset, join(bare(body), kept)))
            read = projection.fold(read, Entry(entry.offset, join(bare(body), kept)))
        assert _facts(again) == _facts(finished(read)) == _facts(self.now)


def translation(comment: Comment) -> list[str]:
    return [comment.translation.text] if comment.translation else []


def _facts(now: Projection) -> dict[str, Any]:
    facts = msgspec.structs.asdict(now.meeting)
    for name in ("comments", "sessions", "tallies", "reports", "intake_ends"):
        facts[name] = dict(facts[name].items())
    for role, index in now.indexes.items():
        facts[role] = (index.offset, dict(index.seen.items()), list(index.changes))
    return facts


TestRandomMeeting = RandomMeeting.TestCase
TestRandomMeeting.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)


def test_a_delta_costs_what_changed_and_not_what_exists() -> None:
    now = projection.fold(projection.blank(Meeting("m", EPOCH)), Entry(1, (SET_UP,)))
    before = projection.delta(now, 0, Role.RESIDENT)
    assert [str(key) for key, _ in before.put] == ["display:m", "item:1", "item:2", "meeting:m"]
    assert projection.delta(now, before.offset, Role.RESIDENT).put == []


def test_a_tally_that_changes_ten_thousand_times_is_remembered_once_and_missed_by_nobody() -> None:
    walk = RandomMeeting()
    walk.set_up()
    walk.a_resident_acts(commands.SubmitComment(epoch=EPOCH, secret=SECRETS[0], item="1", text="Ett"))
    id = commands.comment_id(SECRETS[0])
    walk.a_moderator_acts(commands.ApproveComment(epoch=EPOCH, comment=id), MODERATORS[0])
    walk.somebody_joins(Role.RESIDENT)
    for size in range(1, 10_001):
        walk.append(TalliesCounted(tallies=(Tally(id, size),)))
        if size % 777 == 0:
            walk.snapshot_and_deltas_are_the_snapshot_now()
            walk.somebody_joins(Role.RESIDENT)
            walk.followers[-1].catch_up(walk.now)
    index = walk.now.indexes[Role.RESIDENT]
    assert len(index.changes) < 2 * TIDY_AT
    before = projection.delta(walk.now, index.offset - 9_999, Role.RESIDENT)
    assert before.put == [(Key("tally", id), TallyEntity(id, 10_000, ()))]
    walk.teardown()


def test_what_was_never_seen_leaves_no_tombstone() -> None:
    walk = RandomMeeting()
    walk.set_up()
    offset = walk.now.indexes[Role.DISPLAY].offset
    walk.a_resident_acts(commands.SubmitComment(epoch=EPOCH, secret=SECRETS[0], item="1", text="Ett"))
    walk.a_moderator_acts(
        commands.DeclineComment(epoch=EPOCH, comment=commands.comment_id(SECRETS[0]), reason=Reason.DUPLICATE),
        MODERATORS[0],
    )
    assert projection.delta(walk.now, offset, Role.DISPLAY) == (offset, offset, [], [])
    walk.teardown()


def test_an_edit_is_no_decision_that_anybody_waited_for() -> None:
    walk = RandomMeeting()
    walk.set_up()
    walk.a_resident_acts(commands.SubmitComment(epoch=EPOCH, secret=SECRETS[0], item="1", text="Ett"))
    id = commands.comment_id(SECRETS[0])
    walk.a_moderator_acts(commands.EditComment(epoch=EPOCH, comment=id, text="Två"), MODERATORS[0])
    walk.a_moderator_acts(commands.TranslateComment(epoch=EPOCH, comment=id, language="en", text="Two"), MODERATORS[0])
    assert walk.now.meeting.ledger.decided == 0
    walk.a_moderator_acts(commands.SealComment(epoch=EPOCH, comment=id), MODERATORS[0])
    walk.a_moderator_acts(commands.TakeBackComment(epoch=EPOCH, comment=id), MODERATORS[0])
    assert walk.now.meeting.ledger.decided == 1
    walk.the_ledger_is_what_one_counts()
