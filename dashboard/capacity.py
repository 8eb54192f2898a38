"""How much this host can do at once: predictions, clips that wait, threads of a web worker.

Standard library and ``pipeline.config`` only: gunicorn's settings read it before they fork.
"""

import os

from pipeline.config import LIMITS

AT_ONCE_VARIABLE = "GENRELENS_PREDICTIONS"
WAITING_VARIABLE = "GENRELENS_WAITING"
PAGE_THREADS = 4  # of a worker: callbacks want the interpreter lock, more of them gain nothing
REFUSAL_THREADS = 8
PART_THREADS = 4
PREDICTION_BYTES = 250 * 2**20  # of memory: decoder and features of a long clip
MEMORY_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def predictions_at_once() -> int:
    """Return N: ``GENRELENS_PREDICTIONS``, else one a core, fewer where memory is short."""
    default = max(1, min(_cores(), _memory_bytes() // PREDICTION_BYTES))
    return _from_environment(AT_ONCE_VARIABLE, default, least=1)


def clips_waiting() -> int:
    """Return how many clips may wait: ``GENRELENS_WAITING``, else that of the limits."""
    return _from_environment(WAITING_VARIABLE, LIMITS.waiting, least=0)


def lanes() -> dict[str, int]:
    """Return how many threads of a web worker requests of each kind may hold.

    Uploads run or wait, some more are being refused; "parts" are requests that come slowly.
    """
    uploads = predictions_at_once() + clips_waiting() + REFUSAL_THREADS
    return {"pages": PAGE_THREADS, "uploads": uploads, "parts": PART_THREADS}


def threads() -> int:
    """Return the threads of a web worker: enough for all kinds, so that none takes another's."""
    return sum(lanes().values())


def _from_environment(variable: str, default: int, *, least: int) -> int:
    """Return a whole number that an operator may set."""
    text = os.environ.get(variable, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise ValueError(
            f"{variable} must be a whole number from {least} on, and {text!r} came. "
            f"Correct or unset it (then {default})."
        )
    return int(text)


def _cores() -> int:
    """Return the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_bytes() -> int:
    """Return the memory of the container, else of the host."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for name in MEMORY_FILES:
        try:
            with open(name, encoding="ascii") as file:
                text = file.read().strip()
        except OSError:
            continue
        if text.isdecimal():
            total = min(total, int(text))
    return total
