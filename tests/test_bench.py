"""The benchmarks' own judgement: NaN passes no bound, other extractors are made once."""

import math
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from pipeline.config import REPOSITORY

BENCH = REPOSITORY / "tests" / "bench"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    import bench_features

    return bench_features


def test_a_deviation_that_is_no_number_breaks_the_bound(bench) -> None:
    assert bench.within_bounds(1e-5, 8.0, 1.2)
    assert not bench.within_bounds(2e-4, 8.0, 1.2)
    for broken in ((math.nan, 8.0, 1.2), (1e-5, math.nan, 1.2), (1e-5, 8.0, math.nan)):
        assert not bench.within_bounds(*broken)
    ours = np.ones(57)
    ours[3] = np.nan
    worst, name = bench.largest_deviation(ours, np.ones(57))
    assert math.isnan(worst) and name == bench.FEATURE_NAMES[3]
    for found in ([(1e-5, "a"), (worst, name)], [(worst, name), (1e-5, "a")]):
        assert max(found, key=bench.nan_first) == (worst, name)


def test_live_bounds_are_kept_by_numbers_below_them_only(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import bench_predict

    assert bench_predict.is_kept(0.39, bench_predict.MAX_WARM_S)
    assert bench_predict.is_kept(0.2, math.inf)
    for broken in (0.4, math.nan, math.inf):
        assert not bench_predict.is_kept(broken, bench_predict.MAX_WARM_S)
    steps = [{"timings_ms": {"features": ms, "total": 2 * ms}} for ms in (1.0, 30.0, 2.0)]
    assert bench_predict.breakdown(steps) == "features 2, total 4"


def test_processor_time_counts_children_that_ended(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import os

    import live_load

    before = live_load.cpu_s(os.getpid())
    busy = "import time\nwhile time.process_time() < 0.2: pass"
    subprocess.run([sys.executable, "-c", busy], check=True)
    assert live_load.cpu_s(os.getpid()) - before >= 0.15  # of 0.2, in whole ticks


@pytest.mark.parametrize(
    ("stderr", "problem"), [("", "ended with -9, said nothing"), ("a\nno room\n", "no room")]
)
def test_others_that_fail_say_why(bench, tmp_path, monkeypatch, stderr, problem) -> None:
    (tmp_path / ".installed").touch()
    monkeypatch.setattr(bench, "OTHERS", tmp_path)
    ended = subprocess.CompletedProcess([], -9, "", stderr)
    monkeypatch.setattr(bench.subprocess, "run", lambda *_, **__: ended)
    assert bench.others([Path("a.wav")]) == {"Essentia, openSMILE": {"problem": problem}}


@pytest.mark.parametrize(("fma_mb", "side"), [(449, "above 400"), (380, "below 400")])
def test_memory_is_said_of_what_it_was_measured_on(monkeypatch, fma_mb, side) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import bench_bulk

    summary, fma = bench_bulk.memory_lines(180, fma_mb)
    assert "summary" in summary and "180 MB (below 400)" in summary
    assert "fma" in fma and f"{fma_mb} MB ({side}; no bound" in fma


def test_the_estimate_for_fma_says_which_clips_it_is_from(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import bench_bulk

    said = " ".join(bench_bulk.estimate_lines(10.0, "GTZAN"))
    assert "106,574 clips at this rate      3.0 h" in said
    assert "from these clips (GTZAN)" in said and "mono at 22 kHz" in said


def test_opensmile_is_made_once_for_all_clips(tmp_path, monkeypatch) -> None:
    import soundfile

    made: list[object] = []

    class Smile:
        def __init__(self, **_: object) -> None:
            made.append(self)

        def process_signal(self, y: np.ndarray, sr: int) -> np.ndarray:
            return np.zeros((1, 88))

    kinds = SimpleNamespace(eGeMAPSv02="", Functionals="")
    fake = SimpleNamespace(Smile=Smile, FeatureSet=kinds, FeatureLevel=kinds)
    monkeypatch.setitem(sys.modules, "opensmile", fake)
    monkeypatch.syspath_prepend(str(BENCH / "others"))
    import extract

    soundfile.write(tmp_path / "a.wav", np.zeros(100), 22_050)
    extract.egemaps.cache_clear()
    try:
        assert [extract.opensmile_egemaps(str(tmp_path / "a.wav")) for _ in range(3)] == [88] * 3
    finally:
        extract.egemaps.cache_clear()
    assert len(made) == 1


class Failing(BaseHTTPRequestHandler):
    """Answers every callback with 500, and closes."""

    def do_POST(self) -> None:
        """Read all, then fail."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_error(500)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def test_callbacks_that_fail_under_load_are_counted_and_asked_on(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    import bench_load

    with ThreadingHTTPServer(("127.0.0.1", 0), Failing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        reader = bench_load.Reader(SimpleNamespace(address=address))
        reader.start()
        while len(reader.failures) < 2:
            assert reader.is_alive()
        server.shutdown()
    reader.ended.set()
    reader.join()
    assert "a callback was answered 500" in reader.failures
    assert bench_load.report([("callbacks that failed", len(reader.failures), 0)]) == 1
