"""The Robustness page and the part of Predict that asks again: sentences, figures, empty cards."""

import numpy as np
import pandas as pd
import pytest
from tiny_results import write_tiny_results

from dashboard.components.card import CardContent
from dashboard.components.steadiness import kept_levels, steadiness_sentence, steadiness_table
from dashboard.figures.steadiness import steadiness_figure
from dashboard.pages import predict_robustness
from dashboard.pages.robustness_updates import (
    MISSING,
    update_accuracy,
    update_header,
    update_height,
    update_unchanged,
)
from dashboard.rows.altered import (
    UNALTERED,
    altered_answers,
    chosen_answers,
    condition_label,
    models_parameter,
)
from dashboard.state import Results, load_results
from dashboard.words import robustness_sentences as sentences


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return load_results(write_tiny_results(tmp_path_factory.mktemp("results")))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = write_tiny_results(tmp_path_factory.mktemp("bare"))
    (folder / "analysis" / "robustness.parquet").unlink()
    return load_results(folder)


def test_page_starts_with_the_best_of_some_families(results: Results) -> None:
    models = models_parameter(results).default.split(",")
    table = altered_answers(results).set_index("served_id")
    assert len(models) == 4
    assert table.loc[models, "family"].nunique() == 4


def test_card_of_unchanged_answers_has_every_number(results: Results) -> None:
    models = models_parameter(results).default
    content = update_unchanged(results, models, "all", "light")
    assert isinstance(content, CardContent)
    tall, flat = (update_height(results, models, chosen) for chosen in ("all", "crop"))
    assert tall > 600 > flat
    rows = chosen_answers(results, models, "all")
    assert len(content.table) == len(rows)
    plain = content.table[content.table["Alteration"] == "Unaltered"]
    assert len(plain) == 4
    assert (plain[["Unchanged", "95 % low", "95 % high"]] == 1).all(axis=None)  # by definition
    beside = update_accuracy(results, models, "all", "light")
    assert isinstance(beside, CardContent)
    assert content.figure.layout.yaxis.ticktext == beside.figure.layout.yaxis.ticktext
    assert len(content.figure.data) == 4
    drawn = np.concatenate([trace.x for trace in content.figure.data])
    assert sorted(drawn) == sorted(content.table["Unchanged"])
    assert {"95 % low", "95 % high", "Clips", "Artists"} <= set(content.table.columns)


def test_card_of_accuracy_shows_the_unaltered_and_the_paired_difference(results: Results) -> None:
    model = models_parameter(results).default.split(",")[0]
    content = update_accuracy(results, model, "mp3", "dark")
    assert isinstance(content, CardContent)
    assert content.table["Alteration"].iloc[0] == "Unaltered"
    assert len(content.table) == 4
    plain = content.table["Accuracy"].iloc[0]
    np.testing.assert_allclose(
        content.table["Difference to unaltered"], content.table["Accuracy"] - plain, atol=1e-6
    )


def test_header_names_clips_protocol_and_what_may_be_concluded(results: Results) -> None:
    said, method, conclusions, summary, title = update_header(
        results, models_parameter(results).default, "mp3"
    )
    assert "MP3, " in said and "%" in said
    assert "100 whole clips of Tiny corpus" in method and "“new song”" in method
    assert "100 clips" in conclusions and "not therefore right" in conclusions
    assert (
        summary.startswith("Choose models: 4 of")
        and title == "Robustness of 4 models: MP3 · GenreLens"
    )


def test_results_without_the_analysis_say_the_command(bare: Results) -> None:
    assert update_header(bare, "", "all")[0] == MISSING.sentence
    for update in (update_unchanged, update_accuracy):
        content = update(bare, "", "all", "light")
        assert content is MISSING and "make results-deep" in content.sentence


def test_without_a_model_the_page_asks_for_one(results: Results) -> None:
    content = update_unchanged(results, "", "all", "light")
    assert content.sentence == sentences.NOTHING_CHOSEN
    assert update_header(results, "", "all")[0] == sentences.NOTHING_CHOSEN


def rows_of(shares: dict[str, dict[tuple[str, float], float]]) -> pd.DataFrame:
    """Rows with these shares of unchanged answers, by model and condition."""
    return pd.DataFrame(
        [
            {
                "id": model, "served_id": model, "short": model, "alteration": alteration,
                "level": level, "condition": condition_label(alteration, level),
                "unchanged": share, "unchanged_low": share - 0.1, "unchanged_high": share,
                "accuracy": share / 2, "ci_low": 0.0, "ci_high": 1.0, "difference": share - 1,
                "difference_low": share - 1.1, "difference_high": share - 0.95,
            }
            for model, conditions in shares.items()
            for (alteration, level), share in conditions.items()
        ]
    )  # fmt: skip


def test_headline_names_what_is_survived_best_and_worst() -> None:
    plain = {(UNALTERED, 0.0): 1.0}
    rows = rows_of(
        {
            "Forest": plain | {("mp3", 32.0): 0.9, ("low_pass", 2.0): 0.4},
            "CNN": plain | {("mp3", 32.0): 0.8, ("low_pass", 2.0): 0.6},
        }
    )
    assert sentences.headline(rows) == (
        "After MP3, 32 kbit/s every chosen model keeps at least 80 % of its answers; after "
        "low-pass, 2 kHz Forest keeps 0.40 [0.30, 0.40], the least of all."
    )
    assert "Forest after low-pass, 2 kHz, \N{MINUS SIGN}0.60" in sentences.accuracy_sentence(rows)
    assert "in 4 of 4 cases" in sentences.accuracy_sentence(rows)
    one = rows_of({"CNN": plain | {("mp3", 64.0): 1.0}})
    assert sentences.headline(one) == "After MP3, 64 kbit/s CNN keeps 100 % of its answers."


def test_verb_of_the_headline_counts_models_not_the_word_and() -> None:
    shares = {("mp3", 32.0): 0.9, ("low_pass", 2.0): 0.4}
    one = rows_of({"Rock and roll net": shares})
    assert "Rock and roll net keeps 0.40" in sentences.headline(one)
    two = rows_of({"Forest": shares, "CNN": shares})
    assert "Forest and CNN keep 0.40" in sentences.headline(two)


# --- the part of the Predict page


def answer_of(turns: dict[str, dict[str, str]], *, left_out: list[str] | None = None) -> dict:
    """An answer of three models that hear rock; ``turns``: by label, who turns to what."""
    models = [
        {"id": name, "title": name.upper(), "window_s": 3, "genre": "rock",
         "honest_accuracy": {"protocol": "fault_filtered"}}
        for name in "abc"
    ]  # fmt: skip
    kinds = {
        "MP3, 128 kbit/s": ("mp3", 128),
        "MP3, 32 kbit/s": ("mp3", 32),
        "Crop, 3 s": ("crop", 3),
    }
    rows = [
        {
            "alteration": kinds[label][0], "level": kinds[label][1], "label": label,
            "genres": {"a": "rock", "b": "rock", "c": "rock"} | turned, "changed": list(turned),
        }
        for label, turned in turns.items()
    ]  # fmt: skip
    return {
        "duration_s": 90.0, "from_s": 30.0, "to_s": 60.0, "models": models, "alterations": rows,
        "left_out": left_out or [],
    }  # fmt: skip


TURNS = {
    "MP3, 128 kbit/s": {},
    "MP3, 32 kbit/s": {"c": "pop"},
    "Crop, 3 s": {"b": "jazz", "c": "pop"},
}


def test_sentence_says_who_turns_to_what() -> None:
    assert steadiness_sentence(answer_of(TURNS)) == (
        "The clip from 0:30 to 1:00, altered in 3 ways: 1 of them changes no answer. The answer of "
        "2 of 3 models survives MP3, 32 kbit/s; C, 3-s windows turns to pop. Most steady: A, 3-s "
        "windows (none changed); least steady: C, 3-s windows (2 changed)."
    )


def test_sentence_when_nothing_changes_and_when_the_time_was_over() -> None:
    steady = answer_of({"Crop, 3 s": {}}, left_out=["Tempo, +10 %"])
    assert steadiness_sentence(steady).endswith(
        "every model keeps its answer. The time did not suffice for Tempo, +10 %."
    )
    assert "did not suffice for any" in steadiness_sentence(answer_of({}))


def test_table_and_figure_count_the_same() -> None:
    answer = answer_of(TURNS)
    table = steadiness_table(answer)
    assert list(table["C, 3-s windows"]) == ["rock", "same", "pop", "pop"]
    kept = kept_levels(answer).set_index(["model", "alteration"])
    assert tuple(kept.loc[("C, 3-s windows", "MP3")]) == (1, 2)
    figure = steadiness_figure(kept_levels(answer), mode="light")
    assert list(figure.data[0].z[2]) == [0.5, 0.0]
    assert "1/2" in figure.data[1].text


def test_card_is_hidden_until_there_is_an_answer() -> None:
    assert predict_robustness.update(None, "light", False)[0] is True
    shown = predict_robustness.update(answer_of(TURNS), "dark", True)
    assert any("a.fault_filtered" in str(value) for value in shown)  # where its numbers come from
    assert shown[0] is False and "turns to pop" in shown[1]
    assert len(shown) == len(predict_robustness.outputs())
    nothing = predict_robustness.update(answer_of({}), "light", False)
    assert nothing[0] is False and "did not suffice" in nothing[1]
