"""The line of a host: order, bounds, workers that are killed, clients that leave."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.prediction.line import FIXED_BYTES, USUAL_BYTES, Counts, Line, Place
from dashboard.prediction.refusal import LONGEST_RETRY_S, ServiceError, spread_s
from pipeline.config import LIMITS, REPOSITORY
from pipeline.predict import Progress

PATIENCE_S = 20.0
# Another worker of the host: takes a place, says so, holds it until its stdin ends.
HOLDER = """
import sys
from pathlib import Path
from dashboard.prediction.line import Line
place = Line(Path(sys.argv[1]), at_once=1, waiting=5).enter(1000)
list(place.wait())
print("running", flush=True)
sys.stdin.read()
place.leave()
"""


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another thread or process brings about."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def run(place: Place) -> Place:
    """Return a place whose turn it is."""
    assert list(place.wait()) == []
    return place


class Waiting(threading.Thread):
    """A clip that waits, and what it was told meanwhile."""

    def __init__(self, place: Place, done: list["Waiting"]) -> None:
        super().__init__(daemon=True)
        self.place, self.told = place, []
        self._done = done

    def run(self) -> None:
        """Wait, and leave when it is this clip's turn."""
        for progress in self.place.wait():
            self.told.append(progress)
        self._done.append(self)
        self.place.leave()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "line"


def test_clips_are_served_in_their_order_and_told_their_position() -> None:
    line = Line(at_once=1, waiting=3)
    first = run(line.enter())
    done: list[Waiting] = []
    waiting = [Waiting(line.enter(), done) for _ in range(3)]
    for number, thread in enumerate(waiting, start=1):
        thread.start()
        until(lambda thread=thread: bool(thread.told))
        assert thread.told == [Progress("queued", 0, number)]
    assert line.counts() == Counts(arriving=0, waiting=3, running=1, n_bytes=0)
    first.leave()
    for thread in waiting:
        thread.join(PATIENCE_S)
    assert done == waiting
    assert [p.total for p in waiting[2].told] == sorted({p.total for p in waiting[2].told})[::-1]
    assert line.counts() == Counts(0, 0, 0, 0)


def test_slow_upload_holds_nobody_up() -> None:
    line = Line(at_once=1, waiting=1)
    slow = line.enter()
    run(line.enter()).leave()
    run(slow).leave()


def test_never_more_than_n_run(folder: Path) -> None:
    lines = [Line(folder, at_once=2, waiting=20) for _ in range(2)]  # as two workers have
    running, most = [0], [0]
    lock = threading.Lock()

    def clip(line: Line) -> None:
        place = line.enter()
        list(place.wait())
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.03)
        with lock:
            running[0] -= 1
        place.leave()

    threads = [threading.Thread(target=clip, args=(lines[n % 2],)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert (running[0], most[0]) == (0, 2)


def test_full_line_refuses_and_says_when_to_come_back() -> None:
    line = Line(at_once=2, waiting=1)
    places = [line.enter(int(USUAL_BYTES)) for _ in range(3)]
    with pytest.raises(ServiceError, match="3 other clips") as caught:
        line.enter()
    assert (caught.value.code, caught.value.status) == ("busy", 503)
    later_s = caught.value.retry_after_s
    assert later_s and 3 <= later_s <= 6  # one and a half turns of two seconds, and some spread
    assert f"Try again in {later_s} seconds" in str(caught.value)
    places[0].leave()
    places[0].leave()  # does not give another one's place back
    line.enter()
    with pytest.raises(ServiceError, match="Try again in"):
        line.enter()


def test_retry_after_follows_the_time_that_clips_take() -> None:
    line = Line(at_once=2, waiting=9)
    for _ in range(30):
        line.left(line.tickets.add(0), took_s=20.0)
    four = [line.tickets.add(0) for _ in range(4)]
    assert 39 <= line.retry_after_s(four) <= 60
    assert 1 <= line.retry_after_s([]) <= 3
    assert 80 <= line.retry_after_s(2_500 * four) <= 120


def test_retry_after_follows_how_long_the_clips_ahead_are() -> None:
    line = Line(at_once=2, waiting=9)
    for _ in range(30):  # 30 seconds of sound each, say
        line.left(line.tickets.add(480_000), took_s=0.5)
    short = [line.tickets.add(480_000) for _ in range(3)]
    assert 1 <= line.retry_after_s(short) <= 4
    long = [line.tickets.add(18 * 480_000) for _ in range(3)]
    seconds = 3 * 0.5 * (18 * 480_000 + FIXED_BYTES) / (480_000 + FIXED_BYTES) / 2
    assert 11 < seconds < 12
    assert seconds - 1 <= line.retry_after_s(long) <= 1.5 * seconds + 1
    alone = 0.5 * (18 * 480_000 + FIXED_BYTES) / (480_000 + FIXED_BYTES)  # on one core of two
    assert alone <= line.retry_after_s(long[:1]) <= alone + 5


def test_those_who_are_refused_together_do_not_come_back_together() -> None:
    for seconds in (0.0, 2.0, 10.0, 40.0, 1e9):
        found = [spread_s(seconds) for _ in range(200)]
        assert min(found) >= max(1, min(seconds, 80))
        assert max(found) <= min(LONGEST_RETRY_S, max(seconds + 4, 1.5 * seconds + 1))
        assert len(set(found)) >= 3


def test_bytes_of_all_clips_are_bounded() -> None:
    line = Line(at_once=1, waiting=9, limits=replace(LIMITS, waiting_bytes=1000))
    large = line.enter(2000)  # alone, one is always taken
    large.leave()
    line.enter(600)
    with pytest.raises(ServiceError) as caught:
        line.enter(500)
    assert caught.value.code == "busy"
    line.enter(400)


def test_one_address_has_few_clips_on_their_way(folder: Path) -> None:
    lines = [Line(folder, at_once=1, waiting=15) for _ in range(2)]  # as two workers have
    places = [lines[n % 2].enter(visitor="192.0.2.1") for n in range(LIMITS.arriving_per_address)]
    with pytest.raises(ServiceError, match="3 other clips are being received from your") as caught:
        lines[0].enter(visitor="192.0.2.1")
    assert (caught.value.code, caught.value.status) == ("rate_limited", 429)
    assert caught.value.retry_after_s in (2, 3, 4, 5)
    lines[1].enter(visitor="192.0.2.2")
    assert not [path.name for path in folder.iterdir() if "192.0.2" in path.name]
    list(places[0].wait())  # it is there now, and no longer on its way
    lines[0].enter(visitor="192.0.2.1")


def test_one_address_takes_a_quarter_of_the_line_and_others_find_room(folder: Path) -> None:
    lines = [Line(folder, at_once=2, waiting=20) for _ in range(2)]
    places = []
    for number in range(5):
        places.append(lines[number % 2].enter(visitor="192.0.2.1"))
        lines[number % 2].tickets.queue(places[-1]._ticket)  # it has arrived, and runs or waits
    for line in lines:
        with pytest.raises(ServiceError, match="5 other clips from your address are") as caught:
            line.enter(visitor="192.0.2.1")
        assert (caught.value.code, caught.value.status) == ("rate_limited", 429)
        assert caught.value.retry_after_s
    for number in range(17):  # the rest of the line is there for the others
        lines[0].enter(visitor=f"192.0.2.{2 + number}")
    with pytest.raises(ServiceError, match="22 other clips"):
        lines[0].enter(visitor="192.0.2.99")


def test_bytes_of_one_address_are_bounded(folder: Path) -> None:
    line = Line(folder, at_once=2, waiting=20, limits=replace(LIMITS, bytes_per_address=1000))
    line.enter(2000, visitor="a").leave()  # alone, one is always taken
    line.enter(600, visitor="a")
    with pytest.raises(ServiceError, match="1 other clips from your address") as caught:
        line.enter(500, visitor="a")
    assert caught.value.code == "rate_limited"
    line.enter(500, visitor="b")
    line.enter(400, visitor="a")


def test_a_short_line_has_room_for_what_one_page_sends() -> None:
    assert LIMITS.own_places(4) == LIMITS.arriving_per_address
    assert LIMITS.own_places(100) == 25


def test_worker_that_is_killed_loses_no_place(folder: Path) -> None:
    line = Line(folder, at_once=1, waiting=5)
    worker = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert worker.stdin and worker.stdout
    assert worker.stdout.readline() == b"running\n"
    assert line.counts() == Counts(arriving=0, waiting=0, running=1, n_bytes=1000)
    done: list[Waiting] = []
    thread = Waiting(line.enter(), done)
    thread.start()
    until(lambda: thread.told == [Progress("queued", 0, 1)])
    worker.kill()
    worker.wait()
    worker.stdin.close()
    worker.stdout.close()
    thread.join(PATIENCE_S)
    assert done == [thread]
    assert [path.name for path in folder.iterdir()] == ["mutex"]


def test_client_that_goes_away_leaves_the_line() -> None:
    line = Line(at_once=1, waiting=1)
    first = run(line.enter())
    second = line.enter()
    with pytest.raises(ServiceError, match="closed the connection"):
        list(second.wait(is_gone=lambda: True))
    second.leave()
    assert line.counts().waiting == 0
    first.leave()


def test_wait_has_an_end() -> None:
    line = Line(at_once=1, waiting=1, limits=replace(LIMITS, wait_timeout_s=0.0))
    first = run(line.enter())
    with pytest.raises(ServiceError, match="before this one took more") as caught:
        list(line.enter().wait())
    assert caught.value.retry_after_s
    first.leave()


def test_server_that_stops_refuses_those_who_wait_and_finishes_what_runs() -> None:
    line = Line(at_once=1, waiting=2)
    running = run(line.enter())
    waiting = line.enter()
    line.stop()
    for refused in (line.enter, lambda: list(waiting.wait())):
        with pytest.raises(ServiceError, match="restarted") as caught:
            refused()
        assert (caught.value.code, caught.value.status) == ("stopping", 503)
    assert line.counts().running == 1
    running.leave()


def test_place_that_was_left_cannot_be_waited_for() -> None:
    place = Line(at_once=1, waiting=0).enter()
    place.leave()
    with pytest.raises(ServiceError, match="has left"):
        list(place.wait())


def test_line_goes_on_when_its_folder_was_emptied(folder: Path) -> None:
    line = Line(folder, at_once=1, waiting=1)
    place = line.enter()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    run(place).leave()
    assert line.counts() == Counts(0, 0, 0, 0)
