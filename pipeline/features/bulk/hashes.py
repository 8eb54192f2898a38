"""SHA-256 of files, remembered by path, size and time, so that a rerun need not read them again."""

import hashlib
import json
import time
from pathlib import Path

from pipeline.artifacts import write_atomic

MEMORY_FILE = "file_hashes.json"
SETTLED_NS = 2_000_000_000  # a file changed within the last 2 s may change again at the same time


class FileHashes:
    """Hashes of files, kept in a folder; with ``folder=None`` nothing is remembered."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / MEMORY_FILE
        self._known = _remembered(self._path)
        self._changed = False

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file; "" if it cannot be read."""
        name = str(path.absolute())
        try:
            status = path.stat()
            stamp = [status.st_size, status.st_mtime_ns]
            if self._known.get(name, [None])[:2] == stamp:
                return str(self._known[name][2])
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""
        if time.time_ns() - status.st_mtime_ns > SETTLED_NS:
            self._known[name] = [*stamp, found]
            self._changed = True
        return found

    def keep(self) -> None:
        """Write down what was found out."""
        if self._path is None or not self._changed:
            return
        text = json.dumps(self._known)
        write_atomic(self._path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
        self._changed = False


def _remembered(path: Path | None) -> dict[str, list]:
    """What an earlier run found; nothing if it cannot be read, for all of it can be found again."""
    if path is None:
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
