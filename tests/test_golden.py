"""Logs that earlier releases wrote fold to what they always meant."""

from pathlib import Path

import pytest

from livechat.events import Entry
from livechat.log import bare, join
from livechat.meeting import Intake, Meeting, fold
from tests.golden import FOLDER, ONE, TWO


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_log_of_an_earlier_release_still_folds(path: Path) -> None:
    meeting = Meeting("m", "e")
    for offset, line in enumerate(path.read_bytes().splitlines(), 1):
        words = {(ONE, "original"): "Första"}
        meeting = fold(meeting, Entry(offset, join(bare(line), words)))
    one, two = meeting.comments[ONE], meeting.comments[TWO]
    assert (one.text, one.outcome, one.place, one.answered) == ("Första", "answered", 1, 8)
    assert (two.text, two.outcome) == ("", "withdrawn")  # Its words have been erased.
    assert (meeting.intake, meeting.current_item, len(meeting.agenda)) == (Intake.PAUSED, "2", 2)
