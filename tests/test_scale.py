"""The page about larger evenings: the formulas agree with the simulation, and say what they must of the plain cases."""

import re
import xml.etree.ElementTree as tree
from pathlib import Path

import pytest

from benchmarks.results import Results
from benchmarks.scale import limits, model, plans, report, trials
from benchmarks.scale.costs import Costs, known
from benchmarks.scale.lines import Axis, Series, chart
from benchmarks.scale.model import Case
from benchmarks.scale.simulation import simulate

COSTS = Costs()
SECONDS = 2


@pytest.mark.parametrize("case", [*trials.ONE, *trials.ON_TWO_CORES, *trials.ON_CORES_ENOUGH[:3]], ids=str)
def test_the_model_and_the_simulation_agree_on_when_a_comment_is_with_the_residents(case: Case) -> None:
    found = simulate(COSTS, case, SECONDS)
    assert found.residents.count >= case.rate * SECONDS * case.processes * case.residents / 2
    assert found.residents.within(model.P99) == pytest.approx(model.p99(COSTS, case), rel=trials.TOLERANCE)
    as_it_came = case._replace(rate=found.answers.count / SECONDS)
    assert found.frames == pytest.approx(model.frames(COSTS, as_it_came), rel=trials.TOLERANCE)


def test_every_resident_gets_every_comment_once() -> None:
    case = Case(2, 300, 0, 20)
    found = simulate(COSTS, case, SECONDS)
    assert found.answers.count > 20
    assert found.residents.count == found.answers.count * 600


@pytest.mark.parametrize("processes", [8, 32, 64])
def test_the_model_and_the_simulation_agree_on_what_redis_does_while_everybody_votes(processes: int) -> None:
    case = Case(processes, 0, 0, 5, voting=True)
    found = simulate(COSTS, case, SECONDS)
    assert found.redis == pytest.approx(model.redis(COSTS, case), rel=2 * trials.TOLERANCE)
    assert found.answers.within(0.5) < 0.01


def test_where_the_model_says_that_redis_is_full_the_simulation_falls_behind() -> None:
    slow = COSTS._replace(read=COSTS.read * 10)
    most = model.most_voting(slow, 5)
    assert 20 < most < 60
    below, beyond = (simulate(slow, Case(count, 0, 0, 5, voting=True), SECONDS) for count in (most // 2, most * 2))
    assert below.redis < 0.6
    assert below.answers.within(0.9) < 0.05
    assert beyond.redis > 0.9
    assert beyond.answers.within(0.9) > 0.1


def test_the_same_seed_plays_the_same_meeting() -> None:
    one, other, another = (simulate(COSTS, Case(2, 500, 2, 20), SECONDS, seed) for seed in (1, 1, 2))
    assert one.residents.within(0.5) == other.residents.within(0.5) != another.residents.within(0.5)


def test_more_residents_wait_longer_and_what_breaks_stands_in_order() -> None:
    waits = [model.p99(COSTS, Case(1, residents, 0, 20)) for residents in trials.CURVE]
    assert waits == sorted(waits)
    most = model.most_residents(COSTS, limits.WITHIN)
    assert model.p99(COSTS, Case(1, most, 0, 1)) == pytest.approx(limits.WITHIN, rel=0.02)
    for rows in (limits.of_one(COSTS), limits.of_many(COSTS)):
        assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert plans.redis(COSTS, limits.of_one(COSTS)[-1].at, votes=False) == pytest.approx(1, rel=0.05)


def test_measured_costs_replace_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.results.FILE", tmp_path / "results.json")
    monkeypatch.setattr("benchmarks.scale.costs.FILE", tmp_path / "costs.json")
    assert known(Results()) == (COSTS, frozenset())
    (tmp_path / "costs.json").write_text('{"read": 5e-05}')
    results = Results()
    for opened in (8_000, 10_000, 12_500):
        results.add("idle", {"ours": {"opened": opened, "kib": 3}}, {})
    costs, measured = known(Results())
    assert measured == {"opening", "memory", "read"}
    assert costs == COSTS._replace(opening=1e-4, memory=3 * 1024, read=5e-5)


def test_the_page_is_whole_and_its_charts_tell_their_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.results.FILE", tmp_path / "results.json")
    monkeypatch.setattr("benchmarks.scale.costs.FILE", tmp_path / "costs.json")
    monkeypatch.setattr(trials, "VOTING", trials.VOTING[:2])
    results = Results()
    results.add("flush", {"ours": {"p99/10000/20": 92.0}}, {})
    written = report.write(results, tmp_path)
    page = written[0].read_text()
    assert "{{" not in page
    assert re.search(r"\| 1 × 10,000 residents, 20/s, enough cores \| 92 \| \d+ \| [+-]\d% \| 92 \| [+-]0% \|", page)
    assert {tmp_path / name for name in re.findall(r"\]\((images/[^)]+)\)", page)} == set(written[1:])
    for drawing in written[1:]:
        texts = {element.tag.rpartition("}")[2]: element.text for element in tree.parse(drawing).getroot()}
        assert texts["title"]
        assert " at " in (texts["desc"] or "")


def test_a_chart_puts_points_where_its_axes_say() -> None:
    y = Axis("milliseconds", (1, 10, 100), logarithmic=True)
    assert [y.place(value) for value in (1, 10, 100)] == [0, 0.5, 1]
    drawing = tree.fromstring(chart("a & b", Axis("residents", (0, 10)), y, [Series("seen", "dot", [(5, 10)])]))
    texts = {element.tag.rpartition("}")[2]: element.text for element in drawing}
    assert (texts["title"], texts["desc"]) == ("a & b", "milliseconds, by residents. seen: 10 at 5.")
