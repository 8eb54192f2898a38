"""Figures of one model's analyses hold the numbers they were given."""

import numpy as np
import pandas as pd
import pytest

from dashboard import theme
from dashboard.figures import curves, importances, reliability, sets, sweeps, trials
from dashboard.theme import MODES, Mode

ROC = pd.DataFrame(
    [(genre, x, y) for genre, y in (("a", 0.5), ("b", 0.7), ("macro", 0.6), ("micro", 0.9))
     for x in (0.0, 1.0)],
    columns=["genre", "false_positive_rate", "true_positive_rate"],
)  # fmt: skip
BINS = pd.DataFrame(
    [("before", 0.9, 0.6, 0.5, 0.7, 10), ("before", 0.4, 0.3, 0.2, 0.4, 10),
     ("after", 0.7, 0.6, 0.5, 0.7, 10)],
    columns=["stage", "confidence", "accuracy", "ci_low", "ci_high", "n"],
)  # fmt: skip
SETS = pd.DataFrame(
    [("", 0.9, 0.88, 0.8, 0.9, 3.2, 20), ("a", 0.9, 0.8, 0.7, 0.9, 2.0, 10),
     ("b", 0.9, 0.95, 0.9, 1.0, 4.0, 10)],
    columns=["genre", "target", "coverage", "ci_low", "ci_high", "mean_size", "n"],
)  # fmt: skip
SWEEP = pd.DataFrame(
    [("tree_depth", name, value, 0.5, 0.4, 0.6, 0.9) for name in ("p", "q") for value in (2, 1)],
    columns=["sweep", "protocol", "value", "accuracy", "ci_low", "ci_high", "training_accuracy"],
)


@pytest.mark.parametrize("mode", MODES)
def test_curves_go_from_the_largest_area_and_leave_micro_out(mode: Mode) -> None:
    figure = curves.curves_figure(ROC, {"": 0.6, "a": 0.5, "b": 0.7}, curve="roc", mode=mode)
    assert [trace.name for trace in figure.data] == ["b 0.70", "a 0.50", "mean 0.60"]
    assert list(figure.data[0].y) == [0.7, 0.7]
    assert figure.data[2].line.width > 2 * figure.data[0].line.width
    assert len(figure.layout.shapes) == 1  # chance


def test_precision_recall_has_no_line_of_chance() -> None:
    points = ROC.set_axis(["genre", "recall", "precision"], axis=1)
    figure = curves.curves_figure(points, {}, curve="precision_recall", mode="light")
    assert len(figure.layout.shapes) == 0
    assert {trace.name for trace in figure.data} == {"a", "b", "mean"}


def test_twelve_curves_have_twelve_looks() -> None:
    points = pd.concat([ROC[ROC["genre"] == "a"].assign(genre=f"g{k:02d}") for k in range(12)])
    figure = curves.curves_figure(points, {}, curve="roc", mode="dark")
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == 12


def test_reliability_draws_both_stages_with_intervals_in_order() -> None:
    before, after = reliability.reliability_figure(BINS, mode="light").data
    assert list(before.x) == [0.4, 0.9]
    np.testing.assert_allclose(before.error_y.array, 0.1)
    assert list(after.y) == [0.6]
    assert before.marker.symbol != after.marker.symbol


def test_abstention_has_a_band_and_a_line() -> None:
    levels = pd.DataFrame(
        {"coverage": [1.0, 0.5], "threshold": [0.1, 0.6], "accuracy": [0.6, 0.8],
         "ci_low": [0.5, 0.7], "ci_high": [0.7, 0.9], "n": [10, 5]}
    )  # fmt: skip
    low, high, line = reliability.abstention_figure(levels, mode="dark").data
    assert (list(low.y), list(high.y), list(line.y)) == ([0.7, 0.5], [0.9, 0.7], [0.8, 0.6])


def test_faint_keeps_the_hue() -> None:
    assert reliability.faint("#0b5cad") == "rgba(11,92,173,0.180)"


def test_sets_put_all_genres_on_top_against_the_target() -> None:
    figure = sets.sets_figure(SETS, mode="light")
    coverage, sizes = figure.data
    assert list(coverage.y) == ["b", "a", "<b>all genres</b>"]  # from below
    assert list(sizes.x) == [4.0, 2.0, 3.2]
    assert figure.layout.shapes[0].x0 == 0.9
    assert figure.layout.xaxis2.range[0] == 0  # bars start at nothing


def test_permutation_axis_holds_nothing_and_every_interval() -> None:
    drops = pd.DataFrame(
        {"family": ["MFCC", "rhythm"], "value": [0.3, 0.2], "ci_low": [0.25, 0.1],
         "ci_high": [0.35, 0.3], "n_repeats": 5}
    )  # fmt: skip
    figure = importances.permutation_figure(drops, mode="dark")
    assert list(figure.data[0].y) == ["rhythm", "MFCC"]
    low, high = figure.layout.xaxis.range
    assert low <= 0
    assert high >= 0.35


def test_fitted_weights_are_bars_from_the_largest_down() -> None:
    shares = pd.DataFrame({"feature": ["a", "b"], "family": "MFCC", "value": [0.6, 0.4]})
    bars = importances.fitted_figure(shares, title="share", mode="light").data[0]
    assert list(zip(bars.y, bars.x, strict=True)) == [("b", 0.4), ("a", 0.6)]


def test_sweep_marks_the_chosen_protocol_only() -> None:
    figure = sweeps.sweep_figure(SWEEP, {"p": "P", "q": "Q"}, chosen="q", mode="light")
    assert [trace.name for trace in figure.data if trace.name] == [
        "P", "on its training rows", "Q",
    ]  # fmt: skip
    assert list(figure.data[-1].x) == [1, 2]
    assert figure.data[-1].line.color == theme.ACCENT["light"]


def test_sweep_without_the_chosen_protocol_draws_the_others() -> None:
    figure = sweeps.sweep_figure(SWEEP, {"p": "P", "q": "Q"}, chosen="r", mode="dark")
    assert [trace.name for trace in figure.data] == ["P", "Q"]


def test_several_sweeps_have_a_panel_each_and_one_legend() -> None:
    both = pd.concat([SWEEP, SWEEP.assign(sweep="n_tracks")])
    figure = sweeps.sweep_figure(both, {"p": "P", "q": "Q"}, chosen="q", mode="light")
    assert figure.layout.xaxis2.title.text == "training songs"
    assert sum(trace.name == "Q" and bool(trace.showlegend) for trace in figure.data) == 1


def test_cluster_sweep_marks_the_number_shown() -> None:
    points = pd.DataFrame(
        {"n_clusters": [2, 1], "inertia": [5.0, 9.0], "silhouette": [0.3, np.nan]}
    )
    figure = sweeps.cluster_sweep_figure(points, chosen=2, mode="light")
    assert list(figure.data[0].y) == [9.0, 5.0]
    assert [shape.x0 for shape in figure.layout.shapes] == [2, 2]
    assert not sweeps.cluster_sweep_figure(points, chosen=7, mode="dark").layout.shapes


def test_trials_have_an_axis_per_setting() -> None:
    table = pd.DataFrame(
        {"rate": [0.001, 0.1], "depth": ["none", "7"], "leaves": [10, 20], "score": [0.4, 0.5]}
    )
    figure = trials.trials_figure(table, "score", mode="dark", narrow=True)
    rate, depth, leaves, score = figure.data[0].dimensions
    assert list(rate["values"]) == [-3, -1]  # logarithmic: two decades
    assert list(rate.ticktext) == ["0.001", "0.01", "0.1"]
    assert list(depth.ticktext) == ["7", "none"]
    assert list(depth["values"]) == [1, 0]
    assert list(leaves["values"]) == [10, 20]
    assert list(figure.data[0].line.color) == list(score["values"])


def test_an_axis_of_one_value_still_has_a_length() -> None:
    low, high = trials.axis("leaves", pd.Series([5, 5]))["range"]
    assert high > low
