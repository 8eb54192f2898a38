"""Why the models answered so: words, tables and figures, with numbers made by hand."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tiny_models import SERVED, shared_results, synthetic_clip

from dashboard import theme
from dashboard.app import create_app
from dashboard.figures import why as figures
from dashboard.pages import predict as page
from dashboard.pages import predict_why
from dashboard.rows import why_tables as tables
from dashboard.words import why_sentences as sentences
from dashboard.words.feature_words import plain_name
from pipeline.config import ANALYSIS
from pipeline.predict import Predictor

GENRES = ("blues", "jazz", "rock")
HONEST = {"protocol": "fault_filtered", "label": "new artist", "unit": "track"}
BRIGHT = {"feature": "spectral_centroid_mean", "value": 3_000.0, "percentile": 0.953}
SLOW = {"feature": "tempo", "value": 60.0, "percentile": 0.02}
TIMBRE = {"feature": "mfcc4_mean", "value": -3.0, "percentile": 0.995}


def window(number: int, role: str, genre: str = "blues") -> dict[str, Any]:
    return {
        "start_s": 3.0 * number, "end_s": 3.0 * number + 3, "role": role, "genre": genre,
        "margin": 0.1,
    }  # fmt: skip


def model(
    name: str,
    *roles: tuple[str, str],
    accuracy: float = 0.5,
    features: list[dict[str, Any]] | None = None,
    chosen: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    windows = [window(number, *role) for number, role in enumerate(roles or [("for", "blues")])]
    honest = {**HONEST, "value": accuracy, "ci_low": accuracy - 0.1, "ci_high": accuracy + 0.1}
    prediction_set = None
    if chosen is not None:
        prediction_set = {
            "genres": list(chosen), "target": 0.9, "threshold": 0.2, "mean_size": 2.5,
            "coverage": {"value": 0.89, "ci_low": 0.84, "ci_high": 0.93}, "n_tracks": 290,
            "id": f"{name}.fault_filtered",
        }  # fmt: skip
    return {
        "id": name, "title": name.title(), "window_s": 3, "genre": "blues",
        "probabilities": {"blues": 0.6, "jazz": 0.3, "rock": 0.1}, "honest_accuracy": honest,
        "windows": windows, "prediction_set": prediction_set,
        "why": {
            "windows": windows, "rival": "jazz", "features": features,
            "compared_with": None if features is None
            else {"genre": "blues", "window_s": 3, "n": 900},
        },
    }  # fmt: skip


def answer_of(*models: dict[str, Any], pairs: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"models": list(models), "disagreement": pairs or [], "duration_s": 15.0}


def share(value: float, width: float = 0.05) -> dict[str, float]:
    return {"value": value, "ci_low": value - width, "ci_high": value + width}


def pair(a: str, b: str, right_a: float, right_b: float) -> dict[str, Any]:
    known = {
        "protocol": "fault_filtered", "n_tracks": 290, "n_disagree": 119, "share": share(0.41),
        "right_a": share(right_a), "right_b": share(right_b),
    }  # fmt: skip
    return {"a": a, "b": b, "genre_a": "blues", "genre_b": "jazz", "known": known}


DECIDED = [("for", "blues"), ("for", "blues"), ("for", "blues"), ("decided", "blues"),
           ("decided", "blues"), ("decided", "blues"), ("against", "rock")]  # fmt: skip


def test_the_seconds_that_decided_are_told_with_the_genre_without_them():
    said = sentences.windows_sentence(answer_of(model("forest", *DECIDED)))
    assert "Forest, 3-s windows (0.50 [0.40, 0.60] new artist)" in said
    assert "0:09 to 0:18 decided: without them it would be jazz." in said
    assert said.endswith("Against it spoke 0:18 to 0:21 (rock).")


def test_the_best_model_with_several_windows_speaks_and_the_others_are_counted():
    roles = [("for", "blues")] * 3
    best = model("cnn", accuracy=0.7)  # one window
    said = sentences.windows_sentence(
        answer_of(best, model("tree", *DECIDED), model("forest", *roles, accuracy=0.6))
    )
    assert said.startswith("Forest") and "stays blues" in said
    assert said.endswith(
        "The answer of the other model with several windows would change without a few of them."
    )


@pytest.mark.parametrize(
    ("deciding", "said"),
    [
        (0, "The answers of none of the 2 other models with several windows would change"),
        (1, "The answers of 1 of the 2 other models with several windows would change"),
        (2, "The answers of all 2 other models with several windows would change"),
    ],
)
def test_other_models_whose_answer_would_change_are_counted(deciding: int, said: str):
    roles = [("for", "blues")] * 3
    others = [
        model(name, *(DECIDED if number < deciding else roles))
        for number, name in enumerate(("tree", "net"))
    ]
    best = model("forest", *roles, accuracy=0.6)
    assert said in sentences.windows_sentence(answer_of(best, *others))


def test_separate_spans_are_joined_by_neighbourhood():
    roles = [("decided", "blues"), ("for", "blues"), ("decided", "blues"), ("decided", "blues")]
    found = sentences.spans_of(model("m", *roles), "decided")
    assert found == [(0, 3), (6, 12)]
    assert sentences.spans_text(found) == "0:00 to 0:03 and 0:06 to 0:12"


def test_a_set_claims_no_coverage_for_a_clip_that_is_no_music():
    flag = {"code": "noise", "message": "", "spoils": "answer", "reason": "it is noise"}
    one = {**answer_of(model("cnn", chosen=("blues", "jazz"))), "flags": [flag]}
    said = sentences.sets_sentence(one)
    assert said.startswith(
        "Cnn, 3-s windows: blues or jazz. How often its 90 % sets hold the right"
    )
    assert said.endswith("on tracks unlike this one: it is noise.") and "0.89" not in said


def test_unusual_features_are_told_in_a_musicians_words():
    said = sentences.features_sentence(model("cnn", features=[TIMBRE, SLOW, BRIGHT]))
    assert "hears blues. For that the clip is unusual: slower than about 98 % of blues" in said
    assert "brighter than about 95 % of blues." in said
    assert said.endswith("1 more feature outside its usual range.")


def test_features_without_a_word_are_named():
    said = sentences.features_sentence(model("cnn", features=[TIMBRE]))
    assert "higher in MFCC 4 than about 99 % of blues" in said


def test_a_usual_clip_is_said_to_be_usual():
    said = sentences.features_sentence(model("cnn", features=[]))
    assert said.endswith("Every feature of the clip lies in the usual range of blues.")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (("blues",), "Cnn, 3-s windows: blues."),
        (("blues", "rock"), "blues or rock."),
        (("blues", "rock", "jazz"), "blues, rock or jazz."),
        ((), "no genre, none is as probable as the right one usually is."),
    ],
)
def test_sets_stand_with_how_often_they_hold_the_right_genre(chosen, expected: str):
    said = sentences.sets_sentence(answer_of(model("cnn", chosen=chosen)))
    assert expected in said
    assert "90 % sets hold the right genre for 0.89 [0.84, 0.93]" in said
    assert "“new artist”, with 2.5 genres on average" in said


@pytest.mark.parametrize(
    ("right_a", "right_b", "expected"),
    [
        (0.2, 0.6, "then Cnn is right more often: 0.60 [0.55, 0.65] against 0.20 [0.15, 0.25]."),
        (0.6, 0.2, "then Forest is right more often: 0.60 [0.55, 0.65] against 0.20"),
        (0.4, 0.42, "then neither is clearly right more often: 0.42 [0.37, 0.47] against 0.40"),
    ],
)
def test_who_is_right_when_two_disagree_is_claimed_where_intervals_are_apart(
    right_a: float, right_b: float, expected: str
):
    """The pair is stored in the other order than the models are told in."""
    forest, cnn = model("forest", accuracy=0.5), {**model("cnn", accuracy=0.6), "genre": "jazz"}
    pairs = [pair("forest", "cnn", right_a, right_b)]
    said = sentences.disagreement_sentence(answer_of(forest, cnn, pairs=pairs))
    assert said.startswith("Cnn, 3-s windows hears jazz and Forest, 3-s windows blues.")
    assert "These two disagree on 0.41 [0.36, 0.46] of the tracks in the test “new artist”" in said
    assert expected in said


def test_models_that_agree_are_said_to_agree_and_unknown_pairs_name_the_command():
    alone = answer_of(model("forest"), model("cnn", accuracy=0.6))
    assert "No model disagrees with Cnn" in sentences.disagreement_sentence(alone)
    unknown = {**pair("forest", "cnn", 0.1, 0.2), "known": None}
    said = sentences.disagreement_sentence({**alone, "disagreement": [unknown]})
    assert said.endswith("is not in these results. Run “make results”.")


def test_tables_hold_the_numbers_of_the_answer():
    forest = model("forest", *DECIDED, features=[BRIGHT, SLOW], chosen=("blues", "jazz"))
    answer = answer_of(forest, model("cnn", accuracy=0.6), pairs=[pair("forest", "cnn", 0.2, 0.6)])
    roles = tables.roles_table(answer)
    assert roles["part in the answer"].tolist() == [role for role, _ in DECIDED] + ["for"]
    words = tables.features_table(forest)["in words"].tolist()
    assert words == ["brighter than about 95 % of blues", "slower than about 98 % of blues"]
    (row,) = tables.sets_table(answer).to_dict("records")
    assert (row["set"], row["coverage"], row["tracks"]) == ("blues, jazz", 0.89, 290)
    (row,) = tables.disagreement_table(answer).to_dict("records")
    assert (row["model"], row["then it is right"], row["they disagree"]) == (
        "Cnn, 3-s windows", 0.6, 0.41,
    )  # fmt: skip


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("mode", theme.MODES)
def test_figures_show_the_same_numbers(mode: theme.Mode, narrow: bool):
    forest = model("forest", *DECIDED, features=[BRIGHT, SLOW], chosen=("blues", "jazz"))
    answer = answer_of(forest, model("cnn", accuracy=0.6), pairs=[pair("forest", "cnn", 0.2, 0.6)])
    roles = figures.windows_figure(answer, mode=mode, narrow=narrow)
    by_role = {trace.name: list(trace.base) for trace in roles.data}
    assert by_role["decided"] == [9, 12, 15] and by_role["another genre"] == [18]
    features = figures.features_figure(forest, mode=mode, narrow=narrow)
    assert list(features.data[0].x) == [0.953, 0.02]
    best, other = figures.disagreement_figure(answer, mode=mode, narrow=narrow).data
    assert (best.name, list(best.x), list(other.x)) == ("Cnn is right", [0.6], [0.2])
    assert list(best.error_x.array) == pytest.approx([0.05])
    sizes = figures.sets_figure(answer, mode=mode, narrow=narrow).data[0].marker.size
    answered, held, left_out = figures.ANSWER, figures.IN_SET, figures.SMALLEST
    assert list(sizes) == [answered, held, left_out, *[left_out] * 3]


def test_a_real_answer_fills_every_card_or_says_what_is_missing():
    """The tiny results hold none of the four tables, so two cards name the command."""
    y = synthetic_clip(80, duration_s=14.0)
    prediction = Predictor(shared_results()).predict(y, sr=ANALYSIS.sr)
    prediction.timings_ms["total"] = 1.0
    answer = json.loads(json.dumps(prediction.as_json()))
    values = predict_why.update(answer, "light", narrow=False)
    assert len(values) == len(predict_why.outputs()) == 12
    windows, features, disagreement, sets = values[::3]
    assert "windows" in windows and "isagree" in disagreement
    for said in (features, sets):
        assert said.startswith("Not in these results") and "make results" in said
    assert len(values[2]["rows"]) == sum(len(one["windows"]) for one in answer["models"])


def test_an_answer_of_a_server_before_an_upgrade_is_not_explained():
    old = model("forest")
    del old["why"]
    values = predict_why.update(answer_of(old), "light", narrow=False)
    assert all("Not in these results" in said for said in values[::3])


def test_cards_are_mounted_in_the_page_with_heights_for_a_phone():
    app = create_app(shared_results())
    with app.server.test_request_context("/predict"):
        text = str(page.layout())
    for card in predict_why.CARDS:
        assert f"{card}-card" in text
    for name, height in predict_why.heights(len(SERVED)).items():
        assert f"'{name}': '{height}'" in text


def test_served_models_of_the_repository_explain_a_clip(repository) -> None:
    """What the committed results hold is used; what they lack leaves its part null."""
    predictor = Predictor(repository / "results")
    answer = predictor.predict(synthetic_clip(81, duration_s=12.0), sr=ANALYSIS.sr).as_json()
    for one in answer["models"]:
        why = one["why"]
        assert [w["start_s"] for w in why["windows"]] == [w["start_s"] for w in one["windows"]]
        assert why["rival"] != one["genre"]
        heard = [max(w["probabilities"], key=w["probabilities"].get) for w in one["windows"]]
        assert [w["genre"] for w in why["windows"]] == heard
        if one["prediction_set"]:
            reached = {
                genre
                for genre, p in one["probabilities"].items()
                if p >= one["prediction_set"]["threshold"]
            }
            assert set(one["prediction_set"]["genres"]) == reached
    differ = [
        (a["id"], b["id"])
        for place, a in enumerate(answer["models"])
        for b in answer["models"][place + 1 :]
        if a["genre"] != b["genre"]
    ]
    assert [(one["a"], one["b"]) for one in answer["disagreement"]] == differ
    assert isinstance(tables.roles_table(answer), pd.DataFrame)
    assert np.isfinite(tables.roles_table(answer)["lead"]).all()


def test_features_with_words_come_first_in_sentence_and_figure():
    features = [TIMBRE, SLOW, BRIGHT]
    first = [one["feature"] for one in sentences.told_first(features)]
    assert first == [SLOW["feature"], BRIGHT["feature"], TIMBRE["feature"]]
    figure = figures.features_figure(model("cnn", features=features), mode="light", narrow=False)
    assert list(figure.layout.yaxis.ticktext) == [plain_name(name) for name in first]
