"""Why a clip gets no answer: what the live service raises and its routes turn into JSON."""

import math
from random import random

STATUS = {
    "too_large": 413, "too_long": 413, "form_too_large": 413, "not_audio": 415,
    "rate_limited": 429, "busy": 503, "starting": 503, "stopping": 503, "timeout": 503,
    "gone": 503, "results_unavailable": 503,
    "broker_away": 503, "no_worker": 503, "worker_lost": 503, "other_version": 503,
}  # fmt: skip
UNUSABLE_CLIP = 422  # the status of every other code
LEAST_SPREAD_S = 3.0
SPREAD = 0.5  # of the time itself, where that is more
LONGEST_RETRY_S = 120


class ServiceError(Exception):
    """Why a clip gets no answer: a short ``code``, an HTTP ``status``, a message for people."""

    def __init__(self, code: str, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = STATUS.get(code, UNUSABLE_CLIP)
        self.retry_after_s = retry_after_s


def spread_s(seconds: float) -> int:
    """Return when to come back, in whole seconds: that late or somewhat later, each time another.

    So those who are refused at the same moment do not all come back at the same moment.
    """
    seconds = max(0.0, min(LONGEST_RETRY_S / (1 + SPREAD), seconds))
    return math.ceil(seconds + random() * max(LEAST_SPREAD_S, SPREAD * seconds)) or 1
