"""How much memory this process has held at most; for programs that tests start."""

import sys
from pathlib import Path


def peak_mb() -> float:
    """Return the largest resident memory since the program began, in MB (2**20 bytes)."""
    if sys.platform == "linux":  # there getrusage begins with what the parent process had
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
