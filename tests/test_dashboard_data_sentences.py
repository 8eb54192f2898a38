"""Sentences of the Data page: counts, quantiles and lists as they were given."""

import pandas as pd
import pytest

from dashboard.components.formats import MINUS
from dashboard.words import data_sentences

LABELS = pd.DataFrame({"n_families_agree": [6, 6, 3], "n_families": 6})
CHECK = pd.DataFrame(
    [("gtzan", "list of faults", 20, 10, 180, 18, 0.00001)],
    columns=[
        "dataset", "checked_against", "n_listed", "n_listed_faulty", "n_other", "n_other_faulty",
        "p",
    ],
)  # fmt: skip


def test_genres_of_equal_size_say_so() -> None:
    said = data_sentences.genres_sentence(pd.Series({"blues": 100, "rock": 100}), "songs")
    assert said == "200 songs in 2 genres, 100 in each."


def test_genres_of_unequal_size_give_the_score_of_the_largest() -> None:
    counts = pd.Series({"Rock": 300, "Folk": 60, "Jazz": 40})
    said = data_sentences.genres_sentence(counts, "songs", pd.Series({"Rock": 900, "Folk": 200}))
    assert "from 40 (Jazz) to 300 (Rock)" in said
    assert "right for 75 %" in said
    assert "1,100 rows" in said


@pytest.mark.parametrize(("p75", "verdict"), [(1.9, "do not overlap"), (2.1, "overlap")])
def test_distribution_compares_the_middle_halves(p75: float, verdict: str) -> None:
    rows = pd.DataFrame(
        {"genre": ["low", "high"], "family": "rhythm", "p25": [0.5, 2.0], "p50": [-1.25, 3000.0],
         "p75": [p75, 4000.0]}
    )  # fmt: skip
    said = data_sentences.distribution_sentence(rows, "tempo")
    assert f"highest for high (3,000) and lowest for low ({MINUS}1.25)" in said
    assert f"these two {verdict}." in said


def test_correlation_counts_both_directions() -> None:
    pairs = pd.DataFrame(
        {"feature_a": ["a", "a", "b"], "feature_b": ["b", "c", "c"],
         "correlation": [-0.95, 0.9, 0.2]}
    )  # fmt: skip
    said = data_sentences.correlation_sentence(pairs, 3)
    assert said.startswith("2 of 3 pairs of 3 features")
    assert f"a and b ({MINUS}0.95)" in said


def test_duplicates_name_the_conflicting_group() -> None:
    copies = pd.DataFrame(
        {"group": [0, 0, 1, 1], "track_id": ["a1", "a2", "b1", "c1"],
         "conflicting": [False, False, True, True]}
    )  # fmt: skip
    said = data_sentences.duplicates_sentence(copies)
    assert "4 tracks are copies of one another, in 2 groups." in said
    assert "1 group has more than one genre: b1 = c1." in said
    assert "No group has" in data_sentences.duplicates_sentence(copies.iloc[:2])


def test_suspicious_labels_are_checked_without_a_claim() -> None:
    said = data_sentences.suspicious_sentence(LABELS, CHECK, 200)
    assert "the genre of 3 of 200 tracks" in said
    assert "For 2 of them every model family" in said
    assert "leaves out 10 of 20 of these (50 %) and 18 of 180 of the other tracks (10 %" in said
    assert "p < 0.001" in said
    assert "does not say how many labels are wrong" in said


def test_suspicious_labels_without_a_list_say_so() -> None:
    said = data_sentences.suspicious_sentence(LABELS, CHECK.iloc[:0], 200)
    assert "no published list" in said


def test_absence_tells_nothing_found_from_nothing_computed() -> None:
    assert "No two tracks of FMA" in data_sentences.absence(True, "duplicates", "FMA")
    assert "make results" in data_sentences.absence(False, "duplicates", "FMA")
    assert "make results" in data_sentences.absence(True, "feature_correlations", "FMA")


@pytest.mark.parametrize(
    ("value", "text"), [(0.0123456, "0.0123"), (-4.0, f"{MINUS}4"), (12345.6, "12,346"), (0, "0")]
)
def test_quantity_has_three_digits(value: float, text: str) -> None:
    assert data_sentences.quantity(value) == text
