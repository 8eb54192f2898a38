"""A connection to MongoDB: opened within seconds or refused with a message that says what to do.

pymongo is imported inside functions: who keeps everything in files never pays for it. Errors leave
this package as ``StoreError`` only, without what the driver knows of the password.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.store.address import Address, StoreError, parse_url, redacted

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.collection import Collection
    from pymongo.database import Database
    from pymongo.errors import BulkWriteError, OperationFailure

    from pipeline.store.rows import Document

OPEN_S = 3.0  # with loading and closing the driver below the five seconds that an answer may take
SOCKET_MS = 30_000  # a batch of writes may take long; a dead line must not hang for ever
SOURCES = "sources"  # the collection that says what was loaded from where

_UNAUTHORIZED, _AUTHENTICATION_FAILED, _DUPLICATE_KEY = 13, 18, 11000


@dataclass(frozen=True)
class Store:
    """An open connection to one database; a context manager that closes it."""

    address: Address
    client: "MongoClient[Document]"

    @property
    def database(self) -> "Database[Document]":
        """The database that the URL names."""
        return self.client[self.address.database]

    def collection(self, name: str) -> "Collection[Document]":
        """Return a collection of the database."""
        return self.database[name]

    @property
    def sources(self) -> "Collection[Document]":
        """One document for each thing that was loaded whole: tables, buckets, results."""
        return self.database[SOURCES]

    def close(self) -> None:
        """Close every connection."""
        self.client.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def open_store(url: str) -> Store:
    """Return an open connection to the database that ``url`` names, checked by a ping.

    Raises
    ------
    StoreError
        If the URL is not as it must be, or the server is not reached within five seconds or refuses
        the user.
    """
    address = parse_url(url)
    import pymongo

    _validate_options(address)
    limit_ms = int(1e3 * OPEN_S)
    with named_errors(address):
        client: MongoClient[Document] = pymongo.MongoClient(
            address.url,
            appname="genrelens",
            connectTimeoutMS=limit_ms,
            serverSelectionTimeoutMS=limit_ms,
            socketTimeoutMS=SOCKET_MS,
        )
        try:
            with pymongo.timeout(OPEN_S):
                client[address.database].command("ping")
        except BaseException:
            client.close()
            raise
    return Store(address, client)


@contextmanager
def named_errors(address: Address) -> Iterator[None]:
    """Raise the driver's errors as ``StoreError`` that name host and database.

    Raises
    ------
    StoreError
        For every error of pymongo inside the block.
    """
    from pymongo import errors

    try:
        yield
    except errors.ServerSelectionTimeoutError as error:
        raise StoreError(_unreachable(address, error)) from None
    except errors.ConnectionFailure as error:
        raise StoreError(
            f"The connection to {address.place}, was lost ({redacted(_cause(error))}). Try again "
            "when the server is back: what was written stays, and nothing is written twice."
        ) from None
    except errors.BulkWriteError as error:
        raise StoreError(_refused_rows(address, error)) from None
    except errors.OperationFailure as error:
        raise StoreError(_refused(address, error)) from None
    except errors.PyMongoError as error:
        raise StoreError(
            f"{address.place}: {redacted(_cause(error))}. Correct the URL or its options."
        ) from None


def _validate_options(address: Address) -> None:
    """Refuse options that the driver would leave out with a warning."""
    from pymongo.errors import PyMongoError
    from pymongo.uri_parser import parse_uri

    try:
        parse_uri(f"mongodb://host/?{address.options}", warn=False)
    except (PyMongoError, ValueError, TypeError) as error:
        raise StoreError(
            f"{address.place}: an option at the URL's end is not as it must be "
            f"({redacted(str(error))}). Correct what follows the question mark."
        ) from None


def _cause(error: Exception) -> str:
    """Return the driver's reason without its list of timeouts and topologies."""
    text = str(error) or type(error).__name__
    for end in (" (configured timeouts", ", Timeout: ", ", full error:"):
        text = text.partition(end)[0]
    return text


def _unreachable(address: Address, error: Exception) -> str:
    return (
        f"{address.place}, cannot be reached ({redacted(_cause(error))}). Check that the server "
        "runs and that host and port are right; data and results in files need no server."
    )


def _refused(address: Address, error: "OperationFailure") -> str:
    if error.code == _AUTHENTICATION_FAILED:
        return (
            f"{address.place}: user {address.user!r} was refused. Check name and password; if the "
            "user is stored in another database, name that one: ?authSource=admin at the URL's end."
        )
    if error.code == _UNAUTHORIZED:
        who = f"user {address.user!r} is not allowed" if address.user else "a user is needed"
        return (
            f"{address.place}: {who} to do this ({_cause(error)}). Give the URL of a user with the "
            f"role readWrite on {address.database}: mongodb://USER:PASSWORD@{address.hosts}/"
            f"{address.database}?authSource=admin"
        )
    if error.code == _DUPLICATE_KEY:
        return (
            f"{address.place}: two documents share what must be unique ({_cause(error)}). "
            "Drop that collection, or name an empty database in the URL, and load again."
        )
    return f"{address.place}: the server refused ({redacted(_cause(error))})."


def _refused_rows(address: Address, error: "BulkWriteError") -> str:
    first = ((error.details or {}).get("writeErrors") or [{}])[0]
    return (
        f"{address.place}: the server refused to write ({first.get('errmsg', _cause(error))}). "
        "If another program loads the same data just now, wait for it; then run this again."
    )
