"""Hostile uploads, decoded under the server's limits and sent to its route; what is a fault.

A fault is a sentence. A file may give a clip or a named error, in time and in bounded memory;
the route may answer with the documented statuses and nothing else.
"""

from collections.abc import Iterator
from typing import get_args

from decoder_forks import MEMORY_BYTES, Forks
from hostile import hostile
from live_service import Service

from pipeline.audio import ErrorCode

WIDTH = ("too_many_channels", "rate_too_high")
NAMED = {"clip", "decode_memory", *WIDTH, *get_args(ErrorCode)}
STATUSES = {200, 413, 415, 422}
ROUTE_EVERY = 25  # files of which one goes through the route as well: a process is started for it


def decoded(seeds: range, forks: Forks) -> Iterator[tuple[str, str, str]]:
    """Yield family, outcome and fault ("" for none) of each file, decoded in a fork."""
    for seed in seeds:
        family, content = hostile(seed)
        outcome = forks.outcome(content)
        fault = "" if outcome.code in NAMED else outcome.code
        if outcome.peak_bytes > MEMORY_BYTES:
            fault = f"took {outcome.peak_bytes / 2**20:.0f} MB"
        yield family, outcome.code, f"{seed} ({family}): {fault}" if fault else ""


def answered(seeds: range, service: Service) -> Iterator[tuple[str, str, str]]:
    """Yield the same of each file, sent to the route."""
    for seed in seeds:
        family, content = hostile(seed)
        response = service.post(content)
        body = response.get_json()
        is_right = response.status_code in STATUSES and set(body) >= (
            {"models"} if response.status_code == 200 else {"error", "code"}
        )
        said = f"status {response.status_code}, {body}"
        outcome = "answer" if response.status_code == 200 else str(body.get("code"))
        yield family, outcome, "" if is_right else f"{seed} ({family}): {said[:300]}"
