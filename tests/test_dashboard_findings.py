"""Sentences of cards begin with what was found; unit, protocol and method come after it."""

import pandas as pd
import pytest

from dashboard.words import compare_sentences, curve_sentences, model_sentences

NEW = "new artist"
NAN = float("nan")


def pairs(verdict: str, number: int) -> pd.DataFrame:
    """Return paired tests among models, each from both sides: the first against each other."""
    once = [("A", name, verdict) for name in "BCDE"[:number]]
    other = {"better": "worse", "tied": "tied"}[verdict]
    rows = once + [(b, a, other) for a, b, _ in once]
    return pd.DataFrame(rows, columns=["id_a", "id_b", "verdict"])


@pytest.mark.parametrize(
    ("verdict", "number", "finding"),
    [
        ("tied", 3, "All 3 pairs are tied under “new artist”. "),
        ("tied", 1, "A and B are tied under “new artist”. "),
        ("better", 2, "Under “new artist” A is better than B and C. "),
    ],
)
def test_paired_tests_begin_with_what_they_found(verdict: str, number: int, finding: str) -> None:
    names = {name: name for name in "ABCDE"}
    said = compare_sentences.significance_sentence(pairs(verdict, number), names, NEW)
    assert said.startswith(finding)
    assert "Counted in whole songs, the row's model against the column's, by exact McNemar" in said


def seed_range(low: float, high: float, name: str = "A") -> dict[str, object]:
    spread = {"low": low, "high": high, "mean": (low + high) / 2}
    return {"name": name, "n_seeds": 3, "published": NAN, **spread}


def test_score_that_no_seed_moves_is_said_once() -> None:
    still = compare_sentences.seeds_sentence(pd.DataFrame([seed_range(0.69651, 0.69657)]), "track")
    assert still.startswith("A is 0.70 with each of 3 seeds, counting whole songs.")
    moved = compare_sentences.seeds_sentence(pd.DataFrame([seed_range(0.6, 0.7)]), "track")
    assert moved.startswith("A moves 0.600 to 0.700 with 3 seeds, counting whole songs.")
    two = pd.DataFrame([seed_range(0.5, 0.5), seed_range(0.6, 0.7, "B")])
    assert compare_sentences.seeds_sentence(two, "track").startswith("B moves most, 0.600 to")


def test_diagonal_has_the_stored_interval_and_its_protocol() -> None:
    counts = pd.DataFrame([[3, 1], [0, 4]], ["blues", "jazz"], ["blues", "jazz"])
    score = pd.Series({"value": 0.875, "ci_low": 0.5, "ci_high": 0.97})
    said = model_sentences.confusion_sentence(counts, NEW, "track", score)
    assert said.startswith(
        "7 of 8 songs are named rightly under “new artist”: accuracy 0.88 [0.50, 0.97]. They lie on"
    )
    without = model_sentences.confusion_sentence(counts, NEW, "track", None)
    assert without.startswith("7 of 8 songs are named rightly under “new artist”. They lie on")


def test_abstention_begins_with_what_silence_buys() -> None:
    levels = pd.DataFrame(
        {
            "coverage": [0.5, 1.0], "threshold": [0.75, 0.1], "accuracy": [0.7, 0.5],
            "ci_low": [0.6, 0.4], "ci_high": [0.8, 0.6],
        }
    )  # fmt: skip
    said = curve_sentences.abstention_sentence(levels, NEW)
    assert said.startswith(
        "Answering only the 50 % of songs it is surest of, it is right for 0.70 [0.60, 0.80] of "
        "them under “new artist”; answering 100 %, for 0.50 [0.40, 0.60]. It is that sure from"
    )
    assert "Counted in whole songs" in said
