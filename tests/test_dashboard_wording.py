"""Sentences where rows tie, values are missing, or there is one of a thing only."""

import pandas as pd
import pytest

from dashboard.rows.comparison import Compared
from dashboard.words import (
    cluster_sentences,
    compare_sentences,
    curve_sentences,
    data_sentences,
    model_sentences,
    sentences,
)
from dashboard.words.wording import counted, highest, joined, lowest, named

NEW = "new artist"
NAN = float("nan")


def test_counts_have_a_singular_and_thousands() -> None:
    assert counted(1, "model") == "1 model"
    assert counted(1200, "model") == "1,200 models"


def test_lists_of_one_two_and_three() -> None:
    assert [joined(list("abc"[:k])) for k in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert named(list("abcd"), "genre") == "4 genres"


def test_highest_and_lowest_keep_every_tie_and_no_missing_value() -> None:
    rows = pd.DataFrame({"v": [1.0, 3.0, NAN, 3.0, 1.0]})
    assert list(highest(rows, "v").index) == [1, 3]
    assert list(lowest(rows, "v").index) == [0, 4]
    assert highest(pd.DataFrame({"v": [NAN]}), "v").empty


def f1(values: dict[str, float]) -> pd.DataFrame:
    rows = [("f1", genre, value, value - 0.1, value + 0.1) for genre, value in values.items()]
    return pd.DataFrame(rows, columns=["metric", "genre", "value", "ci_low", "ci_high"])


def test_genres_that_tie_for_worst_are_all_named() -> None:
    scores = f1({"blues": 0.2, "disco": 0.2, "jazz": 0.9, "rock": NAN})
    said = model_sentences.genres_sentence(scores, NEW, "track")
    assert "Best at jazz (F1 0.90 [0.80, 1.00])" in said
    assert "worst at blues (F1 0.20 [0.10, 0.30]) and disco (F1 0.20 [0.10, 0.30])" in said


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"blues": 0.5}, "blues (F1 0.50 [0.40, 0.60]), under “new artist”, counting whole songs."),
        (
            {"blues": 0.5, "jazz": 0.5},
            "All alike: blues (F1 0.50 [0.40, 0.60]) and jazz (F1 0.50 [0.40, 0.60]), ",
        ),
        ({"blues": NAN}, "no scores by genre"),
    ],
)
def test_genres_that_are_alike_have_no_best_and_worst(
    values: dict[str, float], expected: str
) -> None:
    said = model_sentences.genres_sentence(f1(values), NEW, "track")
    assert expected in said
    assert "worst" not in said


def clusters(rows: list[list[int]]) -> pd.DataFrame:
    names = [f"Cluster {number + 1}" for number in range(len(rows))]
    return pd.DataFrame(rows, names, ["blues", "jazz"])


def test_composition_of_one_cluster_has_no_purest() -> None:
    said = model_sentences.composition_sentence(clusters([[3, 1]]), "songs")
    assert "The commonest genre of the one cluster has 75 %." in said


def test_composition_leaves_out_empty_clusters_and_names_ties() -> None:
    said = model_sentences.composition_sentence(clusters([[4, 0], [0, 2], [3, 1], [0, 0]]), "songs")
    assert "The purest, cluster 1 and cluster 2, are 100 % one genre each" in said
    assert "in the most mixed, cluster 3, the commonest genre (blues) has 75 %" in said
    assert "cluster 4" not in said


def stage_rows(values: dict[str, float]) -> pd.DataFrame:
    rows = [(name, value, value - 0.1, value + 0.1, "official") for name, value in values.items()]
    table = pd.DataFrame(rows, columns=["short", "value", "ci_low", "ci_high", "tested"])
    return table.assign(id=table["short"])


def test_single_way_of_testing_names_models_that_are_level() -> None:
    said = sentences.single(stage_rows({"A": 0.5, "B": 0.5, "C": 0.4}), stage_rows({}), "track")
    assert "A and B each reach accuracy 0.50 [0.40, 0.60]" in said
    one = sentences.single(stage_rows({"A": 0.5}), stage_rows({"A": 0.3}), "track")
    assert "A reaches accuracy 0.50 [0.40, 0.60], and macro-F1" in one


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"A": 0.5}, "The one model tested, A, names"),
        ({"A": 0.5, "B": 0.4}, "The best of 2 models, A, names"),
        ({"A": 0.5, "B": 0.5}, "The best of 2 models, level at the top, A and B, each name"),
    ],
)
def test_headline_says_who_is_best(values: dict[str, float], expected: str) -> None:
    assert sentences._who_is_best(stage_rows(values)) == expected


def areas(values: dict[str, float]) -> pd.DataFrame:
    return f1(values).assign(metric="roc_auc")


def test_ranking_names_ties_and_says_when_all_are_alike() -> None:
    said = curve_sentences.ranking_sentence(areas({"a": 0.9, "b": 0.9, "c": 0.5}), "roc_auc", NEW)
    assert "largest for a (0.90 [0.80, 1.00]) and b (0.90 [0.80, 1.00])" in said
    alike = curve_sentences.ranking_sentence(areas({"a": 0.9, "b": 0.9}), "roc_auc", NEW)
    assert "the same for every genre: 0.90" in alike


def test_abstention_with_one_level_says_nothing_of_a_half() -> None:
    level = {"coverage": [1.0], "threshold": [0.1], "accuracy": [0.5], "ci_low": [0.4]}
    said = curve_sentences.abstention_sentence(pd.DataFrame({**level, "ci_high": [0.6]}), NEW)
    assert "surest" not in said
    assert "it is right for 0.50 [0.40, 0.60] under “new artist”." in said


def drops(values: dict[str, float]) -> pd.DataFrame:
    return f1(values).rename(columns={"genre": "family"})


def test_permutation_of_one_family_and_of_two_that_tie() -> None:
    one = curve_sentences.permutation_sentence(drops({"MFCC": 0.3}), NEW)
    assert "accuracy falls by 0.30 [0.20, 0.40]. 1 of 1 families costs" in one
    two = curve_sentences.permutation_sentence(drops({"MFCC": 0.3, "chroma": 0.3}), NEW)
    assert "when MFCC and chroma features" in two
    assert "each, the most" in two


def test_trials_that_are_level_and_one_alone() -> None:
    trials = pd.DataFrame({"depth": [3, 5], "score": [0.5, 0.5], "score_sd": NAN, "n_folds": 3})
    said = curve_sentences.trials_sentence(trials, ["depth"], NEW)
    assert "rows is 0.50" in said
    assert "First of 2 that are level: depth = 3" in said
    assert "nan" not in said
    assert curve_sentences.trials_sentence(trials[:1], ["depth"], NEW).startswith("1 setting drawn")


def test_sweep_names_every_best_setting() -> None:
    points = pd.DataFrame(
        {
            "sweep": "n_neighbours", "protocol": "p", "value": [1, 3, 5],
            "accuracy": [0.4, 0.5, 0.5], "ci_low": 0.3, "ci_high": 0.6,
        }
    )  # fmt: skip
    assert "with 3 or 5 neighbours" in curve_sentences.sweep_sentence(points, {"p": NEW}, "p")


def compared(names: list[str]) -> Compared:
    return Compared(NEW, "track", pd.DataFrame({"id": names, "short": names}), ())


def by_genre(values: dict[tuple[str, str], float]) -> pd.DataFrame:
    rows = [(g, m, v, v - 0.1, v + 0.1) for (g, m), v in values.items()]
    return pd.DataFrame(rows, columns=["genre", "short", "value", "ci_low", "ci_high"])


def test_compared_genres_need_two_values_and_a_difference() -> None:
    both = compared(["A", "B"])
    lacking = by_genre({("blues", "A"): 0.5, ("blues", "B"): 0.4, ("jazz", "A"): 0.9})
    said = compare_sentences.genres_sentence(lacking, "recall", both)
    assert "furthest apart at blues" in said
    assert "closest" not in said
    level = by_genre({("blues", "A"): 0.5, ("blues", "B"): 0.5})
    assert "equal at every genre" in compare_sentences.genres_sentence(level, "recall", both)


def confusion(wrong: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame([[5, wrong[0]], [wrong[1], 5]], ["a", "b"], ["a", "b"])


def test_commonest_confusions_that_tie_are_all_named() -> None:
    one = compare_sentences.matrices_sentence({"A": confusion((2, 2))}, compared(["A"]))
    assert "The commonest confusion is a taken for b or b taken for a." in one
    two = {"A": confusion((2, 0)), "B": confusion((0, 2))}
    said = compare_sentences.matrices_sentence(two, compared(["A", "B"]))
    assert "No two models have the same commonest confusion." in said


def test_agreement_that_is_the_same_for_all_pairs() -> None:
    pairs = pd.DataFrame({"id_a": ["A", "A", "B"], "id_b": ["B", "C", "C"], "agreement": 0.5})
    said = compare_sentences.agreement_sentence(pairs, {name: name for name in "ABC"})
    assert "Any two models give the same answer for 50 % of songs." in said


def test_silhouettes_that_tie_name_both_numbers() -> None:
    points = pd.DataFrame({"n_clusters": [2, 3, 4], "silhouette": [0.5, 0.5, NAN]})
    assert "highest with 2 or 3 clusters (0.50)" in cluster_sentences.sweep_sentence(points, 9)


def test_matching_of_nothing_and_of_equals() -> None:
    matched = pd.DataFrame(
        {"genre": ["a", "b"], "n_matched": [1, 1], "n_cluster": [2, 2], "n_genre": [2, 2]}
    )
    assert "best for a (and 1 other as well)" in cluster_sentences.matching_sentence(matched, "x")
    nothing = cluster_sentences.matching_sentence(matched[:0], "x")
    assert "0 of 0 (–)" in nothing  # noqa: RUF001 (an en dash is what stands for "no number")


def test_counts_of_genres_name_or_count_those_that_tie() -> None:
    counts = pd.Series({"a": 9, "b": 10, "c": 10, "d": 10, "e": 10})
    said = data_sentences.genres_sentence(counts, "songs")
    assert "from 9 (a) to 10 (4 genres)" in said
    assert "always names one of the largest" in said
    assert data_sentences.genres_sentence(counts[:1], "songs") == "9 songs in 1 genre."


def quantiles(medians: list[float]) -> pd.DataFrame:
    table = pd.DataFrame({"p50": medians, "genre": list("abc"[: len(medians)]), "family": "f"})
    return table.assign(p25=table["p50"] - 1, p75=table["p50"] + 1)


def test_medians_that_tie_or_are_missing() -> None:
    tied = data_sentences.distribution_sentence(quantiles([1.0, 5.0, 5.0]), "x")
    assert "highest for b and c (5) and lowest for a (1)." in tied
    assert "overlap" not in tied
    assert "for every genre" in data_sentences.distribution_sentence(quantiles([1.0, 1.0]), "x")
    assert "no known values" in data_sentences.distribution_sentence(quantiles([NAN]), "x")


def test_correlations_without_a_value_are_no_pairs() -> None:
    pairs = pd.DataFrame(
        {"feature_a": list("abc"), "feature_b": list("xyz"), "correlation": [1.0, -1.0, NAN]}
    )
    said = data_sentences.correlation_sentence(pairs, 4)
    assert said.startswith("2 of 2 pairs of 4 features")
    assert "first of 2 that are level are a and x (1.00)" in said
    assert "No pair" in data_sentences.correlation_sentence(pairs[2:], 4)
