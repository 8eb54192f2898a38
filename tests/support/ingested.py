"""An ingested data set without sound: its tracks, record and feature tables, made of numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.features.summary import FEATURE_NAMES
from pipeline.ingest.record import Record, Source, summary_numbers, write_record
from pipeline.ingest.tracks import write_tracks


def track_rows(genres: Sequence[str], *, each: int) -> pd.DataFrame:
    """Return usable tracks of some genres, in files with the names that people give."""
    rows = [
        {
            "track_id": f"{genre.lower()}.song_{number}_{number:08x}",
            "genre": genre,
            "genres": genre,
            "artist_group": None,
            "path": f"/music/{genre}/{number:02} Song.no.{number}.mp3",
            "duration_s": 30.0,
            "sr": 44_100,
            "sha256": f"{number:064x}",
            "excluded_reason": "",
        }
        for genre in genres
        for number in range(each)
    ]
    return pd.DataFrame(rows).astype({"artist_group": "Int64", "sr": "Int64"})


def write_ingested(
    folder: Path, tracks: pd.DataFrame, *, family: str = "own", merges: dict[str, str] | None = None
) -> None:
    """Write what ingest leaves in a data set's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tracks(folder, tracks)
    sources = (Source("/music", "music by genre"),)
    record = Record(folder.name, family, sources, merges or {})  # type: ignore[arg-type]
    write_record(folder, record, summary_numbers(tracks))


def write_features(path: Path, names: Sequence[str], labels: Sequence[str]) -> None:
    """Write a table of features; a label's rows lie near each other."""
    rng = np.random.default_rng(0)
    centre = {label: rng.normal(size=len(FEATURE_NAMES)) for label in sorted(set(labels))}
    X = np.array([centre[label] + 0.4 * rng.normal(size=len(FEATURE_NAMES)) for label in labels])
    table = pd.DataFrame(X, columns=list(FEATURE_NAMES))
    table.insert(0, "filename", list(names))
    table.insert(1, "length", 66_149)
    table["label"] = list(labels)
    table.to_csv(path, index=False)
