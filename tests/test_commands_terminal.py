"""Progress in a log: lines, not too many, with the time that is left."""

import pytest

from pipeline.commands import terminal
from pipeline.commands.terminal import fail, progress_bar


@pytest.fixture
def clock(monkeypatch):
    """Let the test set the time."""
    now = [1000.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    return now


def test_a_log_gets_a_line_at_both_ends_and_twice_a_minute(clock, capsys):
    with progress_bar() as advance:
        for done in range(11):
            advance(done, 10, f"training: unit {done}")
            clock[0] += 12
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "0/10: training: unit 0",
        "3/10, about 0:01:24 left: training: unit 3",
        "6/10, about 0:00:48 left: training: unit 6",
        "9/10, about 0:00:12 left: training: unit 9",
        "10/10: training: unit 10",
    ]


def test_each_stage_counts_its_own_time(clock, capsys):
    with progress_bar() as advance:
        advance(0, 2, "one")
        clock[0] += 500
        advance(2, 2, "one")
        advance(0, 4, "two")
        clock[0] += 40
        advance(1, 4, "two")
    assert capsys.readouterr().err.splitlines()[-1] == "1/4, about 0:02:00 left: two"


def test_failing_prints_the_message_and_ends_with_two(capsys):
    with pytest.raises(SystemExit) as ended:
        fail("[bold] what was expected")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "[bold] what was expected\n"
