"""How much this host can do at once: predictions, clips that wait, threads of a web worker.

Standard library and ``pipeline.config`` only: gunicorn's settings read it before they fork.
"""

import os
from pathlib import Path

from dashboard.environment import whole_number
from pipeline.config import LIMITS

WORKERS_VARIABLE = "WEB_CONCURRENCY"
AT_ONCE_VARIABLE = "GENRELENS_PREDICTIONS"
WAITING_VARIABLE = "GENRELENS_WAITING"
BROKER_VARIABLE = "GENRELENS_BROKER"
PAGE_THREADS = 4  # of a worker: callbacks want the interpreter lock, more of them gain nothing
REFUSAL_THREADS = 8
PART_THREADS = 4
WORKER_BYTES = 400 * 2**20  # of memory: a process with pages and models
PREDICTION_BYTES = 250 * 2**20  # beside that: decoder and features of a long clip
CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")


def web_workers() -> int:
    """Return how many web workers gunicorn starts: ``WEB_CONCURRENCY``, else one."""
    return whole_number(WORKERS_VARIABLE, 1, least=1)


def predictions_at_once() -> int:
    """Return N: ``GENRELENS_PREDICTIONS``, else one a core, fewer where memory is short."""
    spare = memory_bytes() - web_workers() * WORKER_BYTES
    default = max(1, min(_cores(), spare // PREDICTION_BYTES))
    return whole_number(AT_ONCE_VARIABLE, default, least=1)


def clips_of_celery() -> int:
    """Return how many clips a Celery worker predicts at a time; each in a process of its own."""
    default = max(1, min(_cores(), memory_bytes() // (WORKER_BYTES + PREDICTION_BYTES)))
    return whole_number(AT_ONCE_VARIABLE, default, least=1)


def clips_waiting() -> int:
    """Return how many clips may wait: ``GENRELENS_WAITING``, else that of the limits."""
    return whole_number(WAITING_VARIABLE, LIMITS.waiting, least=0)


def lanes() -> dict[str, int]:
    """Return how many threads of a web worker requests of each kind may hold.

    Uploads run or wait, here or in a broker, some more are being refused; "parts" are requests that
    come slowly.
    """
    uploads = predictions_at_once() + clips_waiting() + REFUSAL_THREADS
    if os.environ.get(BROKER_VARIABLE):
        uploads += LIMITS.broker_waiting
    return {"pages": PAGE_THREADS, "uploads": uploads, "parts": PART_THREADS}


def threads() -> int:
    """Return the threads of a web worker: enough for all kinds, so that none takes another's."""
    return sum(lanes().values())


def _cores() -> int:
    """Return the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes() -> int:
    """Return the memory of this process's control group (a container, a unit), else of the host."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([total, *_group_limits()])


def _group_limits() -> list[int]:
    """Return the limits of the own control group and of those above it; a container is a root."""
    try:
        lines = OWN_CGROUPS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # not Linux
        return []
    limits = []
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        if not controllers:  # version 2
            root, name = CGROUPS, "memory.max"
        elif "memory" in controllers.split(","):
            root, name = CGROUPS / "memory", "memory.limit_in_bytes"
        else:
            continue
        group = root / path.lstrip("/")
        for folder in [group, *group.parents]:
            limits += _limit_in(folder / name)
            if folder == root:
                break
    return limits


def _limit_in(path: Path) -> list[int]:
    """Return the one number in a file; none where there is no file, or it says "max"."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return []
    return [int(text)] if text.isdecimal() else []
