"""Probabilities of whole tracks, averaged over the models of a family and over families."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.artifacts import RunId, genres_of, probability_columns
from pipeline.splits import PROTOCOLS


@dataclass(frozen=True)
class FamilyProbabilities:
    """What each family of models makes of each track that one of them predicted.

    Attributes
    ----------
    genres : list of str
        Order of the last axis.
    tracks, genre : ndarray of shape (n_tracks,)
        Track ids in order, and their given genres.
    by_family : dict of str to ndarray of shape (n_tracks, n_genres)
        NaN where no model of the family predicted the track.
    average : ndarray of shape (n_tracks, n_genres)
        Mean over the families that predicted the track.
    """

    genres: list[str]
    tracks: np.ndarray
    genre: np.ndarray
    by_family: dict[str, np.ndarray]
    average: np.ndarray


def family_probabilities(
    predictions_by_run: Mapping[str, pd.DataFrame], families: Mapping[str, str]
) -> FamilyProbabilities:
    """Return the test probabilities of several runs, averaged by track, then family.

    Families count alike however many models they have, so that twelve forests do not outvote
    everything else.

    Parameters
    ----------
    predictions_by_run : mapping of str to DataFrame
        By run id, at least one; as ``artifacts.read_predictions`` gives them.
    families : mapping of str to str
        Model family of each run.

    Raises
    ------
    ValueError
        If a run has no probabilities, no family, other genres than the first or than those
        given, a protocol that lets models hear the tracks that they predict, or another genre for
        a track.
    """
    first = next(iter(predictions_by_run.values()))
    genres = genres_of(first)
    by_run, given = {}, []
    for run_id, predictions in predictions_by_run.items():
        _validate_run(run_id, predictions, families, genres)
        tested = predictions[predictions["part"] == "test"]
        columns = probability_columns(first)
        by_run[run_id] = tested[columns].astype(float).groupby(tested["track_id"]).mean()
        given.append(tested[["track_id", "y_true"]])
    labels = pd.concat(given).drop_duplicates().sort_values("track_id", ignore_index=True)
    if labels["track_id"].duplicated().any():
        track = labels["track_id"][labels["track_id"].duplicated()].iloc[0]
        raise ValueError(f"runs must agree on the given genres; they name two for {track}")
    by_family = {
        family: np.stack(
            [
                by_run[run_id].reindex(labels["track_id"]).to_numpy()
                for run_id in by_run
                if families[run_id] == family
            ]
        )
        for family in dict.fromkeys(families[run_id] for run_id in by_run)
    }
    averaged = {family: _mean_of_known(runs) for family, runs in by_family.items()}
    return FamilyProbabilities(
        genres=genres,
        tracks=labels["track_id"].to_numpy(dtype=object),
        genre=labels["y_true"].to_numpy(dtype=object),
        by_family=averaged,
        average=_mean_of_known(np.stack(list(averaged.values()))),
    )


def _validate_run(
    run_id: str, predictions: pd.DataFrame, families: Mapping[str, str], genres: list[str]
) -> None:
    """Refuse a run whose probabilities are missing, of other genres, or not out-of-fold."""
    if not probability_columns(predictions):
        raise ValueError(f"{run_id} stores no probabilities; leave it out")
    if genres_of(predictions) != genres:
        raise ValueError(
            f"runs must be of one data set: {run_id} predicts {', '.join(genres_of(predictions))}; "
            f"another {', '.join(genres)}"
        )
    unknown = sorted(set(predictions["y_true"]) - set(genres))
    if unknown:
        raise ValueError(f"{run_id} has no probability of {unknown[0]}, which is a given genre")
    if run_id not in families:
        raise ValueError(f"families must name one for each run; {run_id} has none")
    protocol = RunId.parse(run_id).protocol
    if protocol not in PROTOCOLS or "track" in PROTOCOLS[protocol].permits:
        raise ValueError(
            f"{run_id}: confident learning needs models that heard no segment of the track; "
            f"{protocol} does not ensure that. Pass runs of track_kfold, artist_3fold or official."
        )


def _mean_of_known(stacked: np.ndarray) -> np.ndarray:
    """Average over the first axis, leaving out NaN; NaN where nothing is known."""
    known = ~np.isnan(stacked)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
