"""Figures hold the numbers they were given."""

import numpy as np
import pandas as pd
import pytest

from dashboard import theme
from dashboard.figures import fall
from dashboard.figures.composition import composition_figure
from dashboard.figures.confusion import confusion_figure, shares_of_rows
from dashboard.figures.embedding import embedding_figure
from dashboard.figures.genres import genre_scores_figure
from dashboard.figures.training import chosen_epochs, training_figure
from dashboard.theme import MODES, Mode

COUNTS = pd.DataFrame([[8, 2, 0], [0, 0, 0], [1, 1, 2]], list("abc"), list("abc"))


@pytest.fixture
def runs() -> pd.DataFrame:
    rows = [
        ("m1", "Forest · 3-s", "tree", "features_3s", stage, v, v - 0.1, 1.0)
        for stage, v in (("random", 0.9), ("new", 0.5))
    ]
    rows.append(("m2", "Net · 30-s", "dense", "features_30s", "new", 0.5, 0.4, 0.6))
    names = ["served_id", "short", "family", "representation", "stage"]
    table = pd.DataFrame(rows, columns=[*names, "value", "ci_low", "ci_high"])
    return table.assign(name=table["short"], tested=table["stage"])


@pytest.mark.parametrize("mode", MODES)
def test_fall_has_a_line_and_a_label_per_model(runs: pd.DataFrame, mode: Mode) -> None:
    figure = fall.fall_figure(
        runs, {"random": "as published", "new": "new song"}, mode=mode, unit="songs", chosen="new"
    )
    assert [list(trace.y) for trace in figure.data] == [[0.9, 0.5], [0.5]]
    np.testing.assert_allclose(figure.data[0].error_y.arrayminus, 0.1)
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert sorted(texts) == ["Forest · 3-s", "Net · 30-s", "Share of songs named rightly"]
    assert [trace.line.dash for trace in figure.data] == ["solid", "dash"]
    assert figure.layout.xaxis.ticktext == ("as published", "<b>new song</b>")


def test_fall_draws_the_others_thin_and_without_name_or_interval(runs: pd.DataFrame) -> None:
    steps = {"random": "as published", "new": "new song"}
    figure = fall.fall_figure(runs, steps, mode="light", unit="songs", coloured=["m1"])
    grey, coloured = figure.data
    assert (grey.customdata[0], coloured.customdata[0]) == ("m2", "m1")
    assert grey.line.width < coloured.line.width
    assert grey.error_y.array is None
    assert "Net · 30-s" in grey.text[0]
    texts = [annotation.text for annotation in figure.layout.annotations]
    assert "Forest · 3-s" in texts and "Net · 30-s" not in texts


def test_more_representations_than_line_styles_are_all_solid(runs: pd.DataFrame) -> None:
    many = pd.concat([runs.assign(representation=f"r{k}") for k in range(5)])
    assert set(fall.line_styles(many).values()) == {"solid"}
    assert len(set(fall.line_styles(runs).values())) == 2


def test_thin_lines_of_all_others_are_one_trace_with_gaps(runs: pd.DataFrame) -> None:
    grey, *coloured = fall.fall_figure(
        runs, {"random": "as published", "new": "new song"}, mode="light", unit="songs", coloured=[]
    ).data
    assert not coloured
    assert list(grey.y) == [0.9, 0.5, None, 0.5, None]
    assert list(grey.customdata) == ["m1", "m1", None, "m2", None]


def test_few_models_are_all_in_colour(runs: pd.DataFrame) -> None:
    assert fall.models_in_colour(runs, "new", []) == ["m1", "m2"]


def test_of_many_models_the_best_of_each_family_and_the_marked_are_in_colour() -> None:
    many = pd.DataFrame(
        {"served_id": [f"m{k}" for k in range(20)], "family": ["tree", "dense"] * 10,
         "stage": "new", "value": [k / 20 for k in range(20)]}
    )  # fmt: skip
    assert fall.models_in_colour(many, "new", ["m3"]) == ["m3", "m18", "m19"]
    assert fall.models_in_colour(many, "other", []) == []


def test_fall_on_a_phone_names_each_family_once_below(runs: pd.DataFrame) -> None:
    protocols = {"random": "as published", "new": "new artist, faults removed"}
    twice = pd.concat([runs, runs.assign(served_id=runs["served_id"] + "b")])
    figure = fall.fall_figure(twice, protocols, mode="light", unit="songs", narrow=True)
    named = [trace.name for trace in figure.data if trace.showlegend]
    assert sorted(named) == ["Dense", "Tree"]
    assert len(figure.layout.annotations) == 1
    assert figure.layout.xaxis.ticktext == (
        "as<br>published",
        "new<br>artist,<br>faults<br>removed",
    )


def test_spread_leaves_distant_labels_alone() -> None:
    assert fall.spread([0.1, 0.5], step=0.1) == pytest.approx([0.1, 0.5])


def test_spread_moves_equal_labels_apart_evenly() -> None:
    assert fall.spread([0.5, 0.5, 0.5], step=0.1) == pytest.approx([0.4, 0.5, 0.6])


def test_spread_keeps_order_and_distance() -> None:
    heights = sorted(np.random.default_rng(0).random(9))
    places = fall.spread(heights, step=0.08)
    assert (np.diff(places) >= 0.08 - 1e-9).all()


def test_spread_of_nothing_is_nothing() -> None:
    assert fall.spread([]) == []


def test_shares_of_rows_sum_to_one_or_zero() -> None:
    assert shares_of_rows(COUNTS).sum(axis=1).tolist() == [1, 0, 1]


def test_confusion_cells_say_counts_or_percent_and_leave_zeros_out() -> None:
    counts = confusion_figure(COUNTS, show="counts", mode="light")
    percent = confusion_figure(COUNTS, show="shares", mode="dark")
    cells = [("a", "a"), ("a", "b"), ("c", "a"), ("c", "b"), ("c", "c")]
    wanted = {"counts": ["8", "2", "1", "1", "2"], "percent": ["80", "20", "25", "25", "50"]}
    for figure, texts in zip((counts, percent), wanted.values(), strict=True):
        shades, numbers = figure.data
        assert list(zip(numbers.y, numbers.x, strict=True)) == cells
        assert list(numbers.text) == texts
        np.testing.assert_allclose(shades.z, shares_of_rows(COUNTS))


def test_confusion_numbers_are_light_on_dark_cells() -> None:
    inks = confusion_figure(COUNTS, show="counts", mode="light").data[1].textfont.color
    for ink, wanted in zip(inks, ("#ffffff", "#000000"), strict=False):  # 80 %, 20 % of the row
        assert theme.contrast(ink, wanted) < 1.01, "one of the shades of white and of black"


def test_confusion_without_samples_has_no_numbers() -> None:
    assert len(confusion_figure(COUNTS * 0, show="counts", mode="dark").data[1].text) == 0


def test_composition_bars_add_up() -> None:
    figure = composition_figure(COUNTS, mode="light")
    total = np.sum([trace.x for trace in figure.data], axis=0)
    assert total.tolist() == [1, 0, 1]
    assert list(figure.data[0].y) == ["a (10)", "b (0)", "c (4)"]


def test_genre_scores_follow_the_given_order() -> None:
    scores = pd.DataFrame(
        [("f1", "a", 0.2, 0.1, 0.3), ("f1", "b", 0.8, 0.7, 0.9), ("recall", "a", 0.4, 0.3, 0.5)],
        columns=["metric", "genre", "value", "ci_low", "ci_high"],
    )
    figure = genre_scores_figure(scores, ["b", "a"], mode="light")
    f1 = next(trace for trace in figure.data if trace.name == "F1")
    assert dict(zip(f1.x, f1.y, strict=True)) == {0.8: 1, 0.2: 0}
    assert dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True)) == {
        1: "b", 0: "a",
    }  # fmt: skip


def test_training_draws_each_fold_once_in_each_panel() -> None:
    history = pd.DataFrame(
        {"fold": [0, 0, 1], "epoch": [1, 2, 1], "loss": 1.0, "accuracy": 0.5}
    ).assign(val_loss=1.2, val_accuracy=0.4)
    figure = training_figure(history, mode="dark")
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert len(lines) == 2 * 2 * 2
    assert sum(bool(trace.showlegend) for trace in figure.data) == 3


def test_training_rings_the_stored_choice_and_else_the_lowest_validation_loss() -> None:
    history = pd.DataFrame(
        {"fold": [0, 0, 0, 1, 1], "epoch": [1, 2, 3, 1, 2], "loss": 1.0, "accuracy": 0.5,
         "val_loss": [3.0, 1.0, 2.0, 5.0, 4.0], "val_accuracy": [0.1, 0.2, 0.3, 0.4, 0.5]}
    )  # fmt: skip
    assert chosen_epochs(history)["epoch"].tolist() == [2, 2]
    stored = history.assign(chosen=[0, 0, 1, 1, 0])
    rings = [t for t in training_figure(stored, mode="light").data if t.name == "chosen epoch"]
    assert [list(ring.x) for ring in rings] == [[3, 1], [3, 1]]
    assert [list(ring.y) for ring in rings] == [[2.0, 5.0], [0.3, 0.4]]
    unknown = history.assign(val_loss=np.where(history["fold"] == 1, np.nan, 1.0))
    assert chosen_epochs(unknown)["fold"].tolist() == [0]


def test_training_of_many_folds_draws_them_faintly() -> None:
    folds = pd.DataFrame({"fold": range(10), "epoch": 1, "loss": 1.0, "accuracy": 0.5})
    folds = folds.assign(val_loss=1.2, val_accuracy=0.4)
    lines = [t for t in training_figure(folds, mode="dark").data if t.mode == "lines"]
    assert {line.opacity for line in lines} == {0.55}


@pytest.mark.parametrize("dimensions", [2, 3])
def test_embedding_has_a_trace_per_group_and_no_webgl_in_two_dimensions(dimensions: int) -> None:
    points = pd.DataFrame(
        {"pc1": [0.0, 1.0], "pc2": 0.0, "pc3": 0.0, "group": ["a", "b"], "text": ["x", "y"]}
    )
    colours, symbols = theme.group_looks(["a", "b"], "light", are_genres=False)
    figure = embedding_figure(
        points, ["a", "b"], colours, symbols,
        dimensions=3 if dimensions == 3 else 2, mode="light",
    )  # fmt: skip
    assert [trace.type for trace in figure.data] == [
        "scatter3d" if dimensions == 3 else "scatter"
    ] * 2
    assert [list(trace.x) for trace in figure.data] == [[0.0], [1.0]]
