"""Keeping the worker small: what the C library does with memory that Python has given back.

glibc keeps freed memory in one pool per thread. Reading the models frees a lot of it, once; small
hosts have 512 MB. On other platforms these calls do nothing.
"""

import ctypes
import sys
from functools import cache

M_ARENA_MAX = -8  # <malloc.h>
POOLS = 1  # a pool keeps what its largest clip needed; numpy asks for few, large pieces


def limit_memory_pools() -> None:
    """Let threads that have no pool yet share the main one; call this before they start."""
    library = _glibc()
    if library is not None:
        library.mallopt(M_ARENA_MAX, POOLS)


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
