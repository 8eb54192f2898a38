"""Names and hashed passwords of a private server, from ``GENRELENS_USERS``.

``name=hash`` for each user, separated by commas or white space; or the absolute path of a file
with a line for each. ``python -m dashboard.users NAME`` asks for a password and prints the entry.
"""

import hashlib
import os
import re
from functools import cache
from pathlib import Path

from werkzeug.security import check_password_hash, generate_password_hash

USERS_VARIABLE = "GENRELENS_USERS"
METHOD = "scrypt"  # of Werkzeug, with its own parameters: some 60 ms and 32 MB for an attempt
NAME = re.compile(r"[\w.@+-]{1,64}")
HASH = re.compile(r"(scrypt(:\d+){3}|pbkdf2:\w+(:\d+)?)\$[^$]+\$[0-9a-f]+")
LONGEST_PASSWORD = 1_000


def users() -> dict[str, str]:
    """Return the hash of each user's password by name; empty for a server without a login.

    Raises
    ------
    ValueError
        If an entry is not a name and a hash.
    """
    named = os.environ.get(USERS_VARIABLE, "").strip()
    if not named.startswith("/"):
        return _parsed(named)
    return _of_file(named, Path(named).stat().st_mtime_ns)


@cache
def _of_file(path: str, _changed: int) -> dict[str, str]:
    """Return the users of a file, which is read again when it has changed."""
    return _parsed(Path(path).read_text(encoding="utf-8"))


@cache
def _parsed(entries: str) -> dict[str, str]:
    """Return the users of entries between commas, spaces or line ends."""
    found = {}
    for entry in re.split(r"[,\s]+", entries.strip()):
        name, _, hashed = entry.partition("=")
        if not entry:
            continue
        if not NAME.fullmatch(name) or not HASH.fullmatch(hashed):
            raise ValueError(
                f"{USERS_VARIABLE} must hold name=hash for each user; the entry that begins with "
                f"{name[:20]!r} is none. Make one: python -m dashboard.users NAME. "
                "In a shell put it between single quotes; in a compose file write $$ for $."
            )
        found[name] = hashed
    return found


def hashed_password(password: str) -> str:
    """Return what is kept of a password."""
    return generate_password_hash(password, METHOD)


def is_password(name: str, password: str) -> bool:
    """Return whether a user has this password; an unknown name takes as long as a known one."""
    hashed = users().get(name)
    fits = check_password_hash(hashed or _of_nobody(), password[:LONGEST_PASSWORD])
    return hashed is not None and fits


def mark(name: str) -> str | None:
    """Return what a session remembers of a user: another after a new password, None if unknown."""
    hashed = users().get(name)
    return None if hashed is None else hashlib.sha256(hashed.encode()).hexdigest()[:16]


@cache
def _of_nobody() -> str:
    return hashed_password(os.urandom(16).hex())
