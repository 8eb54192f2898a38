"""Whether served models keep their answer when a clip is altered, and whether they are right.

Every whole clip with audio is altered and judged by a model that heard neither it nor anything by
its artist: the fold of ``artist_3fold`` that holds it out, or of ``track_kfold`` where a data set
has no folds by artist. Folds by artist cost three fits at most, ten folds of songs would let the
artist through, and the fault-filtered list trains on half of the clips with audio. Rows are made by
the code of live prediction, temperatures are the served models' own.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.analysis.altered_clips import CONDITIONS, Rows, held_out_answers, rows_of_clip
from pipeline.analysis.robustness_scores import robustness_scores
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import ANALYSES
from pipeline.audio import AUDIO_SUFFIXES, AudioError, decode
from pipeline.cache import Cache, digest, source_digest, versions
from pipeline.config import ANALYSIS
from pipeline.datasets import Dataset
from pipeline.evaluate import Unit
from pipeline.features.parameters import MEL_CLIP
from pipeline.plan import KEYED, Selection, planned_runs
from pipeline.served import feature_columns
from pipeline.served_rows import REPRESENTATIONS
from pipeline.splits import TrackGroups
from pipeline.tasks import Advance, Task, run_tasks

KIND = "robustness"
CLIPS_PER_GENRE = 6  # the first by name; two cores need about ten minutes for 60 clips
SOUND_PACKAGES = ("numpy", "scipy", "librosa", "soxr", "av", "soundfile")
# how a clip is opened: its key holds the samples that this gave
OPENING = frozenset(
    {"pipeline.audio", "pipeline.audio.clip", "pipeline.audio.errors", "pipeline.audio.recording"}
)
# what a key of answers holds by the keys of units and rows
FITTING = frozenset({"pipeline.evaluate", "pipeline.served_rows", "pipeline.audio.alterations"})

logger = logging.getLogger(__name__)


def robustness(
    dataset: Dataset,
    groups: TrackGroups,
    cards: Mapping[str, Mapping[str, Any]],
    selection: Selection,
    *,
    cache: Cache,
    advance: Advance,
) -> pd.DataFrame:
    """Return the analysis "robustness": empty where no model is served or there is no audio.

    Parameters
    ----------
    cards : mapping of served id to card
        Of all data sets; see ``artifacts.read_cards``.
    selection : Selection
        Its seed and its workers count.
    """
    planned = _planned(dataset, groups, cards, seed=selection.seed)
    nothing = pd.DataFrame(columns=list(ANALYSES[KIND].columns))
    if not planned:
        return nothing
    clips = whole_clips(dataset)
    tested = {t for own in planned.values() for unit, _ in own for t in _tested(unit)}
    clips = {track: y for track, y in clips.items() if track in tested}
    if not clips:
        logger.warning(
            "robustness: left out, there are no whole clips in %s. Unpack the archive's "
            "genres_original/ beside its tables.",
            dataset.audio or "the data set's folder",
        )
        return nothing
    representations = sorted({run_id.representation for run_id in planned})
    hearing = [_rows_task(track, y, representations) for track, y in clips.items()]
    heard = run_tasks(
        hearing, cache=cache, jobs=selection.jobs, advance=advance, kind="altered clips"
    )
    rows = dict(zip(clips, heard, strict=True))
    keys = {track: task.key for track, task in zip(clips, hearing, strict=True)}
    tasks = {
        run_id: [_answers_task(run_id, unit, key, rows, keys) for unit, key in own]
        for run_id, own in planned.items()
    }
    listed = [task for own in tasks.values() for task in own if task is not None]
    answers = iter(
        run_tasks(listed, cache=cache, jobs=selection.jobs, advance=advance, kind="robustness")
    )
    parts = []
    for run_id, own in tasks.items():
        found = [next(answers) for task in own if task is not None]
        if not found:
            continue  # none of the clips was held out from this model
        temperature = cards[run_id.served_id]["temperature"]
        windows = pd.concat(found, ignore_index=True)
        parts.append(robustness_scores(str(run_id), windows, groups.table, temperature))
    return pd.concat(parts, ignore_index=True)


def judging_protocol(dataset: Dataset) -> str:
    """Return the protocol whose folds judge the clips."""
    return "track_kfold" if dataset.artist_fold is None else "artist_3fold"


def whole_clips(dataset: Dataset) -> dict[str, np.ndarray]:
    """Return the samples of whole clips by track, at most six a genre.

    Whole is what fills the 30 s that models of spectrograms hear. What cannot be read, or is
    shorter, is left out.
    """
    if dataset.audio is None or not dataset.audio.is_dir():
        return {}
    rows = next(iter(dataset.tables.values())).rows
    genre = rows.drop_duplicates("track_id").set_index("track_id")["genre"]
    paths = {
        path.stem: path
        for path in sorted(dataset.audio.glob("*/*"))
        if path.suffix.lower() in AUDIO_SUFFIXES and path.stem in genre.index
    }
    kept = genre.loc[sorted(paths)].groupby(genre.loc[sorted(paths)]).head(CLIPS_PER_GENRE)
    clips = {track: _samples(paths[track]) for track in sorted(kept.index)}
    return {track: y for track, y in clips.items() if len(y) >= MEL_CLIP.shortest}


def _samples(path: Path) -> np.ndarray:
    try:
        return decode(path, sr=ANALYSIS.sr).y
    except AudioError as error:
        logger.warning("robustness: %s is left out: %s", path.stem, error)
        return np.zeros(0, dtype=np.float32)


def _planned(
    dataset: Dataset, groups: TrackGroups, cards: Mapping[str, Any], *, seed: int
) -> dict[RunId, list[tuple[Unit, str]]]:
    """Return the units with their keys of every served model, checked for leaks."""
    planned = {}
    for served_id in cards:
        name, representation, model = served_id.split(".")
        if name != dataset.name or representation not in dataset.tables:
            continue
        run_id = RunId(name, representation, model, judging_protocol(dataset))
        selection = Selection((model,), (run_id.protocol,), seed=seed, only=str(run_id))
        for run in planned_runs(dataset, groups, selection):
            planned[run.run_id] = list(zip(run.units, run.keys, strict=True))
    return planned


def _rows_task(track: str, y: np.ndarray, representations: Sequence[str]) -> Task:
    """Return the work of altering one clip and describing what comes out."""
    source = source_digest(
        ("pipeline.audio.alterations", "pipeline.audio.segments", "pipeline.served_rows"),
        KEYED | OPENING,
    )
    conditions = [list(condition) for condition in CONDITIONS]
    return Task(
        f"altered clips: {track}",
        digest(
            ["altered clip", y, asdict(ANALYSIS), list(representations), conditions],
            [source, versions(SOUND_PACKAGES)],
        ),
        rows_of_clip,
        {
            "y": y,
            "sr": ANALYSIS.sr,
            "representations": representations,
            "conditions": CONDITIONS,
        },
    )


def _answers_task(
    run_id: RunId, unit: Unit, key: str, rows: Mapping[str, Rows], keys: Mapping[str, str]
) -> Task | None:
    """Return the work of fitting one fold and asking it; None where it holds no clip out."""
    representation = REPRESENTATIONS[run_id.representation]
    held = sorted(_tested(unit) & set(rows))
    if not held:
        return None
    columns = None
    if representation.names:
        features, owner = unit.table.features, f"the table {run_id.representation}"
        columns = feature_columns(features, owner, known=representation.names)
    source = source_digest(("pipeline.analysis.altered_clips",), KEYED | FITTING)
    return Task(
        f"{run_id}, fold {unit.fold.number}",
        digest("answers to altered clips", key, [keys[track] for track in held], columns, source),
        held_out_answers,
        {
            "unit": unit,
            "clips": {
                track: {
                    condition: own[run_id.representation] for condition, own in rows[track].items()
                }
                for track in held
            },
            "columns": columns,
        },
    )


def _tested(unit: Unit) -> set[str]:
    return set(unit.table.rows["track_id"].iloc[unit.fold.test])
