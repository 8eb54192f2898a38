"""Who sent a request, and whether it came over https: what proxies say, where they are trusted."""

import hashlib
import ipaddress
from functools import cache

from flask import current_app, request

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


def visitor() -> str:
    """Return what stands for who sent the request, wherever requests and clips are counted.

    Of an IPv6 address only the network counts: one visitor has 2^64 addresses of it.
    """
    address = client_address()
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # a proxy may name its visitors otherwise
        return stand_in(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or ipaddress.ip_network((int(parsed), 64), strict=False)[0]
    return stand_in(str(parsed))


def stand_in(text: str) -> str:
    """Return letters and digits that stand for a text: the same on all hosts that share a key.

    Who reads them where they are kept, but not the key, does not find out the text.
    """
    key = hashlib.blake2b(str(current_app.secret_key or "").encode()).digest()
    return hashlib.blake2b(text.encode(), digest_size=12, key=key).hexdigest()


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
