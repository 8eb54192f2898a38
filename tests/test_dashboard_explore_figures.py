"""Figures of Explore hold the numbers they were given, told apart without colour."""

import math

import pandas as pd
import pytest

from dashboard.figures.abstain import abstain_figure
from dashboard.figures.genre_distances import (
    MOST_DRAWN,
    distance_matrix_figure,
    distance_scores_figure,
)
from dashboard.figures.parallel import parallel_figure
from dashboard.figures.pareto import pareto_figure
from dashboard.rows.costs import COSTS
from dashboard.theme import MODES, Mode


def runs() -> pd.DataFrame:
    names = ["net · mel", "tree · 3-s", "dummy · 3-s", "cloud · 3-s"]
    return pd.DataFrame(
        {
            "short": names, "family": ["dense", "tree", "dummy", "tree"],
            "value": [0.7, 0.5, 0.1, 0.4], "ci_low": [0.6, 0.4, 0.0, 0.3],
            "ci_high": [0.8, 0.6, 0.2, 0.5], "cost": [100.0, 1.0, 0.01, None],
            "front": [True, True, True, False], "served_id": [f"m{k}" for k in range(4)],
        }
    )  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_the_front_is_stepped_named_and_has_intervals(mode: Mode) -> None:
    figure = pareto_figure(
        runs(), COSTS["training"], tested="new artist", mode=mode, lead="/model?model={0}"
    )
    line = figure.data[0]
    assert list(line.x) == [0.01, 1.0, 100.0] and line.line.shape == "hv"
    points = [trace for trace in figure.data[1:] if len(trace.x)]
    assert sum(len(trace.x) for trace in points) == 3  # what has no cost has no place
    assert all(trace.error_y.array is not None for trace in points)
    named = {(note.text, note.x) for note in figure.layout.annotations}
    assert named == {("net", 2.0), ("tree", 0.0), ("dummy", -2.0)}
    assert {name for trace in points for (name,) in trace.customdata} == {"m0", "m1", "m2"}
    assert all(trace.meta == {"leads": "/model?model={0}"} for trace in points)
    assert line.meta is None  # the line leads nowhere


def test_a_phone_names_the_front_on_hover_only() -> None:
    figure = pareto_figure(runs(), COSTS["size"], tested="x", mode="light", narrow=True)
    assert not figure.layout.annotations


def test_distances_are_symmetric_and_written_into_their_cells() -> None:
    genres = ["blues", "metal", "pop"]
    matrix = pd.DataFrame(
        [[0.0, 0.5, 1.0], [0.5, 0.0, 1.5], [1.0, 1.5, 0.0]], index=genres, columns=genres
    )
    cells, texts = distance_matrix_figure(matrix, mode="dark").data
    assert cells.zmax == 1.5 and cells.zmin == 0
    written = dict(zip(zip(texts.x, texts.y, strict=True), texts.text, strict=True))
    assert written["blues", "pop"] == written["pop", "blues"] == "1.0"
    assert len(written) == 6  # nothing is written on the diagonal


def test_models_by_cost_stand_beside_their_accuracy() -> None:
    rows = pd.DataFrame(
        {
            "short": [f"m{k}" for k in range(20)], "family": "tree",
            "cost": [k / 20 for k in range(20)], "cost_low": 0.0, "cost_high": 1.0,
            "value": [1 - k / 20 for k in range(20)], "ci_low": 0.0, "ci_high": 1.0,
            "served_id": [f"served{k}" for k in range(20)],
        }
    )  # fmt: skip
    cost, accuracy = distance_scores_figure(rows, mode="light", lead="/model?model={0}").data
    assert cost.meta == accuracy.meta == {"leads": "/model?model={0}"}
    assert cost.customdata[1][0] == accuracy.customdata[1][0] == "served1"
    assert list(cost.y) == list(accuracy.y) == [f"m{k}" for k in range(MOST_DRAWN)]
    assert list(cost.x)[1] == 0.05 and list(accuracy.x)[1] == 0.95


def test_curves_of_one_family_differ_in_colour_dash_and_symbol() -> None:
    level = pd.DataFrame(
        {"coverage": [0.5, 1.0], "threshold": [0.8, 0.1], "accuracy": [0.9, 0.6],
         "ci_low": [0.8, 0.5], "ci_high": [1.0, 0.7], "n": [50, 100]}
    )  # fmt: skip
    figure = abstain_figure(
        {"a": level, "b": level}, ["tree", "tree"], coverage=0.55,
        points={"x": [0.5, 0.6], "y": [0.9, 0.8]}, mode="light",
    )  # fmt: skip
    curves = [trace for trace in figure.data if trace.name]
    assert [curve.name for curve in curves] == ["a", "b"]
    assert curves[0].line.color != curves[1].line.color
    assert curves[0].line.dash != curves[1].line.dash
    assert curves[0].marker.symbol != curves[1].marker.symbol
    assert (list(figure.data[-1].x), list(figure.data[-1].y)) == ([0.5, 0.6], [0.9, 0.8])
    assert figure.layout.shapes[0].x0 == 0.55  # where the slider stands


def test_trials_cross_each_axis_at_their_setting_and_the_best_is_on_top() -> None:
    trials = pd.DataFrame(
        {"rate": [0.001, 0.1, 0.01], "depth": ["none", "10", "20"], "accuracy": [0.6, 0.5, 0.4]}
    )
    figure = parallel_figure(trials, "accuracy", mode="light")
    worst, middle, best = figure.data
    assert best.line.width > middle.line.width == worst.line.width
    assert len({trace.line.color for trace in figure.data}) == 3
    assert list(best.x) == [0, 1, 2]
    assert best.y[0] == 0 and middle.y[0] == 1 and math.isclose(worst.y[0], 0.5)  # logarithmic
    assert best.y[2] == 1 and worst.y[2] == 0
    assert "depth: none" in best.text[0]
    texts = [note.text for note in figure.layout.annotations if note.x == 1]
    assert texts == ["10", "20", "none"]


def test_one_trial_and_one_value_can_be_drawn() -> None:
    figure = parallel_figure(
        pd.DataFrame({"depth": [3], "accuracy": [0.5]}), "accuracy", mode="dark", narrow=True
    )
    assert len(figure.data) == 1 and all(math.isfinite(place) for place in figure.data[0].y)
