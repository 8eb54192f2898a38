"""Why a clip gets no answer: what the live service raises and its routes turn into JSON."""

STATUS = {
    "too_large": 413, "too_long": 413, "not_audio": 415, "rate_limited": 429, "busy": 503,
    "starting": 503, "stopping": 503, "timeout": 503, "gone": 503, "results_unavailable": 503,
    "broker_away": 503, "worker_lost": 503, "other_version": 503,
}  # fmt: skip
UNUSABLE_CLIP = 422  # the status of every other code


class ServiceError(Exception):
    """Why a clip gets no answer: a short ``code``, an HTTP ``status``, a message for people."""

    def __init__(self, code: str, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = STATUS.get(code, UNUSABLE_CLIP)
        self.retry_after_s = retry_after_s
