"""Where a store is: MongoDB URLs, read without a driver and shown without their password.

Standard library only, so that the web process may ask ``is_url`` for free. Nothing that this
package prints, logs or raises holds a URL as it was given: use ``str(address)`` or ``redacted``.
"""

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

DEFAULT_DATABASE = "Music_db"  # the published project's
SCHEMES = ("mongodb://", "mongodb+srv://")
STORE_VARIABLE = "GENRELENS_STORE"

# MongoDB refuses these in the name of a database (on Windows, so everywhere)
_FORBIDDEN = frozenset('/\\. "$*<>:|?')
_LONGEST_NAME = 63
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^:@/?#\[\]]+)(?::(?P<port>\d{1,5}))?")
# to the last @ of the line, for a password may hold blanks, "/" and "@"; a name with "@" below a
# host, without any ":", is none
_CREDENTIALS = re.compile(r"([A-Za-z][\w+.-]*:/{1,2})(?:.*:.*|[^/\n]*)@")
# pathlib turns mongodb:// into mongodb:/
_LIKE_URL = re.compile(r"[A-Za-z][\w+.-]+:/|mongodb(?:\+srv)?:|.*:.*@")
_EXAMPLE = "mongodb://HOST:27017/Music_db"


class StoreError(Exception):
    """A store cannot be used; the message says what was expected and what to do."""


@dataclass(frozen=True)
class Address:
    """What a URL names.

    Attributes
    ----------
    scheme : str
    hosts : str
        Hosts with ports, by commas.
    database : str
        ``Music_db`` where the URL names none.
    user : str
        "" where the URL names none.
    url : str
        As given, password and all: for the driver only.
    """

    scheme: str
    hosts: str
    database: str
    user: str
    url: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.scheme}{self.hosts}/{self.database}"

    @property
    def place(self) -> str:
        """Host and database in words, for messages."""
        return f"MongoDB at {self.hosts}, database {self.database}"

    @property
    def options(self) -> str:
        """What follows the question mark of the URL; it may hold secrets."""
        return self.url.rpartition("@")[2].partition("?")[2]

    @property
    def key(self) -> str:
        """Short digest of hosts and database, for names of folders."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:16]


def is_url(text: object) -> bool:
    """Return whether a place is named by a URL, of whatever scheme, and not by a path."""
    return re.match(r"[A-Za-z][\w+.-]+://", str(text)) is not None


def redacted(text: str) -> str:
    """Return a text with the user and password of every URL in it replaced by asterisks.

    What stands between two URLs of one line goes with them: it may belong to a password.
    """
    return _CREDENTIALS.sub(r"\1***@", text)


def validate_folder(place: object, usage: str) -> None:
    """Refuse a folder that is written like a URL, without a word of it.

    Parameters
    ----------
    place : object
        Path or text.
    usage : str
        How the command is written.

    Raises
    ------
    StoreError
        If it looks like a URL, or like a user with a password at a host.
    """
    if _LIKE_URL.match(str(place)):
        raise StoreError(
            "expected a folder, got what looks like a URL (not shown: it may hold a password). "
            f"The order is: python -m pipeline store {usage}"
        )


def parse_url(url: str) -> Address:
    """Return the parts of a MongoDB URL.

    Raises
    ------
    StoreError
        If it is none, or its host, database or password is not written as it must be. The message
        never holds what may be a password, so nothing with an "@" or a ":".
    """
    url = url.strip()
    scheme = next((scheme for scheme in SCHEMES if url.startswith(scheme)), None)
    if scheme is None:
        raise StoreError(
            f"a store is named by a URL such as {_EXAMPLE}, got {_without_secret(url)}. "
            "Correct the URL; files need none."
        )
    credentials, _, rest = url[len(scheme) :].rpartition("@")
    _validate_credentials(credentials)
    hosts, _, path = rest.partition("?")[0].partition("/")
    for host in hosts.split(","):
        match = _HOST.fullmatch(host)
        if match is None or int(match["port"] or 1) not in range(1, 65_536):
            raise StoreError(
                f"expected hosts as in {_EXAMPLE}, by commas, got {_without_secret(host)}. "
                "Correct host and port; a user and password end with an @."
            )
    database = unquote(path) or DEFAULT_DATABASE
    _validate_database(database)
    user = unquote(credentials.partition(":")[0])
    return Address(scheme=scheme, hosts=hosts, database=database, user=user, url=url)


def _without_secret(text: str) -> str:
    """Return a text in quotes, or why it is not shown: user:password without "@" is no host."""
    return (
        "another text, not shown: it may hold a password" if set(text) & set(":@") else repr(text)
    )


def _validate_credentials(credentials: str) -> None:
    """Refuse a password that would be read as part of the host."""
    if credentials.count(":") > 1 or set(credentials) & set("/?#@[]"):
        raise StoreError(
            "the user or password in the URL has a character that must be escaped: write "
            "%40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for % before the last @."
        )


def _validate_database(name: str) -> None:
    wrong = sorted(_FORBIDDEN & set(name))
    if wrong or len(name.encode()) > _LONGEST_NAME:
        raise StoreError(
            f"{name!r} cannot name a database ({' '.join(wrong) or 'too long'}): letters, digits, "
            f"_ and - up to {_LONGEST_NAME} bytes, as in {_EXAMPLE}."
        )
