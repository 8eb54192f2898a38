"""Log of every evaluation of test parts on this machine, whichever folder it wrote to.

Kept beside the cached units of work and written before anything is fitted, so that runs into other
folders, and runs that were stopped, are in the next ``run.json`` too.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.cache import Cache

LOG_FILE = "test_evaluations.jsonl"


def log_evaluation(
    cache: Cache, *, commit: str | None, folder: Path, run_ids: Sequence[str]
) -> dict[str, Any]:
    """Append one evaluation to the log, and return its entry.

    Without a cache folder the entry is only returned.
    """
    entry = {
        "started_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "commit": commit,
        "folder": folder.name,
        "run_ids": list(run_ids),
    }
    if cache.folder is not None and run_ids:
        cache.folder.mkdir(parents=True, exist_ok=True)
        with (cache.folder / LOG_FILE).open("a", encoding="utf-8") as file:
            # a line that a kill cut short must not swallow this one
            file.write("\n" + json.dumps(entry) + "\n")
    return entry


def all_evaluations(
    cache: Cache, entry: dict[str, Any], earlier: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the evaluations known earlier, those of the log that are new, and ``entry`` last.

    Of the log count the evaluations of the data sets that ``entry`` evaluates.
    """
    own = _data_sets(entry)
    new = [
        other
        for other in _logged(cache)
        if other not in earlier and other != entry and _data_sets(other) & own
    ]
    return [*earlier, *new, entry]


def _data_sets(entry: dict[str, Any]) -> set[str]:
    return {run_id.partition(".")[0] for run_id in entry["run_ids"]}


def _logged(cache: Cache) -> list[dict[str, Any]]:
    """Read the log; a last line that a kill cut short is left out."""
    path = cache.folder / LOG_FILE if cache.folder is not None else None
    if path is None or not path.is_file():
        return []
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries
