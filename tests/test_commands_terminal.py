"""Progress in a log: lines, not too many, with the time that is left. Who does the work."""

import io
from contextlib import contextmanager

import pytest
from rich.console import Console

from pipeline import cluster
from pipeline.cluster import ClusterError
from pipeline.commands import terminal
from pipeline.commands.terminal import cores, fail, progress_bar, workers
from pipeline.locations import LocationError


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


def test_work_is_done_by_processes_unless_a_scheduler_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "connected", pytest.fail)
    with workers(3, "") as three, workers(0, "") as all_cores:
        assert (three, all_cores) == (3, cores())


def test_a_scheduler_is_connected_to_for_as_long_as_the_command_works(monkeypatch):
    seen = []

    @contextmanager
    def connected(where):
        yield f"the workers of {where}"
        seen.append("closed")

    monkeypatch.setattr(cluster, "connected", connected)
    with workers(0, "tcp://host:8786") as found:
        assert found == "the workers of tcp://host:8786" and seen == []
    assert seen == ["closed"]


def test_processes_and_a_scheduler_together_are_refused(capsys):
    with pytest.raises(SystemExit), workers(2, "tcp://host:8786"):
        pytest.fail("this must not be reached")
    assert "--jobs or --scheduler, not both" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        ClusterError("no scheduler answers"),
        LocationError("/music/a.wav", "No such file", "worker w"),
    ],
)
def test_what_a_cluster_cannot_do_is_said_without_a_stack_trace(error, capsys):
    error.add_note("in the unit 'a.wav'")
    with pytest.raises(SystemExit) as ended, workers(1, ""):
        raise error
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"{error}\nin the unit 'a.wav'\n"


def test_brackets_in_file_names_are_shown_on_a_bar(monkeypatch):
    shown = io.StringIO()
    monkeypatch.setattr(terminal, "console", Console(file=shown, force_terminal=True, width=120))
    with progress_bar() as advance:
        advance(1, 2, "reading a[red]b.wav")
    assert "a[red]b.wav" in shown.getvalue()
