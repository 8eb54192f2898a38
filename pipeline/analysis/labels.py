"""Tracks whose genre is probably wrong, by confident learning on out-of-fold probabilities.

Confident learning estimates how often one genre is given where another is meant, and names the
tracks that most look so. It finds labels that disagree with what the models make of the sound:
whether a label is wrong is for ears to decide. The published list that suspicions are checked
against must not be republished: only counts of it leave this module.

References
----------
Northcutt, Jiang & Chuang, 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels",
Journal of Artificial Intelligence Research 70.
"""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from pipeline.analysis.track_probabilities import FamilyProbabilities, family_probabilities
from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import Dataset

CHECKED_AGAINST = "fault-filtered list"


def suspicious_labels(
    dataset_name: str,
    predictions_by_run: Mapping[str, pd.DataFrame],
    families: Mapping[str, str],
    duplicate_tracks: Collection[str],
) -> pd.DataFrame:
    """Return the tracks whose genre is probably wrong, most suspicious (largest margin) first.

    Parameters
    ----------
    dataset_name : str
    predictions_by_run : mapping of str to DataFrame
        By run id, as ``artifacts.read_predictions`` gives them. Every track must have been
        predicted by models that heard none of it. Runs of a family are averaged, then families.
    families : mapping of str to str
        Model family of each run; leave the dummy out.
    duplicate_tracks : collection of str
        Tracks that have a copy.

    Returns
    -------
    DataFrame
        Columns of the analysis "suspicious_labels". ``n_families_agree`` counts the families
        whose own most probable genre is the suggested one, among the ``n_families`` that
        predicted the track.

    Raises
    ------
    ValueError
        If a run has no probabilities, no family, other genres than the others, a protocol that
        lets models hear the track, or another genre for a track.
    """
    columns = list(ANALYSES["suspicious_labels"].columns)
    if not predictions_by_run:
        return pd.DataFrame(columns=columns)
    mean = family_probabilities(predictions_by_run, families)
    given = np.array([mean.genres.index(genre) for genre in mean.genre], dtype=int)
    suggested = label_issues(given, mean.average)
    flagged = np.flatnonzero(suggested >= 0)
    table = _evidence(mean, given, suggested, flagged)
    table["dataset"] = dataset_name
    table["duplicate"] = table["track_id"].isin(list(duplicate_tracks))
    table = table.sort_values(["margin", "track_id"], ascending=[False, True], ignore_index=True)
    table["rank"] = np.arange(1, len(table) + 1)
    return table[columns]


def confident_joint(given: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return counts of samples by given genre (rows) and the genre they confidently are (columns).

    A sample is confidently of genre j if its probability of j reaches the mean probability of j
    among the samples given as j; of several such genres the most probable counts. Samples that
    reach no threshold are not counted.

    Parameters
    ----------
    given : ndarray of shape (n_samples,)
        Index of the given genre.
    probabilities : ndarray of shape (n_samples, n_genres)

    Returns
    -------
    ndarray of shape (n_genres, n_genres), int64
    """
    n_genres = probabilities.shape[1]
    thresholds = np.full(n_genres, np.inf)  # a genre that is never given has no threshold to reach
    for genre in np.unique(given):
        thresholds[genre] = probabilities[given == genre, genre].mean()
    # A mean of equal probabilities may exceed them by a rounding error.
    above = probabilities >= thresholds - 1e-9
    confident = np.where(above, probabilities, -np.inf).argmax(axis=1)
    counts = np.zeros((n_genres, n_genres), dtype=np.int64)
    counted = above.any(axis=1)
    np.add.at(counts, (given[counted], confident[counted]), 1)
    return counts


def label_issues(given: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return the suggested genre of each sample whose label is probably wrong, -1 for the others.

    The confident joint, scaled to the number of samples of each given genre, says how many
    samples given as i are j; those with the largest margin p(j) - p(i) are named ("prune by noise
    rate"), provided that the margin is positive. A sample named for several genres keeps the
    most probable.

    Parameters
    ----------
    given : ndarray of shape (n_samples,)
        Index of the given genre.
    probabilities : ndarray of shape (n_samples, n_genres)

    Returns
    -------
    ndarray of shape (n_samples,), int64
    """
    joint = confident_joint(given, probabilities).astype(float)
    suggested = np.full(len(given), -1)
    margin_of_suggested = np.zeros(len(given))
    for i, j in zip(*np.nonzero(joint), strict=True):
        if i == j:
            continue
        labelled = np.flatnonzero(given == i)
        n_wrong = round(joint[i, j] / joint[i].sum() * len(labelled))
        margin = probabilities[labelled, j] - probabilities[labelled, i]
        named = np.argsort(-margin, kind="stable")[:n_wrong]
        named = named[margin[named] > margin_of_suggested[labelled[named]]]
        suggested[labelled[named]] = j
        margin_of_suggested[labelled[named]] = margin[named]
    return suggested


def label_checks(
    dataset: Dataset, suspicious: pd.DataFrame, *, judged: Collection[str] | None = None
) -> pd.DataFrame:
    """Return how many of the suspicious tracks, and of the others, the fault-filtered list omits.

    Parameters
    ----------
    dataset : Dataset
    suspicious : DataFrame
        With a column ``track_id``.
    judged : collection of str, optional
        The tracks that could have been listed; by default all of the data set.

    Returns
    -------
    DataFrame
        Columns of the analysis "label_checks"; one row, or none without a fault-filtered list.
        ``p`` is Fisher's exact test, two-sided. The list also omits repeated and distorted
        clips, so a share of 1 is not to be expected.

    Raises
    ------
    ValueError
        If a suspicious track is not among those judged.
    """
    from scipy.stats import fisher_exact

    columns = list(ANALYSES["label_checks"].columns)
    if dataset.fault_filtered is None:
        # Typed, so that joining it to another data set's row leaves numbers numbers.
        numbers = dict.fromkeys(columns[2:-1], "int64")
        return pd.DataFrame(columns=columns).astype(numbers | {"p": "float64"})
    if judged is None:
        judged = {track for table in dataset.tables.values() for track in table.rows["track_id"]}
    listed, everything = set(suspicious["track_id"]), set(judged)
    if not listed <= everything:
        raise ValueError(
            f"suspicious tracks must be among the {len(everything)} judged ones; "
            f"{min(listed - everything)} is not. Pass the tracks that were predicted."
        )
    faulty = everything - set(dataset.fault_filtered["track_id"])
    n_listed, n_other = len(listed), len(everything) - len(listed)
    n_listed_faulty, n_other_faulty = len(listed & faulty), len(faulty - listed)
    counts = [
        [n_listed_faulty, n_listed - n_listed_faulty],
        [n_other_faulty, n_other - n_other_faulty],
    ]
    p = float(fisher_exact(counts).pvalue)
    row = (dataset.name, CHECKED_AGAINST, n_listed, n_listed_faulty, n_other, n_other_faulty, p)
    return pd.DataFrame([row], columns=columns)


def _evidence(
    mean: FamilyProbabilities, given: np.ndarray, suggested: np.ndarray, flagged: np.ndarray
) -> pd.DataFrame:
    """Say of each flagged track what it is called, what it seems to be, and who thinks so."""
    of_given = mean.average[flagged, given[flagged]]
    of_suggested = mean.average[flagged, suggested[flagged]]
    own_top = np.stack(
        [
            np.where(np.isnan(p[flagged]).any(axis=1), -1, p[flagged].argmax(axis=1))
            for p in mean.by_family.values()
        ]
    )
    return pd.DataFrame(
        {
            "track_id": mean.tracks[flagged],
            "genre": mean.genre[flagged],
            "suggested": np.array(mean.genres, dtype=object)[suggested[flagged]],
            "confidence_given": of_given,
            "confidence_suggested": of_suggested,
            "margin": of_suggested - of_given,
            "n_families_agree": (own_top == suggested[flagged]).sum(axis=0),
            "n_families": (own_top >= 0).sum(axis=0),
        }
    )
