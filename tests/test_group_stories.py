# ruff: noqa: F811 - `browser` is also a parameter
"""Stories from the desk in a real browser: those that say the same are one group, those that deny it are not."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from moderation.screening.lexicon import table
from moderation.screening.recent import Recent, screen_among, sketch
from tests.cast import Moderator, Resident, serving
from tests.test_stories import browser, pages_of  # noqa: F401 - a fixture

pytestmark = [pytest.mark.story, pytest.mark.asyncio(loop_scope="module")]


async def test_the_group_is_what_screening_calls_alike_and_never_the_contrary(browser: Browser, tmp_path: Path) -> None:
    texts = [
        "Bygg fler cykelbanor längs älven i vår stad",
        "Bygg fler cykelbanor längs älven i vår stad!!",
        "Bygg fler cykelbanor langs älven i vår stad",
        "bygg fler cykelbanr längs älven i vår stad",
        "Bygg inte fler cykelbanor längs älven i vår stad",
        "Bygg aldrig fler cykelbanor längs älven i vår stad",
        "Bygg fler cykelbanor längs älven, men inte i vår stad",
        "Höj avgiften till 300 kronor om året för alla",
        "Höj avgiften till 400 kronor om året för alla",
        "Höj avgiften till 300 kronor om året för alla, tack",
        "Vi är mot en ny väg genom skogen vid sjön",
        "Vi är för en ny väg genom skogen vid sjön",
        "Vi är mot en ny vag genom skogen vid sjön",
        "Älkää sulkeko kirjastoa keskustassa ensi vuonna",
        "Sulkekaa kirjasto keskustassa ensi vuonna",
        "Do not close the library in the centre",
        "Do close the library in the centre",
        "Ｂｙｇｇ fler cykelbanor längs älven i vår stad",
    ]
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        desk = await pages.moderator()
        grouped, denials = await desk.evaluate(
            """async (texts) => {
                const modules = performance.getEntriesByType("resource").map(({ name }) => name);
                const { alike, DENIALS } = await import(modules.find((name) => name.includes("/likeness")));
                return [texts.map((one) => texts.map(alike(one))), [...DENIALS]];
            }""",
            texts,
        )
    assert set(denials) == set(table("small")["denials"].split())
    sketches = [sketch(text, 0) for text in texts]
    for n, one in enumerate(texts):
        flagged = [bool(screen_among(one, 0, Recent().after("x", other, 0))) for other in texts]
        for m, other in enumerate(texts):
            if flagged[m]:
                assert grouped[n][m], (one, other)
            guards = [(each.denials, each.digits) for each in (sketches[n], sketches[m])]
            assert not grouped[n][m] or guards[0] == guards[1], (one, other)


async def test_one_decision_about_a_group_is_told_to_each_author_and_spares_the_contrary(
    browser: Browser, tmp_path: Path
) -> None:
    async with serving(tmp_path) as service, pages_of(browser, service) as pages:
        authors = [await Resident.join(service) for _ in range(3)]
        watching, desk = await Moderator.join(service), await pages.moderator()
        wishes = (
            "Fler lampor i tunneln vid stationen.",
            "Fler lampor i tunneln vid stationen, tack",
            "fler lampr i tunneln vid stationen",
        )
        ids = [await author.writes(text) for author, text in zip(authors, wishes, strict=True)]
        contrary = await authors[0].writes("Inga fler lampor i tunneln vid stationen")
        await expect(desk.get_by_role("tab", name="Väntar 4")).to_be_visible()
        await desk.keyboard.press("g")
        await expect(desk.locator("#choosing")).to_contain_text("3 valda")
        await desk.keyboard.press("d")
        await desk.get_by_role("button", name="Finns redan").click()
        for author, id in zip(authors, ids, strict=True):
            await author.until(lambda author=author, id=id: author.mine(id).get("outcome") == "declined")  # type: ignore[misc]
            assert author.mine(id)["reason"] == "duplicate"
        assert watching.sees(contrary, "pending")
        await expect(desk.locator("#undo:not([aria-disabled])")).to_be_visible()  # Every answer has come.
        await desk.keyboard.press("u")
        for author, id in zip(authors, ids, strict=True):
            await author.until(lambda author=author, id=id: author.mine(id).get("outcome") == "pending")  # type: ignore[misc]
