"""What is wrong with a data set, as far as the results can count it, for the Help page."""

import pandas as pd

from dashboard.components.formats import format_count
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_dataset
from dashboard.state import Results
from dashboard.words import data_sentences, sentences


def fault_lines(results: Results, dataset: str) -> dict[str, str]:
    """Return what each fault is and how much of it these results count, by heading."""
    lines = {
        "Copies": _copies(results, dataset),
        "Wrong and doubtful labels": _labels(results, dataset),
        "What the published list leaves out": _left_out(results, dataset),
        "Artists on both sides": _artists(results, dataset),
    }
    return {heading: text for heading, text in lines.items() if text}


def _copies(results: Results, dataset: str) -> str:
    copies = rows_of_dataset(results, "duplicates", dataset)
    if copies.empty:
        return ""
    return (
        "Some recordings are in the collection twice, and a random split puts one of them into "
        f"training and the other into the test. {data_sentences.duplicates_sentence(copies)}"
    )


def _labels(results: Results, dataset: str) -> str:
    labels = rows_of_dataset(results, "suspicious_labels", dataset)
    if labels.empty:
        return ""
    n_tracks = int(results.datasets[dataset]["n_tracks"])
    said = (
        "Some songs carry a genre that few listeners would give them. Models that never heard a "
        f"song doubt the label of {format_count(len(labels))} of {format_count(n_tracks)} tracks"
    )
    agreed = int((labels["n_families_agree"] == labels["n_families"]).sum())
    return f"{said}; for {format_count(agreed)} of them every family of models doubts it."


def _left_out(results: Results, dataset: str) -> str:
    checks = rows_of_dataset(results, "label_checks", dataset)
    if checks.empty:
        return ""
    check = checks.iloc[0]
    left = int(check["n_listed_faulty"] + check["n_other_faulty"])
    total = int(check["n_listed"] + check["n_other"])
    return (
        f"The {check['checked_against']} leaves out {format_count(left)} of {format_count(total)} "
        "tracks as repeated, mislabelled or distorted."
    )


def _artists(results: Results, dataset: str) -> str:
    """Return how many songs remain for training when no artist may stand on both sides."""
    runs = results.runs[(results.runs["dataset"] == dataset) & (results.runs["variant"] == "")]
    trained = {
        name: _training_tracks(runs, name)
        for name in selection.supervised_protocols(results)
        if results.protocols[name]["independent_unit"] == "artist" and name in set(runs["protocol"])
    }
    if not trained:
        return ""
    listed = " and ".join(
        f"{format_count(number)} under “{selection.label(results, name)}”"
        for name, number in trained.items()
    )
    return (
        "Many songs are by few artists, and a model that has heard an artist's other songs "
        "recognises the voice or the studio. Keeping artists apart leaves fewer songs to learn "
        f"from: {listed}. {sentences.headline(results, dataset, 'track', selection.ALL)}"
    )


def _training_tracks(runs: pd.DataFrame, protocol: str) -> int:
    return int(runs.loc[runs["protocol"] == protocol, "n_training_tracks"].max())
