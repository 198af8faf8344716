"""A store that comes back without its last writes, or without the meeting: what the people at the doors see."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cast import Chair, Client, Display, Moderator, Resident, Service, new_secret, serving
from tests.stores import STORES, lose_pointer, lose_tail, put_pointer_back

STORE = "valkey-single"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, log=STORES[STORE](tmp_path)) as running:
        yield running


async def test_what_is_lost_while_all_are_there_is_there_again_before_anybody_can_miss_it(
    service: Service, tmp_path: Path
) -> None:
    resident, moderator, chair = await Resident.join(service), await Moderator.join(service), await Chair.join(service)
    display = await Display.join(service)
    epoch, kept = resident.epoch, new_secret()
    before = await resident.writes("Innan", secret=new_secret())
    offset = service.hub.channels()[0].meeting.offset
    id = await resident.writes("Förlorad och återfunnen", secret=kept)
    await moderator.approves(id)
    await chair.do("set_current_item", item="2")
    await chair.do("discuss_comment", comment=id)
    late = await Moderator.join(service)
    lose_tail(STORE, tmp_path, keep=offset, meeting="dialog", epoch=epoch)

    everybody: list[Client] = [resident, moderator, chair, display, late]
    for client in everybody:
        await client.until(lambda client=client: client.epoch != epoch)  # type: ignore[misc]
        first = next(frame for frame in client.frames if frame.get("epoch") not in (None, epoch))
        assert first["since"] == 0
        assert client.sees(id, "discussing")
        assert client.meeting["item"] == "2"
    assert (await resident.do("watch", secrets=[kept]))["ids"] == [id]
    await resident.until(lambda: resident.mine(id).get("outcome") == "discussing")
    await moderator.approves(before)
    await late.do("take_back_comment", comment=before)  # Her seat is there again, too.
    assert len((await Moderator.join(service)).comments()) == 2


async def test_a_command_made_before_the_end_was_lost_still_counts(service: Service, tmp_path: Path) -> None:
    resident = await Resident.join(service)
    epoch = resident.epoch
    offset = service.hub.channels()[0].meeting.offset
    await resident.writes("Borta en stund")
    lose_tail(STORE, tmp_path, keep=offset, meeting="dialog", epoch=epoch)
    await resident.until(lambda: resident.epoch != epoch)
    await resident.do("submit_comment", secret=new_secret(), item="1", text="Ur utkorgen", epoch=epoch)
    answer = await resident.ask("submit_comment", secret=new_secret(), item="1", text="Annat möte", epoch="another")
    assert answer["code"] == "epoch_changed"


async def test_who_wrote_what_is_lost_for_good_is_told_when_coming_back(tmp_path: Path) -> None:
    kept, lost = new_secret(), new_secret()
    async with serving(tmp_path, log=STORES[STORE](tmp_path)) as service:
        resident = await Resident.join(service)
        id = await resident.writes("Kvar", secret=kept)
        offset = service.hub.channels()[0].meeting.offset
        await resident.writes("Borta", secret=lost)
        epoch = resident.epoch
    lose_tail(STORE, tmp_path, keep=offset, meeting="dialog", epoch=epoch)
    async with serving(tmp_path, log=STORES[STORE](tmp_path)) as service:
        resident = await Resident.join(service)
        assert (await resident.do("watch", secrets=[kept, lost]))["ids"] == [id, None]


async def test_a_meeting_that_has_vanished_is_read_on_and_waited_for(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    resident, moderator = await Resident.join(service), await Moderator.join(service)
    shown = await resident.writes("Syns")
    await moderator.approves(shown)
    epoch = resident.epoch
    lose_pointer(STORE, tmp_path, "dialog")
    secret = new_secret()
    answer = await resident.ask("submit_comment", secret=secret, item="1", text="Ingenstans att spara")
    assert answer["code"] == "not_saved"
    await resident.until(lambda: resident.live.get("saving") is False)
    late = await Display.join(service)
    assert late.sees(shown)
    assert "the meeting is gone from the log" in caplog.text
    put_pointer_back(STORE, tmp_path, "dialog", epoch)  # The operator puts it back.
    await resident.until(lambda: resident.live.get("saving") is True)
    await resident.writes("Ingenstans att spara", secret=secret)
    await moderator.until(lambda: len(moderator.comments()) == 2)
    assert not any(client.closed for client in (resident, moderator, late))


async def test_a_meeting_that_has_vanished_is_not_called_unknown_by_a_fresh_process(tmp_path: Path) -> None:
    async with serving(tmp_path, log=STORES[STORE](tmp_path)):
        pass
    lose_pointer(STORE, tmp_path, "dialog")
    async with serving(tmp_path, log=STORES[STORE](tmp_path), made=True) as service:
        resident = await Resident.join(service)
        await resident.until(lambda: resident.closed is not None)
        assert resident.closed == 1011  # Come back; 4504 would send the page away for good.
        assert resident.frames[0]["code"] == "not_reachable"
        async with service.http() as http:
            assert (await http.get("/m/dialog")).status_code == 503
            assert (await http.get("/m/nothing")).status_code == 404
