"""The two published lists of GTZAN tracks, fetched and written as ``datasets.split_lists`` reads.

The lists are their authors' and are never part of this program; counts and a checksum of what the
conversion gives tell a list that has changed. Must not import scikit-learn, TensorFlow, LightGBM or
``dashboard``.

References
----------
Kereliuk, Sturm & Larsen, 2015, "Deep Learning and Music Adversaries": the fault-filtered list, in
the repository jongpillee/music_dataset_split.
Foleiss & Tavares, 2020, "Texture selection for automatic music genre classification": three folds
by artist, in the repository julianofoleiss/gtzan_sturm_filter_3folds_stratified.
"""

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.artifacts import write_table
from pipeline.datasets.gtzan import TRACKS
from pipeline.datasets.split_lists import (
    ARTIST_COLUMNS,
    ARTIST_FILE,
    FAULT_FILTERED_COLUMNS,
    FAULT_FILTERED_FILE,
)
from pipeline.ingest import IngestError
from pipeline.ingest.catalogue import ARTIST_LISTS, FAULT_FILTERED_LISTS, N_FOLDS, Download
from pipeline.ingest.download import PATIENCE, Patience, fetch
from pipeline.tasks import Advance

# "blues/blues.00029.wav" in one repository, "./blues_00012.wav" in the other
_CLIP = re.compile(r"(?:.*/)?(?P<genre>[a-z]+)[._](?P<number>\d{5})\.\w+")


@dataclass(frozen=True)
class ListFacts:
    """What is known of a converted list: tracks by part or fold, and the SHA-256 of the CSV."""

    counts: Mapping[str, int]
    sha256: str


PUBLISHED: dict[str, ListFacts] = {
    FAULT_FILTERED_FILE: ListFacts(
        {"train": 443, "validation": 197, "test": 290},
        "b98c82e15d495f95fb3935fcf7b61861683d8c66e2fb6ee4a94ff8043b440a62",
    ),
    ARTIST_FILE: ListFacts(
        {"1": 315, "2": 316, "3": 317},
        "74b826a6e01d32ad28c9c61efff84e24815ab5d5cd4940d8235ad82f271a4a17",
    ),
}


def fetch_splits(
    folder: Path,
    *,
    advance: Advance,
    patience: Patience = PATIENCE,
    facts: Mapping[str, ListFacts] | None = None,
) -> list[Path]:
    """Write ``fault_filtered.csv`` and ``artist_3fold.csv`` into a folder; return their paths.

    Nothing is written unless both lists are right: by default, as ``PUBLISHED`` says.

    Raises
    ------
    IngestError
        If a list cannot be fetched, is not in its published form, or is another version.
    """
    facts = PUBLISHED if facts is None else facts
    with tempfile.TemporaryDirectory() as scratch:

        def text(download: Download) -> str:
            path = fetch(download, Path(scratch), advance=advance, patience=patience)
            return path.read_text(encoding="utf-8", errors="replace")

        fault_filtered = fault_filtered_table(
            {part: text(download) for part, download in FAULT_FILTERED_LISTS.items()}
        )
        artists = artist_table({key: text(download) for key, download in ARTIST_LISTS.items()})
    validate_published(fault_filtered, FAULT_FILTERED_FILE, facts[FAULT_FILTERED_FILE])
    validate_published(artists, ARTIST_FILE, facts[ARTIST_FILE])
    write_table(folder / FAULT_FILTERED_FILE, fault_filtered)
    write_table(folder / ARTIST_FILE, artists)
    return [folder / FAULT_FILTERED_FILE, folder / ARTIST_FILE]


def fault_filtered_table(lists: Mapping[str, str]) -> pd.DataFrame:
    """Return ``track_id, split`` of the texts of the parts: a path a line, by part.

    Raises
    ------
    IngestError
        If a line is no path of a GTZAN clip, or a clip is in two lines.
    """
    rows: list[dict[str, Any]] = [
        {"track_id": _track_id(line, part), "split": part}
        for part, text in lists.items()
        for line in _lines(text)
    ]
    return _by_track(rows, FAULT_FILTERED_COLUMNS)


def artist_table(lists: Mapping[tuple[int, str], str]) -> pd.DataFrame:
    """Return ``track_id, fold, artist_group`` of the texts of the folds.

    Parameters
    ----------
    lists : mapping of (int, str) to str
        Of each fold (1, 2, 3) the text of "evaluate" (path, tab, genre: the tracks that it tests)
        and of "evaluate_groups" (path, tab, number of the artist).

    Raises
    ------
    IngestError
        If a line is not of that form, a clip is in two folds, or the lists of a fold differ.
    """
    rows: list[dict[str, Any]] = []
    for fold in range(1, N_FOLDS + 1):
        tested = [_track_id(line, f"f{fold}_evaluate") for line in _lines(lists[fold, "evaluate"])]
        artist_of = {
            _track_id(line, f"f{fold}_evaluate_groups"): line.rpartition("\t")[2].strip()
            for line in _lines(lists[fold, "evaluate_groups"])
        }
        if set(tested) != set(artist_of) or not all(map(str.isdecimal, artist_of.values())):
            raise IngestError(
                f"fold {fold}: f{fold}_evaluate.txt and f{fold}_evaluate_groups.txt must name the "
                f"same tracks, the second with a number each; got {len(tested)} and "
                f"{len(artist_of)} tracks. The lists have changed at their source."
            )
        rows += [{"track_id": t, "fold": fold, "artist_group": artist_of[t]} for t in tested]
    return _by_track(rows, ARTIST_COLUMNS)


def validate_published(table: pd.DataFrame, name: str, facts: ListFacts) -> None:
    """Raise unless a converted list is the published one.

    Raises
    ------
    IngestError
        If counts or content differ.
    """
    counts = Counter(table[table.columns[1]].astype(str))
    sha256 = hashlib.sha256(table.to_csv(index=False, lineterminator="\n").encode()).hexdigest()
    if counts != dict(facts.counts) or sha256 != facts.sha256:
        raise IngestError(
            f"{name} must have {_counted(facts.counts)} tracks and the SHA-256 {facts.sha256}; "
            f"what was fetched has {_counted(counts)} and {sha256}. The list has changed at its "
            "source, and scores on it would not compare: nothing was written."
        )


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _track_id(line: str, place: str) -> str:
    match = _CLIP.fullmatch(line.partition("\t")[0].strip())
    track_id = f"{match['genre']}.{match['number']}" if match else ""
    if track_id not in TRACKS:
        raise IngestError(
            f"the published list {place} must have the path of a GTZAN clip in each line, got "
            f"{line[:80]!r}. The list has changed at its source: nothing was written."
        )
    return track_id


def _by_track(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(columns))
    again = table["track_id"][table["track_id"].duplicated()]
    if len(again):
        raise IngestError(
            f"the published lists must name each track once, {again.iloc[0]} is in two lines. "
            "They have changed at their source: nothing was written."
        )
    return table.sort_values("track_id", ignore_index=True)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
