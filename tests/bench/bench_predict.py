"""Speed and memory of the live service, on a real gunicorn with the results that are there.

Run: ``python tests/bench/bench_predict.py`` (Linux: memory is read from /proc). Prints a table with
the bounds; ends with status 1 if one is broken.
"""

import io
import statistics
import sys
import threading
import time
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from gunicorn_server import Server, child_pids, gunicorn_server  # noqa: E402  # path set above
from multipart import get, post_clip  # noqa: E402  # path set above
from tiny_models import synthetic_clip, wav_bytes  # noqa: E402  # path set above

from pipeline.config import results_dir  # noqa: E402  # path set above

WARM_RUNS = 20
STARTS = 3
MAX_MB = 400
Row = tuple[str, float, float, str]


def peak_mb(pid: int) -> float:
    """Return the largest memory that a process has used so far in MB; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return max(
        (int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), default=0
    )


class DecoderWatch:
    """Follows the memory of a worker's decoder processes while a block runs."""

    def __init__(self, worker: int) -> None:
        self.worker = worker
        self.peak_mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> "DecoderWatch":
        self._thread.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        children = child_pids(self.worker)
        while not self._ended.wait(0.004):
            self.peak_mb = max([self.peak_mb, *map(peak_mb, children)])


def timed_post(server: Server, content: bytes) -> float:
    """Return the seconds that an answer takes."""
    started = time.perf_counter()
    status, text = post_clip(server.address, content, fields={"mel": "1"})
    elapsed = time.perf_counter() - started
    if status != 200:
        raise SystemExit(f"the server answered {status}: {text[:200]}")
    return elapsed


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
        with gunicorn_server(results) as server:
            get(f"{server.address}/predict")
            pages.append(time.monotonic() - server.started)
            answers.append(timed_post(server, clip))
    return [
        ("first page after start (s)", statistics.median(pages), 4.0, "median of 3"),
        ("30-s WAV right after that (s)", statistics.median(answers), 4.0, "median of 3"),
    ]


def warm_rows(results: Path, clip: bytes) -> list[Row]:
    """Measure warm answers and memory, first for a 30-s clip, then for ten minutes."""
    with gunicorn_server(results) as server:
        timed_post(server, clip)
        worker = server.worker()
        idle = peak_mb(worker)
        with DecoderWatch(worker) as short:
            first = timed_post(server, clip)
        times = sorted([first, *(timed_post(server, clip) for _ in range(WARM_RUNS - 1))])
        note = f"best {times[0]:.2f}, worst {times[-1]:.2f}"
        rows = [
            ("30-s WAV, warm (s)", statistics.median(times), 1.0, f"median of 20; {note}"),
            (
                "worker, after 30-s clips (MB)",
                peak_mb(worker),
                MAX_MB,
                f"{idle:.0f} after the first",
            ),
            ("decoder, 30-s WAV (MB)", short.peak_mb, MAX_MB, ""),
        ]
        time.sleep(1)  # until the next decoder waits
        content = ten_minutes()
        with DecoderWatch(worker) as long:
            elapsed = timed_post(server, content)
        return [
            *rows,
            ("10-minute MP3 (s)", elapsed, 60.0, f"{len(content) / 2**20:.1f} MB, stereo 44.1 kHz"),
            ("worker, 10-minute MP3 (MB)", peak_mb(worker), MAX_MB, ""),
            ("decoder, 10-minute MP3 (MB)", long.peak_mb, MAX_MB, ""),
        ]


def main() -> int:
    """Print the table."""
    results = results_dir().resolve()
    clip = wav_bytes(synthetic_clip(1, duration_s=30))
    rows = [*start_rows(results, clip), *warm_rows(results, clip)]
    print(f"{'':34} {'measured':>9} {'at most':>8}")
    for name, value, bound, note in rows:
        verdict = "" if value < bound else "  TOO MUCH"
        print(f"{name:34} {value:9.2f} {bound:8.0f}  {note}{verdict}")
    return int(any(value >= bound for _name, value, bound, _note in rows))


if __name__ == "__main__":
    sys.exit(main())
