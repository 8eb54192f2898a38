"""What the live page says of models that may be served: when they disagree, and their sets of 90 %.

Everything is measured on the test tracks of the strictest protocol of the data set, as the honest
accuracy on a model's card is; for GTZAN these are new artists without the known faults.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.analysis.conformal import TARGET
from pipeline.analysis.tracks import Tracks, cross_fit, tracks_of
from pipeline.artifacts.analysis import ANALYSES
from pipeline.assess import resampled_unit
from pipeline.cache import Cache, digest, source_digest, versions
from pipeline.calibration import fitted_temperature, is_pool, tempered
from pipeline.intervals import share_intervals
from pipeline.models import MODELS
from pipeline.plan import KEYED
from pipeline.scoring import scored_rows
from pipeline.served_rows import REPRESENTATIONS
from pipeline.splits import PROTOCOLS, TrackGroups
from pipeline.tasks import Advance, Jobs, Task, run_tasks
from pipeline.train import Run


def served_answer_tables(
    dataset: str,
    groups: TrackGroups,
    runs: Sequence[Run],
    *,
    cache: Cache,
    jobs: Jobs,
    advance: Advance,
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield kind and table for the models of a data set that can be fed from audio."""
    honest = honest_runs(runs)
    tasks = [*_set_tasks(groups, honest), *_pair_tasks(dataset, groups, honest)]
    made = run_tasks(
        [task for _, task in tasks],
        cache=cache,
        jobs=jobs,
        advance=advance,
        kind=f"served answers of {dataset}",
    )
    for (kind, _), table in zip(tasks, made, strict=True):
        yield kind, table


def honest_runs(runs: Sequence[Run]) -> list[Run]:
    """Return the plain runs of models that audio can feed, under the strictest protocol of all."""
    fed = [
        run
        for run in runs
        if run.run_id.representation in REPRESENTATIONS
        and run.run_id.variant is None
        and MODELS[run.run_id.model].technique != "unsupervised"
        and artifacts.probability_columns(run.predictions)
    ]
    strictest = max((PROTOCOLS[run.run_id.protocol].order for run in fed), default=0)
    return [run for run in fed if PROTOCOLS[run.run_id.protocol].order == strictest]


def _set_tasks(groups: TrackGroups, runs: Sequence[Run]) -> Iterator[tuple[str, Task]]:
    for run in runs:
        name, group = str(run.run_id), resampled_unit(run.run_id.protocol, groups)
        key = digest("set threshold", name, run.key, group, _source(), versions())
        arguments = {"run_id": name, "predictions": run.predictions, "group_of_track": group}
        yield "set_thresholds", Task(f"set of {name}", key, set_threshold, arguments)


def _pair_tasks(
    dataset: str, groups: TrackGroups, runs: Sequence[Run]
) -> Iterator[tuple[str, Task]]:
    declared = sorted(
        str(run.run_id)
        for run in runs
        if run.run_id.representation in MODELS[run.run_id.model].served
    )
    if not declared:
        return
    protocol = runs[0].run_id.protocol
    group = resampled_unit(protocol, groups)
    arguments: dict[str, Any] = {
        "dataset": dataset,
        "protocol": protocol,
        "predictions": {str(run.run_id): run.predictions for run in runs},
        "declared": declared,
        "group_of_track": group,
    }
    keys = [[str(run.run_id), run.key] for run in runs]
    key = digest("disagreements", dataset, keys, declared, group, _source())
    yield "disagreements", Task(f"disagreements on {dataset}", key, disagreements, arguments)


def _source() -> str:
    return source_digest((__name__,), KEYED | {"pipeline.assess", "pipeline.train"})


def set_threshold(
    run_id: str, predictions: pd.DataFrame, group_of_track: pd.Series, target: float = TARGET
) -> pd.DataFrame:
    """Return one row of the analysis "set_thresholds": what a served model's set takes in.

    A genre is in the set when its probability, calibrated as the served model's and averaged over
    the windows, is at least ``threshold``: the conformal rule with one minus the probability as
    score. The threshold comes from the validation part, where there is one, else from all tested
    tracks; coverage is of the tested tracks and, without a validation part, by cross-fitting. The
    temperature was fitted on the same validation tracks, so the promise of the theory is not quite
    kept; what the page says is the measured coverage.

    Parameters
    ----------
    predictions : DataFrame
        As ``artifacts.read_predictions`` returns them.
    group_of_track : Series
        By track_id, the number of the independent unit that the interval resamples.
    target : float
        Share of tracks whose set shall hold the true genre.

    References
    ----------
    Papadopoulos et al. 2002, "Inductive Confidence Machines for Regression".
    """
    temperature = _temperature(run_id, predictions)
    tracks = _tempered(tracks_of(predictions, group_of_track), temperature)
    of_true = tracks.y_proba[np.arange(len(tracks.y_true)), tracks.y_true]
    plan = cross_fit(tracks)
    sets = np.zeros((tracks.n_tested, len(tracks.genres)), dtype=bool)
    for fit, tested in plan.parts:
        sets[tested] = tracks.y_proba[tested] >= conformal_threshold(of_true[fit], target)
    set_apart = of_true[tracks.n_tested :]
    known = set_apart if len(set_apart) else of_true
    y_true = tracks.tested.y_true
    covered = sets[np.arange(tracks.n_tested), y_true]
    everything = np.ones((tracks.n_tested, 1))
    coverage, low, high = share_intervals(tracks.tested.group, everything, covered)
    row = {
        "id": run_id,
        "target": target,
        "temperature": temperature,
        "threshold": conformal_threshold(known, target),
        "coverage": coverage[0],
        "ci_low": low[0],
        "ci_high": high[0],
        "mean_size": sets.sum(axis=1).mean(),
        "n": tracks.n_tested,
        "calibrated_on": plan.fitted_on,
    }
    return pd.DataFrame([row], columns=list(ANALYSES["set_thresholds"].columns))


def conformal_threshold(of_true: np.ndarray, target: float) -> float:
    """Return the least probability of a genre in the set, from those of true genres elsewhere.

    The k-th largest with k = ceil(target (n + 1)); 0, every genre, where there are too few. Where
    that is a whole number crepes, which makes ``prediction_sets``, takes in one value more: it
    counts a p-value that equals the level.
    """
    k = int(np.ceil(target * (len(of_true) + 1) - 1e-9))
    return float(np.sort(of_true)[::-1][k - 1]) if k <= len(of_true) else 0.0


def disagreements(
    dataset: str,
    protocol: str,
    predictions: Mapping[str, pd.DataFrame],
    declared: Sequence[str],
    group_of_track: pd.Series,
) -> pd.DataFrame:
    """Return the analysis "disagreements": every two models, one of them declared as served.

    Answers are those that accuracies count: the genre with the highest mean probability.
    """
    scored = {name: scored_rows(own, "track", group_of_track) for name, own in predictions.items()}
    tracks = {name: _tested_tracks(own) for name, own in predictions.items()}
    rows = []
    for a, b in combinations(scored, 2):
        if not {a, b} & {*declared} or not tracks[a].equals(tracks[b]):
            continue
        one, other = scored[a], scored[b]
        differ = one.y_pred != other.y_pred
        member = np.column_stack([np.ones(len(differ)), differ])
        apart = [values[0] for values in share_intervals(one.group, member, differ)]
        right_a, right_b = (
            [values[1] for values in share_intervals(one.group, member, own.y_pred == own.y_true)]
            for own in (one, other)
        )
        numbers = [len(differ), int(differ.sum()), *apart, *right_a, *right_b]
        rows.append([dataset, protocol, a, b, *numbers])
    return pd.DataFrame(rows, columns=list(ANALYSES["disagreements"].columns))


def _tested_tracks(predictions: pd.DataFrame) -> pd.Index:
    tested = predictions.loc[predictions["part"] == "test", "track_id"]
    return pd.Index(sorted(tested.unique()))


def _temperature(run_id: str, predictions: pd.DataFrame) -> float:
    """Return the temperature of a run's probabilities.

    With a validation part it is that of the served model's card, see ``pipeline.serve``; without
    one it is fitted on the tested tracks of this run, where the card's is of "track_kfold".
    """
    if is_pool(run_id.split(".")[2]):
        return 1.0
    part = "validation" if (predictions["part"] == "validation").any() else "test"
    return fitted_temperature(predictions, part=part)


def _tempered(tracks: Tracks, temperature: float) -> Tracks:
    """Return tracks with calibrated probabilities, window by window as live ones are."""
    return replace(tracks, y_proba=tracks.averaged(tempered(tracks.row_proba, temperature)))
