"""Spectrograms of an ingested data set from its sound, as tables: what networks are trained on.

The same tables as ``pipeline.datasets.spectrograms`` makes of GTZAN's files, so that a model finds
the same numbers whatever is behind them. ``tracks.parquet`` names the files; of a track longer than
31 s its middle 30 s count. Every clip's features are kept in the cache by the content of its file.
A picture of the Kaggle archive goes before the sound of its track: it shows the same levels.

    mel_clip          (333, 128)  levels on the archive's colour scale, -80..0 dB
    image_statistics  named statistics of mel_clip
    mel_3s            (130, 128)  levels of the first 3 s, standardised over the clip
    mfcc_sequence     (130, 20)   its cepstral coefficients
    mfcc_pieces       (41, 20)    the same in pieces of 0.95 s, three a track
    fused             mel_clip, image_statistics and features_song in one row (``FUSED``)

The pictures as such, ``images_kaggle`` and ``hog``, are those of GTZAN's studies and stay there.
Must not import TensorFlow, LightGBM or ``dashboard``.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.cache import Cache, default_cache, digest
from pipeline.datasets import DatasetError, FeatureTable
from pipeline.datasets.spectrogram_files import OF_MEL_3S, Part, cepstra
from pipeline.datasets.spectrograms import FUSED_TABLE, fused_table
from pipeline.features import FEATURES
from pipeline.features.bulk import Clip, Output, named_clips
from pipeline.features.bulk import Collection as Clips
from pipeline.features.bulk.hashes import FileHashes
from pipeline.features.bulk.run import units_of
from pipeline.features.bulk.units import Engine, Progress, Unit
from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES
from pipeline.ingest.tracks import NO_SOUND
from pipeline.tasks import Advance, Jobs

OF_CLIP = ("mel_clip", "image_statistics")
SOUND = (*OF_CLIP, *OF_MEL_3S, FUSED_TABLE)


def _silent(done: int, total: int, label: str) -> None:
    """Say nothing of progress."""


@dataclass(frozen=True)
class Listening:
    """What clips are read with.

    Attributes
    ----------
    cache : Cache
        Keeps each clip's features.
    jobs : int, or whatever ``run_tasks`` takes
    advance : callable
        Called as ``advance(done, total, label)``.
    """

    cache: Cache = field(default_factory=default_cache)
    jobs: Jobs = 1
    advance: Advance = _silent


@dataclass(frozen=True)
class Heard:
    """What came of the sound of a data set.

    Attributes
    ----------
    tables : dict of str to FeatureTable
        By representation; empty where no track has sound.
    left_out : tuple of (str, str)
        ``track_id`` and reason of each track whose sound cannot be used.
    """

    tables: dict[str, FeatureTable] = field(default_factory=dict)
    left_out: tuple[tuple[str, str], ...] = ()


def sound_tables(
    folder: Path,
    tracks: pd.DataFrame,
    *,
    dataset: str,
    listening: Listening,
    songs: FeatureTable | None = None,
    wanted: Collection[str] = SOUND,
) -> Heard:
    """Return the tables that are wanted of the usable tracks that have sound.

    A track that fails in one table is left out of all, so that they can be compared.

    Parameters
    ----------
    folder : Path
        The data set's own, with ``tracks.parquet``.
    tracks : DataFrame
        As ``read_tracks``.
    dataset : str
        Id.
    listening : Listening
    songs : FeatureTable, optional
        ``features_song``; without it there is no ``fused``.
    wanted : collection of str
        Names out of ``SOUND``. All take some 0.4 MB of memory a track.

    Raises
    ------
    DatasetError
        If there is sound and none of it can be used, or all of it is of one genre.
    ValueError
        If a name is not in ``SOUND``.
    """
    unknown = sorted(set(wanted) - set(SOUND))
    if unknown:
        raise ValueError(f"tables of sound are {', '.join(SOUND)}; not {', '.join(unknown)}")
    usable = tracks[tracks["excluded_reason"].isin(["", NO_SOUND])]
    genre_of = dict(zip(usable["track_id"], usable["genre"], strict=True))
    units = _units(named_clips([folder]), genre_of, _needed(wanted, songs))
    parts, left_out = _parts(units, listening)
    if left_out and not parts:
        track, reason = min(left_out.items())
        raise DatasetError(
            f"{folder}: none of its {len(left_out)} clips can be used ({track}: {reason}). Bring "
            "the sound back to where it was ingested from, or leave out --deep."
        )
    if "mel_3s" in parts:
        parts |= cepstra(parts["mel_3s"])
    tables = {name: _table(name, part, dataset, genre_of) for name, part in parts.items()}
    if songs and FUSED_TABLE in wanted and OF_CLIP[0] in tables:
        clips, statistics = (tables[name] for name in OF_CLIP)
        if clips.rows["track_id"].isin(songs.rows["track_id"]).any():
            tables[FUSED_TABLE] = fused_table(clips, statistics, songs)
    return Heard(
        {name: tables[name] for name in SOUND if name in tables and name in wanted},
        tuple(sorted(left_out.items())),
    )


def _needed(wanted: Collection[str], songs: FeatureTable | None) -> list[str]:
    """Name the features of clips that the wanted tables are made of."""
    fused = FUSED_TABLE in wanted and songs is not None
    needed = [name for name in OF_CLIP if fused or name in wanted]
    return [*needed, "mel_3s"] if set(wanted) & set(OF_MEL_3S) else needed


def _units(
    clips: Clips, genre_of: Mapping[str, str], features: Sequence[str]
) -> dict[str, list[Unit]]:
    """Return the work on usable tracks, in order of ``track_id``, for each feature that has any."""
    usable = replace(
        clips,
        clips=tuple(clip for clip in clips.clips if clip.track_id in genre_of),
        pictures=tuple(clip for clip in clips.pictures if clip.track_id in genre_of),
    )
    units = {}
    for name in features:
        feature = FEATURES[name]
        if usable.clips or (usable.pictures and feature.reader):
            found = units_of(Output(feature, "middle", ""), usable)
            units[name] = sorted(found, key=lambda unit: unit.clip.track_id)
    return units


def _parts(
    units: Mapping[str, Sequence[Unit]], listening: Listening
) -> tuple[dict[str, Part], dict[str, str]]:
    """Return the arrays of the tracks on which every feature succeeded, and why others not."""
    hashes = FileHashes(listening.cache.folder)
    progress = Progress(listening.advance, sum(map(len, units.values())))
    engine = Engine(listening.cache, hashes, listening.jobs, progress)
    try:
        found = {name: _arrays(name, own, engine) for name, own in units.items()}
        left_out = {track: why for one in found.values() for track, why in one.reasons.items()}
        parts = {name: one.part(name, left_out, hashes) for name, one in found.items()}
    finally:
        hashes.keep()
    progress.end()
    return {name: part for name, part in parts.items() if part.tracks}, left_out


@dataclass(frozen=True)
class _Arrays:
    """A feature of the clips that it could be computed of, and why of others not."""

    clips: list[Clip]
    X: np.ndarray
    reasons: dict[str, str]

    def part(self, name: str, left_out: Collection[str], hashes: FileHashes) -> Part:
        """Return what is left without some tracks; clips of equal numbers are copies."""
        kept = [place for place, clip in enumerate(self.clips) if clip.track_id not in left_out]
        clips = [self.clips[place] for place in kept]
        X = self.X if len(kept) == len(self.X) else self.X[kept]
        return Part(
            tracks=[clip.track_id for clip in clips],
            content=[hashlib.sha256(row.tobytes()).digest() for row in X],
            X=X,
            sha256=digest(name, [[clip.track_id, hashes.of(clip.path)] for clip in clips]),
        )


def _arrays(name: str, units: Sequence[Unit], engine: Engine) -> _Arrays:
    shape = tuple(int(size) for size in FEATURES[name].shape)
    X = np.empty((len(units), *shape), dtype=np.float32)
    clips: list[Clip] = []
    reasons: dict[str, str] = {}
    for clip, outcome in engine.outcomes(units):
        if outcome.reason:
            reasons[clip.track_id] = outcome.reason
        else:
            X[len(clips)] = outcome.values[0]
            clips.append(clip)
    return _Arrays(clips, X[: len(clips)], reasons)


def _table(name: str, part: Part, dataset: str, genre_of: Mapping[str, str]) -> FeatureTable:
    rows = part.rows()
    rows["genre"] = rows["track_id"].map(genre_of)
    genres = tuple(sorted(set(rows["genre"])))
    if len(genres) < 2:
        raise DatasetError(
            f"{dataset}: at least two genres are needed, and all sound that can be used is of "
            f"{genres[0]}. Ingest more music, one folder for each genre."
        )
    return FeatureTable(
        dataset=dataset,
        representation=name,
        genres=genres,
        features=IMAGE_STATISTIC_NAMES if name == "image_statistics" else (),
        rows=rows,
        X=part.X,
        sha256=part.sha256,
    )
