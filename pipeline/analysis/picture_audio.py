"""Models trained on the archive's pictures, given sound: the gap that a visitor's clip meets.

Every clip is answered by models that did not hear it (those of the fold of ``track_kfold`` that
holds it out), once from the picture and tables that the model was made for, once from its audio,
by the way of live prediction. Temperatures are left out: they change no answer.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import ANALYSES
from pipeline.audio import AUDIO_SUFFIXES, AudioError, decode
from pipeline.cache import digest, source_digest
from pipeline.config import ANALYSIS
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import Unit, fitted
from pipeline.features.parameters import MEL_CLIP
from pipeline.intervals import bootstrap, wilson
from pipeline.models import MODELS
from pipeline.plan import KEYED, Selection, planned_runs, table_digest
from pipeline.served_rows import REPRESENTATIONS, Heard, WindowLength
from pipeline.splits import TrackGroups
from pipeline.tasks import Task

KIND = "picture_audio"
PROTOCOL = "track_kfold"  # every clip is held out once
NAMED_BY = "fault_filtered"  # analyses of networks stand under this run of a model
SPECTROGRAMS = "mel_clip"
CLIPS_PER_GENRE = 20

logger = logging.getLogger(__name__)


def picture_audio_tasks(
    dataset: Dataset, groups: TrackGroups, run_ids: Sequence[RunId], *, seed: int
) -> list[Task]:
    """Return the work: none where no model is served on spectrograms or there is no audio.

    Parameters
    ----------
    run_ids : sequence of RunId
        The plain runs that are there; of these, the served models of spectrograms are looked into.
    """
    looked_into = [run_id for run_id in run_ids if _is_served_on_spectrograms(run_id)]
    if not looked_into or SPECTROGRAMS not in dataset.tables or dataset.audio is None:
        return []  # without pictures there is nothing to compare sound with
    clips = clip_paths(dataset)
    if not clips:
        logger.warning(
            "picture against audio: left out, there are no clips in %s. Unpack the archive's "
            "genres_original/ beside its tables.",
            dataset.audio,
        )
        return []
    units, keys = {}, []
    for run_id in looked_into:
        selection = Selection((run_id.model,), (PROTOCOL,), seed=seed, only=str(run_id))
        (planned,) = planned_runs(dataset, groups, selection)
        units[str(replace(run_id, protocol=NAMED_BY))] = planned.units
        keys.append(planned.keys)
    source = source_digest((__name__,), KEYED)
    files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in clips.values()]
    spectrograms = dataset.tables[SPECTROGRAMS]
    return [
        Task(
            f"picture against audio, {dataset.name}",
            digest(KIND, keys, list(clips), files, table_digest(spectrograms), source),
            picture_audio,
            {"units": units, "clips": clips, "spectrograms": spectrograms},
        )
    ]


def clip_paths(dataset: Dataset) -> dict[str, Path]:
    """Return the audio files of tracks with a picture by track, at most 20 a genre."""
    if dataset.audio is None or not dataset.audio.is_dir():
        return {}
    rows = dataset.tables[SPECTROGRAMS].rows
    found = {
        path.stem: path
        for path in sorted(dataset.audio.glob("*/*"))
        if path.suffix.lower() in AUDIO_SUFFIXES
    }
    there = rows[rows["track_id"].isin(list(found))]
    kept = there.sort_values("track_id").groupby("genre").head(CLIPS_PER_GENRE)
    return {track: found[track] for track in kept["track_id"]}


def picture_audio(
    *,
    units: Mapping[str, Sequence[Unit]],
    clips: Mapping[str, Path],
    spectrograms: FeatureTable,
) -> pd.DataFrame:
    """Return the analysis "picture_audio" of some models.

    Parameters
    ----------
    units : mapping of run id to sequence of Unit
        A model's folds, under the id that its rows get.
    clips : mapping of track to Path
        Audio; what is shorter than the archive's clips, or cannot be read, is left out.
    spectrograms : FeatureTable
        Levels that the pictures show.
    """
    representations = {run_id: own[0].table.representation for run_id, own in units.items()}
    live = _live_rows(clips, sorted({SPECTROGRAMS, *representations.values()}))
    tracks = list(live[SPECTROGRAMS])
    if not tracks:
        logger.warning("picture against audio: left out, none of %d clips is whole", len(clips))
        return pd.DataFrame(columns=list(ANALYSES[KIND].columns))
    seen = _rows_of(spectrograms, tracks)
    bands = band_correlations(seen, np.stack(list(live[SPECTROGRAMS].values())))
    parts = []
    for run_id, own in units.items():
        answers = out_of_fold_answers(own, live[representations[run_id]])
        rows = pd.concat([agreement(*answers), bands], ignore_index=True)
        parts.append(rows.assign(id=run_id))
    return pd.concat(parts, ignore_index=True)[list(ANALYSES[KIND].columns)]


def out_of_fold_answers(
    units: Sequence[Unit], live: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities from the table's rows and from live rows, each (n_clips, n_genres)."""
    table = units[0].table
    from_table, from_live = [], []
    for unit in units:
        held = [t for t in table.rows["track_id"].iloc[unit.fold.test] if t in live]
        if held:
            estimator = fitted(unit)
            from_table.append(estimator.predict_proba(_rows_of(table, held)))
            from_live.append(estimator.predict_proba(np.stack([live[t] for t in held])))
    return np.concatenate(from_table), np.concatenate(from_live)


def agreement(from_table: np.ndarray, from_live: np.ndarray) -> pd.DataFrame:
    """Return the share of equal answers and the mean absolute difference of probabilities.

    Wilson's interval of the share, a bootstrap over clips of the difference.
    """
    n_clips = len(from_table)
    equal = int((from_table.argmax(axis=1) == from_live.argmax(axis=1)).sum())
    difference = np.abs(from_table - from_live).mean(axis=1)
    low, high = bootstrap(difference[:, None] / n_clips, lambda sums: sums[:, 0])
    return pd.DataFrame(
        {
            "quantity": ["agreement", "probability_difference"],
            "band": -1,
            "value": [equal / n_clips, difference.mean()],
            "ci_low": [wilson(equal, n_clips)[0], float(low)],
            "ci_high": [wilson(equal, n_clips)[1], float(high)],
            "n_units": n_clips,
        }
    )


def band_correlations(seen: np.ndarray, heard: np.ndarray) -> pd.DataFrame:
    """Return Pearson's correlation of each band over all columns of all clips.

    Parameters
    ----------
    seen, heard : ndarray of shape (n_clips, n_columns, n_bands)
        Levels from pictures and from audio; the bootstrap draws clips.
    """
    x, y = seen.astype(np.float64), heard.astype(np.float64)
    moments = [np.ones_like(x), x, y, x * x, y * y, x * y]
    totals = np.stack([moment.sum(axis=1) for moment in moments], axis=1)
    low, high = bootstrap(totals, _correlations)
    return pd.DataFrame(
        {
            "quantity": "band_correlation",
            "band": np.arange(x.shape[2]),
            "value": _correlations(totals.sum(axis=0, keepdims=True))[0],
            "ci_low": low,
            "ci_high": high,
            "n_units": len(x),
        }
    ).dropna()  # a band without any sound has none


def _correlations(sums: np.ndarray) -> np.ndarray:
    """Return correlations, (n, n_bands), from sums of 1, x, y, x², y², xy, (n, 6, n_bands)."""
    n, x, y, xx, yy, xy = np.moveaxis(sums, 1, 0)
    spread = np.sqrt(np.maximum(xx - x * x / n, 0) * np.maximum(yy - y * y / n, 0))
    return np.divide(xy - x * y / n, spread, out=np.full_like(xy, np.nan), where=spread > 0)


def _is_served_on_spectrograms(run_id: RunId) -> bool:
    representation = REPRESENTATIONS.get(run_id.representation)
    return (
        representation is not None
        and "mel" in representation.parts
        and run_id.representation in MODELS[run_id.model].served
        and run_id.protocol == PROTOCOL
        and run_id.variant is None
    )


def _rows_of(table: FeatureTable, tracks: Sequence[str]) -> np.ndarray:
    places = pd.Series(np.arange(len(table.rows)), index=table.rows["track_id"])
    return table.X[places[list(tracks)].to_numpy()]


def _live_rows(
    clips: Mapping[str, Path], representations: Sequence[str]
) -> dict[str, dict[str, np.ndarray]]:
    """Return each whole clip's row, by representation and track, as live prediction makes it."""
    rows: dict[str, dict[str, np.ndarray]] = {name: {} for name in representations}
    wanted = [REPRESENTATIONS[name] for name in representations]
    parts = frozenset().union(*(one.parts for one in wanted))
    lengths: tuple[WindowLength, ...] = (3, 30) if "segments" in parts else (30,)
    for track, path in clips.items():
        try:
            y = decode(path, sr=ANALYSIS.sr).y
        except AudioError as error:
            logger.warning("picture against audio: %s is left out: %s", track, error)
            continue
        if len(y) < MEL_CLIP.shortest:
            continue
        heard = Heard(y, sr=ANALYSIS.sr, lengths=lengths, parts=parts)
        for _ in heard.compute():
            pass
        for name, representation in zip(representations, wanted, strict=True):
            rows[name][track] = representation.row(heard, 0)
    return rows
