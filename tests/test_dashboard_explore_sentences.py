"""What Explore says: ties, one model, nothing strong, missing costs, no mistakes."""

import math

import numpy as np
import pandas as pd
import pytest

from dashboard.rows.costs import COSTS, with_costs
from dashboard.state import Results
from dashboard.words import explore_quality_sentences as quality
from dashboard.words import explore_sentences as said

TESTED = "new artist"


def runs(*rows: tuple[str, float, float | None]) -> pd.DataFrame:
    """Return runs of a name, an accuracy and a cost."""
    return pd.DataFrame(
        [
            {
                "id": name, "short": name, "value": value, "ci_low": value - 0.1,
                "ci_high": value + 0.1, "stored": cost,
            }
            for name, value, cost in rows
        ]
    )  # fmt: skip


def costed(table: pd.DataFrame, cost: str = "training") -> pd.DataFrame:
    """Return runs with what ``with_costs`` adds, from metadata that say nothing else."""
    field = COSTS[cost].field
    metadata = {
        row["id"]: {field: row["stored"]}
        if pd.notna(row["stored"])
        else {field: None, "missing": {field: "a network is measured as ONNX, and is not served"}}
        for _, row in table.iterrows()
    }
    results = Results(
        folder=None, content={}, runs=table, scores=table, metadata=metadata, outcomes={},  # type: ignore[arg-type]  # only metadata is read
        datasets={}, representations={}, protocols={}, run={},
    )  # fmt: skip
    return with_costs(results, table, COSTS[cost])


def test_front_holds_what_nothing_beats() -> None:
    table = costed(runs(("slow", 0.6, 100.0), ("quick", 0.5, 1.0), ("worse", 0.4, 5.0)))
    assert list(table["front"]) == [True, True, False]


def test_equal_models_stand_on_the_front_together_and_dearer_equals_do_not() -> None:
    table = costed(runs(("a", 0.5, 1.0), ("b", 0.5, 1.0), ("dearer", 0.5, 2.0)))
    assert list(table["front"]) == [True, True, False]


def test_front_agrees_with_a_comparison_of_every_pair() -> None:
    rng = np.random.default_rng(0)
    values, costs = rng.integers(0, 12, 60) / 12, rng.integers(1, 12, 60)
    names = [f"m{k}" for k in range(60)]
    table = costed(runs(*zip(names, map(float, values), map(float, costs), strict=True)))
    for place in range(60):
        beaten = (
            (values >= values[place]) & (costs <= costs[place])
            & ((values > values[place]) | (costs < costs[place]))
        ).any()  # fmt: skip
        assert table["front"][place] == (not beaten)


def test_cost_sentence_names_front_bargain_and_what_has_no_cost() -> None:
    table = costed(
        runs(("net", 0.6, 100.0), ("tree", 0.58, 1.0), ("dummy", 0.1, 0.01), ("big", 0.55, None))
    )
    text = quality.cost_sentence(table, COSTS["training"], TESTED)
    assert "all 3 models are beaten by none that costs no more" in text
    assert "net (0.60 [0.50, 0.70], 1 min 40 s), tree" in text
    assert "tree comes within 3 points of the best at 1/100 of its cost" in text
    assert "1 model has no stored number: a network is measured as ONNX" in text


def test_cost_sentence_of_one_model_and_of_none() -> None:
    one = quality.cost_sentence(costed(runs(("tree", 0.5, 2.0))), COSTS["training"], TESTED)
    assert one == (
        "Counting whole songs under “new artist”, the one model with a stored training time is "
        "tree (0.50 [0.40, 0.60], 2.0 s)."
    )
    none = quality.cost_sentence(costed(runs(("tree", 0.5, None))), COSTS["training"], TESTED)
    assert none == "Under “new artist” no model has a stored training time."


@pytest.mark.parametrize(
    ("cost", "value", "text"),
    [("training", 0.002, "2 ms"), ("training", 100.0, "100 s"), ("size", 1e6, "1 MB"),
     ("size", 100.0, "100 B"), ("answer", 0.01, "0.01 ms")],
)  # fmt: skip
def test_ticks_are_round_numbers_with_units(cost: str, value: float, text: str) -> None:
    assert COSTS[cost].tick(value) == text


def pairs(*correlations: float) -> pd.DataFrame:
    names = [f"f{k}" for k in range(len(correlations))]
    return pd.DataFrame({"feature_a": names, "feature_b": "other", "correlation": correlations})


def test_pairs_sentence_names_the_strong_pairs_with_their_sign() -> None:
    text = said.pairs_sentence(pairs(-0.95, 0.9, 0.5), 4, clustered=False)
    assert text.startswith("2 of 3 pairs of 4 features correlate at 0.9 or beyond")
    assert "f0 and other (−0.95); f1 and other (0.90)." in text  # noqa: RUF001 (a minus sign)
    many = said.pairs_sentence(pairs(*[0.97] * 9), 10, clustered=True)
    assert "direction: among them f0" in many and "f3" not in many  # all are as strong
    ordered = said.pairs_sentence(pairs(0.99, 0.98, 0.97, 0.96), 5, clustered=True)
    assert "direction: first f0" in ordered and "f3" not in ordered


def test_pairs_sentence_where_nothing_is_strong_and_where_one_pair_is() -> None:
    one = said.pairs_sentence(pairs(0.3), 2, clustered=False)
    assert one.startswith("The one pair of 2 features does not correlate at 0.9 or beyond")
    assert said.pairs_sentence(pairs(0.92), 2, clustered=False).startswith(
        "The one pair of 2 features correlates at 0.9 or beyond, in either direction: f0 and other"
    )
    assert said.pairs_sentence(pairs(0.3, 0.2), 3, clustered=False).startswith(
        "None of 2 pairs of 3 features correlates"
    )
    assert "1 of 2 pairs of 3 features correlates" in said.pairs_sentence(
        pairs(0.92, 0.1), 3, clustered=False
    )


def test_plane_sentence_says_what_is_left_out_and_one_feature_twice() -> None:
    assert "100 points drawn (of 1,000)" in said.plane_sentence(100, 1000, ("a", "b"), 0.5)
    assert "correlate at 0.50" in said.plane_sentence(10, 10, ("a", "b"), 0.5)
    assert "correlate" not in said.plane_sentence(10, 10, ("a", "b"), None)
    unknown = said.plane_sentence(10, 10, ("a", "b"), math.nan)
    assert unknown == said.plane_sentence(10, 10, ("a", "b"), None)
    assert said.plane_sentence(1, 1, ("a", "b"), None).startswith("The one point is a song,")
    assert said.plane_sentence(0, 0, ("a", "b"), 0.5) == "Of no song here both a and b are stored."
    assert "same feature" in said.plane_sentence(10, 10, ("a", "a"), None)


def costs_of(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    """Return rows of a name, a mean cost, the distance of mistakes and an accuracy."""
    return pd.DataFrame(
        [
            {
                "short": name, "cost": cost, "cost_low": cost, "cost_high": cost,
                "mistake_distance": distance, "value": value, "ci_low": value, "ci_high": value,
            }
            for name, cost, distance, value in rows
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("distance", "words"),
    [(0.8, "fall on near genres (mean distance 0.80 of an average mistake)"),
     (1.2, "fall on far genres"), (1.0, "as far away as average (1.00)"),
     (math.nan, "It makes no mistakes.")],
)  # fmt: skip
def test_mistakes_are_near_far_average_or_none(distance: float, words: str) -> None:
    text = quality.costs_of_mistakes_sentence(costs_of(("net", 0.2, distance, 0.7)), TESTED, 1)
    assert words in text and "Drawn" not in text and "Most often" not in text


def test_the_most_accurate_model_is_named_where_it_is_another() -> None:
    rows = costs_of(("near", 0.2, 0.7, 0.6), ("sharp", 0.3, 1.0, 0.7))
    text = quality.costs_of_mistakes_sentence(rows, TESTED, 1)
    assert "Most often right is sharp (0.70 [0.70, 0.70])" in text
    assert text.endswith("Drawn: the first 1 of 2 models.")


def test_models_level_in_cost_are_all_named_and_one_model_is_the_least_of_none() -> None:
    level = costs_of(("a", 0.3, 0.8, 0.6), ("b", 0.3, math.nan, 0.6), ("c", 0.4, 1.0, 0.6))
    text = quality.costs_of_mistakes_sentence(level, TESTED, 3)
    assert "a song costs a 0.30 [0.30, 0.30] and b 0.30 [0.30, 0.30] on average" in text
    assert "the least of 3 models, at accuracy 0.60 [0.60, 0.60] and 0.60" in text
    assert "The mistakes of a fall on near genres" in text and "b makes no mistakes." in text
    assert "Most often" not in text  # none is right more often than these
    one = quality.costs_of_mistakes_sentence(level.head(1), TESTED, 1)
    assert "least" not in one and "Its mistakes fall on near genres" in one
    many = costs_of(*[(f"m{k}", 0.3, 0.8, 0.6) for k in range(5)])
    assert "costs each of 5 models 0.30 on average" in quality.costs_of_mistakes_sentence(
        many, TESTED, 5
    )
    sharper = costs_of(("a", 0.2, 0.7, 0.6), ("b", 0.3, 1.0, 0.7), ("c", 0.4, 1.0, 0.7))
    assert "Most often right are b (0.70 [0.70, 0.70]) and c (0.70" in (
        quality.costs_of_mistakes_sentence(sharper, TESTED, 3)
    )
    assert quality.costs_of_mistakes_sentence(costs_of(("a", math.nan, 1, 0.5)), TESTED, 1) == (
        "Under “new artist” no model has a stored cost of its mistakes."
    )


def distances(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["genre_a", "genre_b", "distance"])


def test_nearest_and_farthest_genres_with_ties_one_pair_and_none_stored() -> None:
    three = distances(("a", "b", 0.5), ("a", "c", 1.0), ("b", "c", 1.5))
    assert quality.distances_sentence(three, "MFCC").startswith(
        "By MFCC, a and b lie nearest (0.50), b and c farthest apart (1.50);"
    )
    ties = distances(("a", "b", 0.5), ("c", "d", 0.5), ("b", "c", 1.5))
    assert "a with b and c with d lie nearest (0.50), b and c" in quality.distances_sentence(
        ties, "x"
    )
    assert "all 2 pairs of genres lie equally far apart (1.00)" in quality.distances_sentence(
        distances(("a", "b", 1.0), ("a", "c", 1.0)), "x"
    )
    one = quality.distances_sentence(distances(("a", "b", 1.0)), "x")
    assert one.startswith("By x, a and b are the one pair of genres, 1.00 apart;")
    none = quality.distances_sentence(distances(("a", "b", math.nan)), "x")
    assert none == "By x, no distance between genres is stored."


def test_a_bargain_that_two_models_share_names_both() -> None:
    table = costed(runs(("net", 0.6, 100.0), ("a", 0.58, 1.0), ("b", 0.58, 1.0)))
    text = quality.cost_sentence(table, COSTS["training"], TESTED)
    assert "a and b come within 3 points of the best at 1/100 of its cost" in text


def test_answers_of_one_song_and_of_none() -> None:
    assert "names 1 of 1 song rightly" in said.answers_sentence(None, 1, 1, "net", TESTED)
    assert said.answers_sentence(None, 0, 0, "net", TESTED) == (
        "Under “new artist” net was tested on none of these songs."
    )


def level(coverage: float) -> pd.Series:
    return pd.Series(
        {"coverage": coverage, "threshold": 0.43, "accuracy": 0.71, "ci_low": 0.62, "ci_high": 0.79}
    )


def test_abstention_names_share_score_and_threshold() -> None:
    assert quality.abstain_sentence({"net": level(0.6)}, TESTED) == (
        "Counting whole songs under “new artist”, answering the surest 60 % of songs: net is right "
        "for 0.71 [0.62, 0.79], and below confidence 0.43 it says it does not know."
    )
    everything = quality.abstain_sentence({"net": level(1.0), "tree": level(1.0)}, TESTED)
    assert "answering every song: net is right" in everything and "know" not in everything
    apart = quality.abstain_sentence({"net": level(0.6), "tree": level(1.0)}, TESTED)
    assert apart == (
        "Counting whole songs under “new artist”, each at its stored share: net, answering the "
        "surest 60 % of songs, is right for 0.71 [0.62, 0.79], and below confidence 0.43 it says "
        "it does not know; tree, answering every song, is right for 0.71 [0.62, 0.79]."
    )
