"""Redis away, and Redis back without its last writes, as people see it in their browsers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from livechat.log.redis import RedisLog
from tests.browser import browser_path
from tests.cast import Display, Moderator, Resident, serving, until
from tests.process import Process
from tests.servers import Deployment, shared
from tests.stores import lose_tail
from tests.test_stories import ARGUMENTS, keep, pages_of, write

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        yield running
        await running.close()


async def test_while_redis_is_away_every_page_says_so_and_what_was_written_goes_out_afterwards(
    browser: Browser, tmp_path: Path
) -> None:
    with Deployment("valkey", "single") as deployment:
        async with (
            Process(tmp_path, LIVECHAT_REDIS_URL=deployment.url) as process,
            pages_of(browser, process) as pages,
        ):
            await process.open_intake()
            author, moderator = await Resident.join(process), await Moderator.join(process)
            id = await author.writes("Redan godkänd")
            await moderator.approves(id)
            resident, desk, chair = await pages.resident(), await pages.moderator(), await pages.chair()
            display = await pages.display()
            await expect(display.get_by_text("Redan godkänd")).to_be_visible()
            node = deployment.nodes[0]
            node.kill()

            for page in (resident, desk, chair):
                await expect(page.locator("#line")).to_contain_text("Just nu går det inte att spara något.")
            await expect(display.get_by_text(re.compile(r"Visar läget \d\d\.\d\d"))).to_be_visible()
            await expect(resident.locator("#line")).to_contain_text("Det du skriver finns kvar.")
            for page in (resident, chair, display):
                await expect(page.get_by_text("Redan godkänd").first).to_be_visible()
            await write(resident, "Skriven under avbrottet")
            await expect(resident.get_by_text("Väntar på att skickas igen")).to_be_visible()
            await expect(resident.get_by_text("Texten finns kvar här, och vi försöker igen.")).to_be_visible()
            await chair.get_by_role("button", name="Ta upp").click()
            await expect(chair.locator("#trouble")).to_contain_text("Det gick inte att spara")
            await keep(resident, "resident-unsaved-360")
            await keep(display, "display-unsaved-1920")
            await resident.reload()  # The outbox outlives it.
            await expect(resident.locator("#line")).to_contain_text("Just nu går det inte att spara något.")

            node.start()
            await expect(resident.get_by_text("Väntar på granskning", exact=True)).to_be_visible(timeout=30_000)
            for page in (resident, desk, chair):
                await expect(page.locator("#line")).to_contain_text("Ansluten")
            await expect(desk.get_by_text("Skriven under avbrottet")).to_be_visible()
            await chair.get_by_role("button", name="Ta upp").click()
            await expect(display.locator("#spoken")).to_have_text("Redan godkänd")
            await moderator.until(lambda: len(moderator.comments()) == 2)
            pages.trouble.clear()  # The pages' own 503.


async def test_whose_comment_was_lost_gets_it_back_as_a_draft_and_staff_are_told_of_the_gap(
    browser: Browser, tmp_path: Path
) -> None:
    def log() -> RedisLog:
        return RedisLog(shared("valkey", "single").url, prefix=str(tmp_path), poll=0.05)

    async with serving(tmp_path, log=log()) as service, pages_of(browser, service) as pages:
        author, moderator = await Resident.join(service), await Moderator.join(service)
        await moderator.approves(await author.writes("Den här finns kvar"))
        resident, desk, chair = await pages.resident(), await pages.moderator(), await pages.chair()
        (channel,) = service.hub.channels()
        await resident.get_by_role("button", name="Stöd").first.click()
        await expect(resident.get_by_text("Du stöder").first).to_be_visible()
        await until(lambda: channel.meeting.tallies)
        kept, epoch = channel.meeting.offset, channel.meeting.epoch
        await write(resident, "Den här försvinner")
        await expect(resident.get_by_text("Väntar på granskning", exact=True)).to_be_visible()
        channel._reader.fold.tail.clear()  # As if the one process that knows of it had died, too.
        lose_tail("valkey-single", tmp_path, keep=kept, meeting="dialog", epoch=epoch)

        await expect(resident.get_by_text("Kommentaren finns inte längre kvar i tjänsten.")).to_be_visible()
        for page in (desk, chair):
            await expect(page.get_by_text("Läget har hämtats på nytt efter ett avbrott.").first).to_be_visible()
        await expect(desk.get_by_text("Den här försvinner")).not_to_be_visible()
        await keep(resident, "resident-gap-360")
        await keep(desk, "moderator-gap-1280")
        await keep(chair, "chair-gap-1024")
        await resident.get_by_role("button", name="Lägg tillbaka i rutan").click()
        await expect(resident.get_by_label("Din kommentar")).to_have_value("Den här försvinner")
        await resident.get_by_role("button", name="Skicka", exact=True).click()
        await expect(resident.get_by_text("Väntar på granskning", exact=True)).to_be_visible()
        display = await Display.join(service)
        await until(lambda: [e["count"] for e in display.entities.values() if e["kind"] == "tally"] == [1])
        await expect(resident.get_by_text("Du stöder").first).to_be_visible()  # One ballot, still the same.
