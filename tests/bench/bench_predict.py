"""Speed and memory of the live service, on a real gunicorn with the results that are there.

Run: ``python tests/bench/bench_predict.py`` (Linux: memory and processor time are read from /proc).
Prints a table with the bounds, where the time of an answer goes, and what a second worker brings;
ends with status 1 if a bound is broken. On a machine that others use as well, the processor time
beside a time says what it would be on an idle one.
"""

import io
import math
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from gunicorn_server import gunicorn_server  # noqa: E402  # path set above
from live_load import (  # noqa: E402  # path set above
    BEHIND_A_PROXY,
    Load,
    answer_of,
    cpu_s,
    decoders,
    peak_mb,
    timed,
    workers,
)
from multipart import get  # noqa: E402  # path set above
from tiny_models import synthetic_clip, wav_bytes  # noqa: E402  # path set above

from pipeline.config import results_dir  # noqa: E402  # path set above

WARM_RUNS = 20
STARTS = 3
CLIENTS, LOAD_S = 4, 12.0
MAX_MB, MAX_DECODER_MB = 400.0, 400.0
MAX_PAGE_S, MAX_COLD_S, MAX_WARM_S, MAX_LONG_S, MAX_MODELS_MS = 4.0, 2.5, 0.4, 8.0, 20.0
Row = tuple[str, float, float, str]


def ten_minutes() -> bytes:
    """Return a 10-minute stereo MP3 at 44.1 kHz."""
    piece = np.repeat(synthetic_clip(3, duration_s=60), 2)  # twice the rate
    y = np.tile(np.stack([piece, np.roll(piece, 99)], axis=1), (10, 1))[: 599 * 44_100]
    buffer = io.BytesIO()
    soundfile.write(buffer, y, 44_100, format="MP3")
    return buffer.getvalue()


def start_rows(results: Path, clip: bytes) -> list[Row]:
    """Measure the first page and the first answer after a start."""
    pages, answers = [], []
    for _ in range(STARTS):
        with gunicorn_server(results, environment=BEHIND_A_PROXY) as server:
            get(f"{server.address}/predict")
            pages.append(time.monotonic() - server.started)
            answers.append(timed(lambda: answer_of(server, clip))[0])  # called at once
    note = f"median of {STARTS}"
    return [
        ("first page after start (s)", statistics.median(pages), MAX_PAGE_S, note),
        ("30-s WAV right after that (s)", statistics.median(answers), MAX_COLD_S, note),
    ]


def warm_rows(results: Path, clip: bytes) -> tuple[list[Row], list[dict[str, Any]]]:
    """Measure warm answers and memory, first for a 30-s clip, then for ten minutes."""
    with gunicorn_server(results, environment=BEHIND_A_PROXY) as server:
        answer_of(server, clip)
        worker = server.worker()
        idle, used = peak_mb(worker), cpu_s(worker)
        with decoders(worker) as short:
            runs = [timed(lambda: answer_of(server, clip))]
        runs += [timed(lambda: answer_of(server, clip)) for _ in range(WARM_RUNS - 1)]
        each = (cpu_s(worker) - used) / WARM_RUNS
        times, answers = sorted(run[0] for run in runs), [run[1] for run in runs]
        models = [sum(model["ms"] for model in answer["models"]) for answer in answers]
        note = f"median of {WARM_RUNS}; best {times[0]:.2f}, worst {times[-1]:.2f}; "
        rows = [
            (
                "30-s WAV, warm (s)",
                statistics.median(times),
                MAX_WARM_S,
                f"{note}processor {each:.2f}",
            ),
            (
                "all served models of it (ms)",
                statistics.median(models),
                MAX_MODELS_MS,
                f"{len(answers[0]['models'])} models",
            ),
            (
                "worker, after 30-s clips (MB)",
                peak_mb(worker),
                MAX_MB,
                f"{idle:.0f} after the first",
            ),
            ("decoder, 30-s WAV (MB)", short.peak, MAX_DECODER_MB, ""),
        ]
        time.sleep(1)  # until the next decoder waits
        content, used = ten_minutes(), cpu_s(worker)
        with decoders(worker) as long:
            elapsed, _answer = timed(lambda: answer_of(server, content))
        note = f"{len(content) / 2**20:.1f} MB, stereo 44.1 kHz; processor "
        rows += [
            ("10-minute MP3 (s)", elapsed, MAX_LONG_S, f"{note}{cpu_s(worker) - used:.1f}"),
            ("worker, 10-minute MP3 (MB)", peak_mb(worker), MAX_MB, ""),
            ("decoder, 10-minute MP3 (MB)", long.peak, MAX_DECODER_MB, ""),
        ]
    return rows, answers


def throughput(results: Path, clip: bytes, count: int) -> tuple[float, list[float]]:
    """Return 30-s clips answered a second by that many workers, and the memory of each in MB."""
    environment = {**BEHIND_A_PROXY, "WEB_CONCURRENCY": str(count)}
    with gunicorn_server(results, environment=environment) as server:
        for _ in range(4 * count):  # until every worker has loaded its models
            answer_of(server, clip)
        rate = Load(server, clip, LOAD_S).clips_per_s(CLIENTS)
        return rate, [peak_mb(pid) for pid in workers(server, count)]


def throughput_rows(results: Path, clip: bytes) -> list[Row]:
    """Measure one worker against two; no bound for the rate, which is the machine's."""
    (one, _), (two, memory) = (throughput(results, clip, count) for count in (1, 2))
    note = f"{CLIENTS} clients for {LOAD_S:g} s"
    return [
        ("seconds a clip, one worker", 1 / one, math.inf, f"{one:.2f} clips a second; {note}"),
        (
            "seconds a clip, two workers",
            1 / two,
            math.inf,
            f"{two:.2f} a second, {two / one:.2f} x",
        ),
        ("the larger of two workers (MB)", max(memory), MAX_MB, ""),
    ]


def breakdown(answers: list[dict[str, Any]]) -> str:
    """Return the median of each step of ``timings_ms``, in the order of the work."""
    steps = list(answers[0]["timings_ms"])
    medians = {
        step: statistics.median(answer["timings_ms"][step] for answer in answers) for step in steps
    }
    return ", ".join(f"{step} {value:.0f}" for step, value in medians.items())


def is_kept(value: float, bound: float) -> bool:
    """Return whether a measurement is below its bound; what is no number is not."""
    return value < bound


def main() -> int:
    """Print the table."""
    results = results_dir().resolve()
    clip = wav_bytes(synthetic_clip(1, duration_s=30))
    warm, answers = warm_rows(results, clip)
    rows = [*start_rows(results, clip), *warm, *throughput_rows(results, clip)]
    print(f"{'':34} {'measured':>9} {'below':>8}")
    for name, value, bound, note in rows:
        verdict = "" if is_kept(value, bound) else "  TOO MUCH"
        limit = "" if bound == math.inf else f"{bound:g}"
        print(f"{name:34} {value:9.2f} {limit:>8}  {note}{verdict}")
    print(f"where the time of a 30-s WAV goes (ms): {breakdown(answers)}")
    return int(not all(is_kept(value, bound) for _name, value, bound, _note in rows))


if __name__ == "__main__":
    sys.exit(main())
