"""``ingest.json``: where a data set came from, what was done to it, and what it holds in numbers.

Without times or machine names, so that a second run writes the same bytes. Must not import
scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from pipeline.artifacts import write_json
from pipeline.ingest import Family, IngestError
from pipeline.ingest.tracks import reason_kind

RECORD_FILE = "ingest.json"
VERSION = 1


@dataclass(frozen=True)
class Source:
    """One folder or archive that a data set was made of.

    Attributes
    ----------
    name : str
        Name of the archive, or absolute path of the folder.
    found : str
        What was recognised.
    sha256 : str
        Of the archive, "" for a folder.
    sound : str
        Absolute path of the folder where the sound was left, "" if it was unpacked or copied, or
        there was none.
    parts : dict of str to tuple
        Files and bytes of each file or folder that was put into the data set's folder, by name.
    """

    name: str
    found: str
    sha256: str = ""
    sound: str = ""
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """What ``ingest.json`` says, apart from the numbers.

    Attributes
    ----------
    dataset : str
    family : "gtzan", "fma" or "own"
    sources : tuple of Source
    merges : dict of str to str
        New name of a genre by its old one.
    """

    dataset: str
    family: Family
    sources: tuple[Source, ...] = ()
    merges: dict[str, str] = field(default_factory=dict)


def read_record(folder: Path) -> Record | None:
    """Return what was ingested into a folder, None if nothing was.

    Raises
    ------
    IngestError
        If the file is damaged or of another version.
    """
    path = folder / RECORD_FILE
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise ValueError(f"version {content['version']!r}, this program reads {VERSION}")
        if content["family"] not in get_args(Family):
            raise ValueError(
                f"family {content['family']!r}, expected {', '.join(get_args(Family))}"
            )
        sources = tuple(
            Source(**{**source, "parts": {k: tuple(v) for k, v in source["parts"].items()}})
            for source in content["sources"]
        )
        return Record(content["dataset"], content["family"], sources, dict(content["merges"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IngestError(
            f"{path} is damaged ({error}). Delete it and what was unpacked beside it, and ingest "
            "the source again."
        ) from error


def read_merges(folder: Path) -> dict[str, str]:
    """Return the genres that were renamed when a folder was filled, {} if none were."""
    record = read_record(folder)
    return {} if record is None else record.merges


def write_record(folder: Path, record: Record, numbers: Mapping[str, Any]) -> None:
    """Write ``ingest.json`` with the numbers of ``summary_numbers``."""
    write_json(folder / RECORD_FILE, {"version": VERSION, **asdict(record), **numbers})


def summary_numbers(tracks: pd.DataFrame) -> dict[str, Any]:
    """Return counts and durations of a table of tracks.

    Returns
    -------
    dict
        ``tracks``; ``usable``; ``without_sound``: known from a table only; ``duration_s`` of the
        usable; ``excluded``: number by reason; ``genres``: the same by genre.
    """
    usable = tracks["excluded_reason"] == ""
    reasons = tracks.loc[~usable, "excluded_reason"].map(reason_kind).value_counts()
    genres = {
        genre: {
            "tracks": len(rows),
            "usable": int(usable[rows.index].sum()),
            "duration_s": _duration_s(rows[usable[rows.index]]),
        }
        for genre, rows in tracks[tracks["genre"] != ""].groupby("genre", sort=True)
    }
    return {
        "tracks": len(tracks),
        "usable": int(usable.sum()),
        "without_sound": int((tracks["path"] == "").sum()),
        "duration_s": _duration_s(tracks[usable]),
        "excluded": {reason: int(reasons[reason]) for reason in sorted(reasons.index)},
        "genres": genres,
    }


def tally(path: Path) -> tuple[int, int]:
    """Return number and bytes of the files at or below a path; (0, 0) if it is not there.

    Hidden files (``.DS_Store``) do not count: file managers leave them.
    """
    if path.is_file():
        return 1, path.stat().st_size
    sizes = [
        os.stat(os.path.join(folder, name)).st_size
        for folder, _, names in os.walk(path)
        for name in names
        if not name.startswith(".")
    ]
    return len(sizes), sum(sizes)


def _duration_s(rows: pd.DataFrame) -> float:
    return round(float(rows["duration_s"].sum()), 3)
