"""Decode many damaged clips in one process: what the tests of damaged files start.

Arguments: the clip's file, its format, the first number and the one after the last. Each number
is printed before it is decoded, and what became of it afterwards: whoever reads the output knows
which file a crash of the process belongs to. A file that takes too long ends the process.
"""

import contextlib
import faulthandler
import sys
from pathlib import Path

from damage import damaged

from dashboard.prediction.confinement import MEMORY_BYTES
from pipeline.audio import AudioError, decode

FILE_LIMIT_S = 20


def main() -> None:
    """Decode, and print a line for each file: number, what came of it."""
    path, kind, first, last = sys.argv[1:]
    limit_memory()
    content = Path(path).read_bytes()
    for seed in range(int(first), int(last)):
        tell(f"{seed} ")
        case = damaged(kind, content, seed)
        faulthandler.dump_traceback_later(FILE_LIMIT_S, exit=True)
        tell(f"{outcome(case)}\n")
        faulthandler.cancel_dump_traceback_later()


def outcome(content: bytes) -> str:
    """Return what becomes of a file: "clip", or the code of the error."""
    try:
        clip = decode(content, sr=22_050, max_duration_s=600)
    except AudioError as error:
        return error.code
    except Exception as error:
        return f"unnamed {error!r}"
    return "clip" if clip.y.size else "nothing"


def tell(text: str) -> None:
    """Write at once: a crash loses what waits in a buffer."""
    sys.stdout.write(text)
    sys.stdout.flush()


def limit_memory() -> None:
    """Set the limit that a damaged upload meets, where the platform has one."""
    with contextlib.suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
