"""What a process that reads strangers' files must not do, whatever a file makes of its decoder.

Memory, processor time and open files are limited; it opens no file for writing, starts no
processes, signals none, reaches no network, and ends with its parent. What a platform lacks is left
out: macOS has no seccomp, so there the network is not closed, and files of its user can be emptied.
Standard library only, and libseccomp where it is installed, as on every Debian.
"""

import ctypes
import errno
import os
import sys
import threading
from pathlib import Path

from pipeline.config import LIMITS

MEMORY_BYTES = 2**30  # address space: libraries 0.3 GB, FFmpeg among them; ten minutes 0.2 GB
OPEN_FILES = 64  # importing FFmpeg opens one after the other
CPU_S = int(LIMITS.decode_timeout_s) + 5
PARENT_CHECK_S = 1.0
FIRST_TO_KILL = "1000"  # by the system when memory is short
FORBIDDEN = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "io_uring_setup",
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev",
    "process_madvise", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "setpriority", "ioprio_set", "unlink", "unlinkat", "rename", "renameat",
    "renameat2", "mkdir", "mkdirat", "rmdir", "link", "linkat", "symlink", "symlinkat", "creat",
    "openat2", "open_by_handle_at", "truncate", "truncate64", "ftruncate", "ftruncate64",
    "fallocate", "utime", "utimes", "utimensat", "futimesat", "setxattr", "lsetxattr", "fsetxattr",
    "removexattr", "lremovexattr", "fremovexattr", "chmod", "fchmod", "fchmodat", "fchmodat2",
    "chown", "lchown", "fchown", "fchownat", "mknod", "mknodat", "mount", "unshare", "setns", "bpf",
    "perf_event_open", "keyctl", "userfaultfd",
)  # fmt: skip
OPENED = {"open": 1, "openat": 2}  # which argument has the flags
CHANGES = (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC)  # one bit each
SIGNALS = ("kill", "tkill", "tgkill")  # first argument: to which process
# <seccomp.h>, <linux/sched.h>
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NOT_EQUAL, MASKED_EQUAL = 1, 7
CLONE_THREAD, CLONE_NEWUSER, CLONE_NEWNET = 0x00010000, 0x10000000, 0x40000000


class Comparison(ctypes.Structure):
    """``struct scmp_arg_cmp``: a condition on one argument of a call."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


def confine() -> None:
    """Give up, for good, what decoding does not need; call it before any thread starts."""
    volunteer()
    limit_resources(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    _limit("RLIMIT_NOFILE", OPEN_FILES)
    _limit("RLIMIT_FSIZE", 0)
    if not forbid_calls():
        leave_network()
    end_with_parent()
    _limit("RLIMIT_NPROC", 0)  # does not bind root, for whom seccomp refuses


def limit_resources(*, memory_bytes: int, cpu_s: int) -> None:
    """Bound address space and processor time, where the platform can; leave no core file."""
    _limit("RLIMIT_AS", memory_bytes)  # not on macOS; the time limit still holds there
    _limit("RLIMIT_CPU", cpu_s)
    _limit("RLIMIT_CORE", 0)


def forbid_calls() -> bool:
    """Have the system refuse network, processes, signals to others and changes of files.

    Returns
    -------
    bool
        Whether it does.
    """
    library = _libseccomp()
    if library is None:
        return False
    context = library.seccomp_init(ALLOW)
    if not context:
        return False
    try:
        rules = [_refused(library, context, name) for name in FORBIDDEN]
        not_thread = Comparison(0, MASKED_EQUAL, CLONE_THREAD, 0)
        _refused(library, context, "clone", not_thread)
        _refused(library, context, "clone3", number=errno.ENOSYS)  # then threads use clone
        _refuse_writing(library, context)
        _refuse_reaching_others(library, context)
        return rules[0] and library.seccomp_load(context) == 0
    finally:
        library.seccomp_release(context)


def _refuse_writing(library: ctypes.CDLL, context: int) -> None:
    """Refuse to open a file in any way but for reading."""
    for name, argument in OPENED.items():
        for flag in CHANGES:
            _refused(library, context, name, Comparison(argument, MASKED_EQUAL, flag, flag))


def _refuse_reaching_others(library: ctypes.CDLL, context: int) -> None:
    """Refuse signals and limits for any process but this one, whose own abort must end it."""
    another = Comparison(0, NOT_EQUAL, os.getpid(), 0)
    for name in SIGNALS:
        _refused(library, context, name, another)
    not_own = Comparison(0, NOT_EQUAL, 0, 0)  # 0 stands for the caller
    _refused(library, context, "prlimit64", not_own)


def leave_network() -> bool:
    """Move into a network of its own, without any connection; return whether that was allowed."""
    if not sys.platform.startswith("linux"):
        return False
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return unshare(CLONE_NEWNET) == 0 or unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0


def _refused(
    library: ctypes.CDLL,
    context: int,
    name: str,
    *conditions: Comparison,
    number: int = errno.EPERM,
) -> bool:
    """Add a rule; calls that this processor does not know need none."""
    call = library.seccomp_syscall_resolve_name(name.encode())
    array = (Comparison * len(conditions))(*conditions)
    added = library.seccomp_rule_add_array(context, REFUSE | number, call, len(array), array)
    return bool(added == 0)


def _libseccomp() -> ctypes.CDLL | None:
    """Return the library with the types of what is called, or None where it is missing."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_load.argtypes = library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Comparison),
    ]  # fmt: skip
    return library


def _limit(name: str, bound: int) -> None:
    try:
        import resource

        resource.setrlimit(getattr(resource, name), (bound, bound))
    except (ImportError, AttributeError, ValueError, OSError):
        return  # the platform has no such limit


def volunteer() -> None:
    """Be ended before the web worker if memory runs out."""
    try:
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_KILL, encoding="ascii")
    except OSError:
        return  # not Linux


def end_with_parent() -> None:
    """Watch, from now on, that the process that started this one is there; end if not."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process when its parent has ended, even in the middle of a clip."""
    waiting = threading.Event()
    while not waiting.wait(PARENT_CHECK_S):
        if os.getppid() != parent:
            os._exit(1)
