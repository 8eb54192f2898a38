"""What is counted, for Prometheus; ``dashboard.operation.exposition`` shows it.

Every label comes from a small set: templates of routes, statuses, codes of errors, steps. Nothing
that a visitor writes becomes one. Under gunicorn each worker counts into files of the folder that
``dashboard.operation.shared_numbers`` made.
"""

import os
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
OTHER = "other"
OUTCOMES_AT_MOST = 40
STEPS = ("queued", "decoding", "features", "models", "why", "mel", "total")
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
STEP_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60)
MEMORY_FILE = "/proc/self/statm"  # Linux; elsewhere memory is not shown

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "genrelens_requests", "Requests answered.", ["method", "route", "status"], registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "genrelens_request_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ["route"],
    buckets=REQUEST_BUCKETS,
    registry=REGISTRY,
)
PREDICTIONS = Counter(
    "genrelens_predictions",
    "Clips that came, by what became of them: ok, gone (the client left), or an error's code.",
    ["outcome"],
    registry=REGISTRY,
)
STEP_SECONDS = Histogram(
    "genrelens_prediction_step_seconds",
    "Time of the steps of predictions that were answered.",
    ["step"],
    buckets=STEP_BUCKETS,
    registry=REGISTRY,
)
WORKER_MEMORY = Gauge(
    "genrelens_worker_memory_bytes",
    "Resident memory of a worker when it last answered.",
    registry=REGISTRY,
    multiprocess_mode="liveall",
)
_outcomes: set[str] = set()


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request and how long it took."""
    known = method if method in METHODS else OTHER
    REQUESTS.labels(known, route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
    memory = resident_bytes()
    if memory is not None:
        WORKER_MEMORY.set(memory)


def count_prediction(code: str, timings_ms: Mapping[str, float] | None) -> None:
    """Count a clip: with its error's code, else by whether there are times of an answer."""
    outcome = code or ("ok" if timings_ms is not None else "gone")
    PREDICTIONS.labels(_bounded(outcome)).inc()
    if not code:
        for step in STEPS:
            if timings_ms and step in timings_ms:
                STEP_SECONDS.labels(step).observe(timings_ms[step] / 1e3)


def resident_bytes() -> int | None:
    """Return the memory of this process; None where the system does not say."""
    try:
        with open(MEMORY_FILE, encoding="ascii") as file:
            pages = int(file.read().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def _bounded(outcome: str) -> str:
    """Return a code, or "other" once there are many: a decoder that went mad may invent them."""
    if outcome not in _outcomes and len(_outcomes) >= OUTCOMES_AT_MOST:
        return OTHER
    _outcomes.add(outcome)
    return outcome
