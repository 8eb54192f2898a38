"""Tickets of clips, shared by all web workers of a host through one folder.

A ticket is an empty file that its worker keeps locked. The system gives the lock back when the
worker ends, however it ends: a ticket whose lock can be had is nobody's, and is thrown away. So a
killed worker loses no place. What the ticket says is its name:
``<state>.<stamp>.<pid>.<bytes>.<sender>``, where stamps come from the monotonic clock, which all
processes of a host share, and the sender is a number that stands for an address, another one in
every folder. The folder must be on a local disk, since network file systems may not keep locks.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER_VARIABLE = "GENRELENS_LINE"
MUTEX = "mutex"
ARRIVING, QUEUED = "a", "q"


@dataclass(frozen=True, order=True)
class Ticket:
    """What the name of a ticket says; tickets sort by when they were stamped."""

    stamp: int
    pid: int
    n_bytes: int
    sender: int
    state: str

    @property
    def name(self) -> str:
        """Name of the file."""
        return f"{self.state}.{self.stamp}.{self.pid}.{self.n_bytes}.{self.sender}"

    @classmethod
    def of(cls, name: str) -> "Ticket | None":
        """Return what a name says, or None if it is no ticket's."""
        state, *numbers = name.split(".")
        if state not in (ARRIVING, QUEUED) or len(numbers) != 4:
            return None
        stamp, pid, n_bytes, sender = (int(number) for number in numbers)
        return cls(stamp, pid, n_bytes, sender, state)


class Tickets:
    """The tickets of a host.

    Parameters
    ----------
    folder : Path, optional
        What the workers of the host share. Default: ``GENRELENS_LINE``, which gunicorn's settings
        provide; without it a folder of this process, gone with it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        named = os.environ.get(FOLDER_VARIABLE)
        self._folder = folder or (Path(named) if named else None)
        self._held: dict[int, int] = {}  # stamp of a ticket of ours -> its open file
        self._threads = threading.RLock()

    @property
    def folder(self) -> Path:
        """Where the tickets are; a folder of this process alone is made at first use."""
        with self._threads:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="genrelens-line-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            return self._folder

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other thread and worker of the host out while the block runs."""
        with self._threads:
            descriptor = self._open(MUTEX)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)

    def sender(self, address: str) -> int:
        """Return the number that stands for an address in this folder; 0 for none."""
        if not address:
            return 0
        key = hashlib.blake2b(str(self.folder).encode()).digest()
        return 1 + int.from_bytes(
            hashlib.blake2b(address.encode(), digest_size=8, key=key).digest()
        )

    def add(self, n_bytes: int, sender: int = 0) -> Ticket:
        """Return a new ticket of a clip that arrives; only while ``alone``."""
        ticket = Ticket(time.monotonic_ns(), os.getpid(), n_bytes, sender, ARRIVING)
        descriptor = self._open(ticket.name)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._held[ticket.stamp] = descriptor
        return ticket

    def queue(self, ticket: Ticket) -> Ticket:
        """Return the ticket that takes another's place, at the end of the line."""
        with self.alone():
            queued = replace(ticket, stamp=time.monotonic_ns(), state=QUEUED)
            self._held[queued.stamp] = self._held.pop(ticket.stamp)
            try:
                os.rename(self.folder / ticket.name, self.folder / queued.name)
            except FileNotFoundError:  # somebody emptied the folder for temporary files
                os.close(self._held.pop(queued.stamp))
                descriptor = self._open(queued.name)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                self._held[queued.stamp] = descriptor
            return queued

    def remove(self, ticket: Ticket) -> None:
        """Throw a ticket of ours away."""
        with self._threads:
            descriptor = self._held.pop(ticket.stamp, None)
            if descriptor is not None:
                (self.folder / ticket.name).unlink(missing_ok=True)
                os.close(descriptor)

    def all(self) -> list[Ticket]:
        """Return the tickets of everybody who lives, oldest first; only while ``alone``."""
        found = filter(None, map(Ticket.of, os.listdir(self.folder)))
        return sorted(ticket for ticket in found if self._lives(ticket))

    def _lives(self, ticket: Ticket) -> bool:
        """Return whether somebody holds a ticket; one that nobody holds is thrown away."""
        if ticket.stamp in self._held:
            return True
        path = self.folder / ticket.name
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        path.unlink(missing_ok=True)
        return False

    def _open(self, name: str) -> int:
        """Return an open file of the folder, which is made if it is missing."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        try:
            return os.open(self.folder / name, flags, 0o600)
        except FileNotFoundError:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.folder / name, flags, 0o600)
