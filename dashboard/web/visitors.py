"""Who sent a request, and whether it came over https: what proxies say, where they are trusted."""

from functools import cache

from flask import request

from dashboard.environment import whole_number

PROXIES_VARIABLE = "GENRELENS_PROXIES"  # how many stand between this server and the visitor


def client_address() -> str:
    """Return who sent the request, for the rate limits.

    Behind N proxies that append to ``X-Forwarded-For``, set ``GENRELENS_PROXIES=N``; what a
    client wrote into that header itself stands further left and is not looked at.
    """
    count = proxies()
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < count <= len(forwarded) and forwarded[-count].strip():
        return forwarded[-count].strip()
    return request.remote_addr or "unknown"


def is_https() -> bool:
    """Return whether the visitor's browser speaks https, to us or to the nearest proxy."""
    if request.is_secure:
        return True
    said = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip()
    return proxies() > 0 and said == "https"


@cache
def proxies() -> int:
    """Return how many proxies are trusted: ``GENRELENS_PROXIES``, read once, else none."""
    return whole_number(PROXIES_VARIABLE, 0, least=0)
