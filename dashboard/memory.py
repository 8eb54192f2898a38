"""Keeping the worker small: what the C library does with memory that Python has given back.

glibc keeps freed memory in one pool per thread. Reading the models frees a lot of it, once; small
hosts have 512 MB. On other platforms these calls do nothing.
"""

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

M_ARENA_MAX = -8  # <malloc.h>
M_MMAP_THRESHOLD = -3
M_TRIM_THRESHOLD = -1
SMALL_BYTES = 128 * 1024  # glibc's own first value, which it raises up to 32 MB while it runs
LARGE_BYTES = 32 * 2**20  # a spectrogram of 30 s has 10 MB
POOLS = 1  # a pool keeps what its largest clip needed; numpy asks for few, large pieces


def limit_memory_pools() -> None:
    """Let threads that have no pool yet share the main one; call this before they start."""
    library = _glibc()
    if library is not None:
        library.mallopt(M_ARENA_MAX, POOLS)


def return_large_pieces() -> None:
    """Let every large piece go back to the system when it is freed; call this before the app loads.

    glibc begins so, but takes larger and larger pieces from its pool, where tables and figures that
    are gone leave holes: 50 MB after a visit to every page.
    """
    library = _glibc()
    if library is not None:
        library.mallopt(M_MMAP_THRESHOLD, SMALL_BYTES)


@contextmanager
def reuse_large_pieces() -> Iterator[None]:
    """Keep large pieces for the next array of a computation, until the last one has ended.

    Features make many arrays of some MB each; fetching them from the system, page by page, would
    take as long as the computation itself. What is kept goes back with ``return_free_memory``,
    which takes milliseconds: whoever computes calls it once, when a clip is done.
    """
    _Reuse.enter()
    try:
        yield
    finally:
        _Reuse.leave()


class _Reuse:
    """How many computations are under way in this process."""

    lock = threading.Lock()
    count = 0

    @classmethod
    def enter(cls) -> None:
        with cls.lock:
            cls.count += 1
            if cls.count == 1:
                _set_thresholds(LARGE_BYTES)

    @classmethod
    def leave(cls) -> None:
        with cls.lock:
            cls.count -= 1
            if cls.count == 0:
                _set_thresholds(SMALL_BYTES)


def _set_thresholds(n_bytes: int) -> None:
    """Say from which size on pieces are fetched from the system, and how much the pool may keep."""
    library = _glibc()
    if library is not None:
        library.mallopt(M_MMAP_THRESHOLD, n_bytes)
        library.mallopt(M_TRIM_THRESHOLD, n_bytes)


def return_free_memory() -> None:
    """Give freed memory back to the system."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    # musl, the C library of Alpine Linux, has neither.
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
