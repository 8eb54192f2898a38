"""What a worker gives back to the system, measured in a process of its own."""

import subprocess
import sys

import pytest
from live_service import CLIP, Service
from multipart import CONTENT_TYPE, multipart
from tiny_models import shared_results

from dashboard import memory
from dashboard.prediction import live as live_service_module
from dashboard.prediction import live_robustness, questions
from dashboard.prediction.live import Live
from pipeline.config import REPOSITORY

# Pieces of 1 MB in turn with small ones that stay: without the setting, glibc takes all but the
# first from its pool, whose holes it cannot give back.
PROGRAM = """
import sys
sys.path[:0] = [{repository!r}]
from pathlib import Path
from dashboard.memory import return_large_pieces

def held_mb():
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024

if {small}:
    return_large_pieces()
first = bytearray(8 * 2**20)
del first  # glibc raises its threshold when a large piece is freed
before = held_mb()
large, small = [], []
for _ in range(64):
    large.append(bytearray(b"x" * 2**20))
    small.append(bytearray(b"x" * 100_000))
large.clear()
print(held_mb() - before)
"""


def left_mb(*, small: bool) -> float:
    """Return how much stays of 70 MB, of which 64 were freed."""
    program = PROGRAM.format(repository=str(REPOSITORY), small=small)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of the C library of Linux")
def test_large_pieces_go_back_to_the_system_when_they_are_freed() -> None:
    assert left_mb(small=True) < 16
    assert left_mb(small=False) > 48  # the setting is what does it


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of the C library of Linux")
def test_workers_are_forked_with_that_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard import serving

    called: list[str] = []
    monkeypatch.setattr(serving, "return_large_pieces", lambda: called.append("yes"))
    serving.post_fork(None, None)  # type: ignore[arg-type]  # it looks at neither
    assert called == ["yes"]


def test_computations_keep_pieces_until_the_last_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[int] = []
    monkeypatch.setattr(memory, "_set_thresholds", said.append)
    with memory.reuse_large_pieces():
        with memory.reuse_large_pieces():
            pass
        assert said == [memory.LARGE_BYTES]
    assert said[1:] == [memory.SMALL_BYTES]
    with pytest.raises(ValueError, match="broken"), memory.reuse_large_pieces():
        raise ValueError("broken")
    assert said[2:] == [memory.LARGE_BYTES, memory.SMALL_BYTES]


@pytest.mark.parametrize("route", ["predict", "robustness", "explain"])
def test_memory_of_a_clip_goes_back_once_and_after_its_computation(
    monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    live = Live(shared_results())
    live.predictor()  # which gives memory back, too
    said: list[int | str] = []
    monkeypatch.setattr(memory, "_set_thresholds", said.append)
    for module in (memory, live_service_module, questions):
        monkeypatch.setattr(module, "return_free_memory", lambda: said.append("returned"))
    monkeypatch.setattr(live_robustness, "conditions_for", lambda duration_s: [("gain", -12.0)])
    client = Service(live).server.test_client()
    answer = client.post(f"/api/{route}", data=multipart(CLIP), content_type=CONTENT_TYPE)
    assert answer.status_code == 200
    assert said == [memory.LARGE_BYTES, memory.SMALL_BYTES, "returned"]
    live.close()
