"""The demo corpus: synthetic tracks of ten styles, for first tries and for tests.

Written as WAV in the layout of GTZAN (``genres_original/<style>/<style>.000NN.wav``), with split
lists, so that it runs through the same code. Each style has six "artists" (fixed sets of sound
parameters); the lists keep them apart. Everything follows from the seed. Needs no data, says so
in every title, and must not import TensorFlow, LightGBM or ``dashboard``.
"""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from pipeline.artifacts import write_atomic, write_json, write_table
from pipeline.config import ANALYSIS
from pipeline.datasets import Dataset, DatasetError
from pipeline.datasets.artists import drawn_artist, rendered_track
from pipeline.datasets.song import with_songs
from pipeline.datasets.split_lists import (
    ARTIST_FILE,
    FAULT_FILTERED_FILE,
    read_artist_fold,
    read_artist_group,
    read_fault_filtered,
)
from pipeline.datasets.styles import STYLES
from pipeline.datasets.tables import TABLE_FILES, WHOLE_CLIPS, read_feature_table
from pipeline.features.table import summary_table

GENRES = tuple(sorted(STYLES))
TRACKS_PER_GENRE = 12
DURATION_S = 12.0  # four complete segments of 3 s
# By artist; three tracks a genre are enough for every part to have one, twelve give two an artist.
PARTS = ("train", "validation", "test", "train", "test", "train")
N_FOLDS = 3
AUDIO_FOLDER = "genres_original"
MARKER = "corpus.json"
SOURCE = "synthetic tracks made with numpy by this program; no real music"
_ARTIST_STREAM, _TRACK_STREAM = 0, 1  # keep the random numbers of artists and tracks apart


def write_corpus(folder: Path, *, seed: int = 0, tracks_per_genre: int = TRACKS_PER_GENRE) -> None:
    """Write tracks and split lists, replacing an earlier corpus in this folder.

    Parameters
    ----------
    folder : Path
        New, empty, or holding an earlier demo corpus.
    seed : int
        The same seed gives the same bytes.
    tracks_per_genre : int
        At least 3, so that each part of the split has one.

    Raises
    ------
    ValueError
        If there are too few tracks.
    DatasetError
        If the folder holds data that are no demo corpus.
    """
    if not 3 <= tracks_per_genre <= 99_999:
        raise ValueError(f"tracks_per_genre must be 3 to 99999, got {tracks_per_genre}")
    _remove_corpus(folder)
    content = {"synthetic": True, "seed": seed, "tracks_per_genre": tracks_per_genre}
    write_json(folder / MARKER, content)
    for style in GENRES:
        for number in range(tracks_per_genre):
            y = _drawn_track(seed, style, number)
            path = folder / AUDIO_FOLDER / style / f"{_track_id(style, number)}.wav"
            write_audio(path, y, sr=ANALYSIS.sr, audio_format="WAV", subtype="PCM_16")
    # The lists come last: a corpus without them was not finished.
    _write_lists(folder / "splits", tracks_per_genre)


def load(data: Path | None = None) -> Dataset:
    """Return the demo corpus in a folder; its feature tables are computed where not yet there.

    Parameters
    ----------
    data : Path
        Folder that ``write_corpus`` filled. There is no default, so that synthetic tracks never
        stand in for real data.

    Raises
    ------
    DatasetError
        If no finished corpus is there, or features cannot be computed.
    """
    if data is None or not (data / MARKER).is_file():
        raise DatasetError(
            f"the demo needs a folder with a corpus of its own, got {data or 'none'} (no {MARKER} "
            "there). Run `python -m pipeline demo`, which writes one."
        )
    paths = _finished_corpus(data)
    for representation, name in TABLE_FILES.items():
        if not (data / name).is_file():
            _write_features(data / name, paths, whole=representation == WHOLE_CLIPS)
    tracks = {path.stem for path in paths}
    return Dataset(
        name="demo",
        title="Synthetic demo",
        synthetic=True,
        source=SOURCE,
        tables=with_songs(
            {
                representation: read_feature_table(
                    data / name, dataset="demo", representation=representation, genres=GENRES
                )
                for representation, name in TABLE_FILES.items()
            }
        ),
        fault_filtered=read_fault_filtered(data / "splits", tracks=tracks),
        artist_group=read_artist_group(data / "splits", tracks=tracks),
        artist_fold=read_artist_fold(data / "splits", tracks=tracks),
    )


def write_audio(path: Path, y: np.ndarray, *, sr: int, audio_format: str, subtype: str) -> None:
    """Write samples in a format of libsndfile, whole or not at all."""
    write_atomic(
        path, partial(soundfile.write, data=y, samplerate=sr, format=audio_format, subtype=subtype)
    )


def _track_id(style: str, number: int) -> str:
    """Name a track as GTZAN does."""
    return f"{style}.{number:05d}"


def _drawn_track(seed: int, style: str, number: int) -> np.ndarray:
    """Render track ``number`` of a style; some lean towards the neighbouring style."""
    position, artist = GENRES.index(style), number % len(PARTS)
    rng = np.random.default_rng([seed, _TRACK_STREAM, position, number])
    return rendered_track(
        style,
        drawn_artist(np.random.default_rng([seed, _ARTIST_STREAM, position, artist])),
        rng,
        duration_s=DURATION_S,
        sr=ANALYSIS.sr,
        blend=float(np.clip(rng.normal(0.2, 0.3), 0.0, 0.8)),
    )


def _remove_corpus(folder: Path) -> None:
    """Delete an earlier corpus file by file; refuse a folder with anything else in these places."""
    owned = [folder / "splits" / name for name in (FAULT_FILTERED_FILE, ARTIST_FILE)]
    owned += [folder / name for name in TABLE_FILES.values()]
    owned += sorted((folder / AUDIO_FOLDER).glob("*/*.wav"))
    present = [path for path in owned if path.exists()]
    if present and not (folder / MARKER).is_file():
        raise DatasetError(
            f"{folder} must be empty or hold an earlier demo corpus; it holds {present[0]} and no "
            f"{MARKER}. Choose another folder, so that no data of yours are replaced."
        )
    for path in present:
        path.unlink()


def _write_lists(folder: Path, tracks_per_genre: int) -> None:
    """Write the split and artist lists in the layout of GTZAN's."""
    rows = [
        {
            "track_id": _track_id(style, number),
            "split": PARTS[number % len(PARTS)],
            "fold": number % len(PARTS) % N_FOLDS,
            "artist_group": position * len(PARTS) + number % len(PARTS),
        }
        for position, style in enumerate(GENRES)
        for number in range(tracks_per_genre)
    ]
    table = pd.DataFrame(rows)
    write_table(folder / ARTIST_FILE, table[["track_id", "fold", "artist_group"]])
    write_table(folder / FAULT_FILTERED_FILE, table[["track_id", "split"]])


def _finished_corpus(folder: Path) -> list[Path]:
    """List the tracks of a corpus; refuse one whose writing was interrupted."""
    try:
        count = int(json.loads((folder / MARKER).read_text("utf-8"))["tracks_per_genre"])
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{folder / MARKER} is damaged ({error!r}). Delete {folder} and run `python -m "
            "pipeline demo` again."
        ) from error
    paths = [
        folder / AUDIO_FOLDER / style / f"{_track_id(style, number)}.wav"
        for style in GENRES
        for number in range(count)
    ]
    absent = [
        path for path in [*paths, folder / "splits" / FAULT_FILTERED_FILE] if not path.is_file()
    ]
    if absent:
        raise DatasetError(
            f"the demo corpus in {folder} is not complete: {absent[0]} is missing. Run `python -m "
            "pipeline demo` again."
        )
    return paths


def _write_features(path: Path, audio: list[Path], *, whole: bool) -> None:
    """Compute a feature table by the same code as for a visitor's clip."""
    with threadpool_limits(1):  # the matrices are small: more threads take three times the work
        table, skipped = summary_table(audio, segments=30 if whole else 3)
    if len(skipped):
        first = skipped.iloc[0]
        raise DatasetError(
            f"features of {first['path']} cannot be computed: {first['reason']}. Run `python -m "
            "pipeline demo` again."
        )
    write_table(path, table)
