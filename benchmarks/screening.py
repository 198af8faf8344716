"""How well screening finds what it should, what it flags without reason, and what it costs.

    make screening       or       python -m benchmarks.screening        writes the tables into docs/screening.md

`tests/screening_cases.jsonl` was at hand when the rules were written, so it tells that nothing got lost since.
`tests/screening_unseen.jsonl` was written afterwards and nothing was mended by it: it tells what to expect.
"""

import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from moderation.screening import NO_RULES, RULES, Code, screen
from moderation.screening.reading import Reading

HOME = Path(__file__).parent.parent
SEEN, UNSEEN = HOME / "tests" / "screening_cases.jsonl", HOME / "tests" / "screening_unseen.jsonl"
PAGE = HOME / "docs" / "screening.md"

GROUPS: Mapping[str, tuple[Code, ...]] = {
    "data about somebody": (
        *(Code.PERSONNUMMER, Code.FOREIGN_ID, Code.PHONE, Code.EMAIL, Code.HANDLE, Code.ADDRESS, Code.PLATE),
        Code.PAYMENT,
    ),
    "persons and cases": (Code.PERSON_NAME, Code.INDIVIDUAL_CASE, Code.HEALTH_SOCIAL),
    "case numbers": (Code.CASE_NUMBER,),
    "danger": (Code.CRISIS, Code.THREAT),
    "conduct": (Code.HATE, Code.INSULT, Code.PROFANITY),
    "form": (
        *(Code.UNICODE_ABUSE, Code.SHOUTING, Code.REPETITION, Code.GIBBERISH, Code.MARKUP, Code.URL),
        Code.SPAM,
    ),
}


class Case(NamedTuple):
    """A comment, and what must and must not be found in it; what stands in neither is left open."""

    text: str
    must: frozenset[str]
    must_not: frozenset[str]


class Result(NamedTuple):
    """What was found among cases, by code."""

    wanted: Counter[str]
    found: Counter[str]
    unwanted: Counter[str]
    forbidden: Counter[str]
    right: int
    cases: int

    def recall(self, codes: Iterable[str]) -> float:
        """The part of what should be found that was."""
        wanted = sum(self.wanted[code] for code in codes)
        return sum(self.found[code] for code in codes) / wanted if wanted else 1

    def raised(self) -> float:
        """The part of what must not be flagged that was."""
        return sum(self.unwanted.values()) / max(1, sum(self.forbidden.values()))


def cases(path: Path) -> Iterator[Case]:
    """The cases in a file of JSON lines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Case(row["text"], frozenset(row["must_flag"]), frozenset(row["must_not_flag"]))


def measure(some: Iterable[Case]) -> Result:
    """What screening finds in them."""
    wanted, found, unwanted, forbidden = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    right = number = 0
    for case in some:
        flagged = {flag.code.value for flag in screen(case.text)}
        wanted.update(case.must)
        found.update(case.must & flagged)
        forbidden.update(case.must_not)
        unwanted.update(case.must_not & flagged)
        right += case.must <= flagged and not case.must_not & flagged
        number += 1
    return Result(wanted, found, unwanted, forbidden, right, number)


def main() -> None:
    """Measures, and writes the page."""
    texts = [case.text for case in cases(SEEN)]
    tables = {"group": _group_table(), "kind": _kind_table(texts), "time": _time_table(texts)}
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables.items():
        page = re.sub(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", rf"\g<1>{table}\n\g<2>", page, flags=re.S)
    PAGE.write_text(page, encoding="utf-8")
    print(f"{PAGE.relative_to(HOME)} is up to date")


def _group_table() -> str:
    seen, unseen = measure(cases(SEEN)), measure(cases(UNSEEN))
    rows = [
        [group, *(f"{result.recall(codes):.2f} ({_sum(result.wanted, codes)})" for result in (seen, unseen))]
        for group, codes in GROUPS.items()
    ]
    rows.append(["flagged without reason", f"{seen.raised():.1%}", f"{unseen.raised():.1%}"])
    rows.append(["comments wholly right", *(f"{one.right / one.cases:.1%} of {one.cases}" for one in (seen, unseen))])
    return _table(["recall, by group", "at hand", "unseen"], rows)


def _kind_table(texts: Sequence[str]) -> str:
    result = measure([*cases(SEEN), *cases(UNSEEN)])
    costs = _costs(texts)
    rows = [
        [
            f"`{code}`",
            f"{result.recall([code]):.2f} ({result.wanted[code]})",
            f"{result.unwanted[code]} ({result.forbidden[code]})",
            f"{costs[code]:.0f}",
        ]
        for codes in GROUPS.values()
        for code in codes
    ]
    return _table(["flag", "recall (of)", "without reason (of)", "µs"], rows)


def _time_table(texts: Sequence[str]) -> str:
    took = sorted(_seconds(lambda text=text: screen(text)) * 1000 for text in texts)  # type: ignore[misc]
    rows = [
        ["median", f"{statistics.median(took):.2f}"],
        ["99 of 100 take less than", f"{took[int(len(took) * 0.99)]:.2f}"],
        ["slowest", f"{took[-1]:.2f}"],
    ]
    return _table(["one comment", "ms"], rows)


def _costs(texts: Sequence[str]) -> dict[str, float]:
    """Microseconds that the rule for each code takes on average, once the comment is read."""
    readings = [Reading(text) for text in texts]
    costs: dict[str, float] = {}
    for rule in RULES:
        codes = {code for reading in readings for code, _ in rule(reading, NO_RULES)}
        took = _seconds(lambda rule=rule: [list(rule(reading, NO_RULES)) for reading in readings])  # type: ignore[misc]
        costs |= {code: took / len(readings) * 1e6 for code in codes}
    return costs


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _sum(counter: Counter[str], codes: Iterable[str]) -> int:
    return sum(counter[code] for code in codes)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
