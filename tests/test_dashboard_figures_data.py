"""Figures of the Data and Clusters pages hold the numbers they were given."""

import numpy as np
import pandas as pd
import pytest

from dashboard import theme
from dashboard.figures.correlations import MOST_NAMES, correlation_figure
from dashboard.figures.counts import copies_figure, genre_counts_figure
from dashboard.figures.distributions import distribution_figure
from dashboard.figures.matching import matching_figure
from dashboard.figures.suspicious import suspicious_figure
from dashboard.theme import MODES, Mode

FMA = ["Blues", "Old-Time / Historic"]


@pytest.mark.parametrize("mode", MODES)
def test_counts_are_bars_from_nothing_in_genre_colours(mode: Mode) -> None:
    figure = genre_counts_figure(pd.Series({"blues": 30, "rock": 70}), title="songs", mode=mode)
    bars = figure.data[0]
    assert list(zip(bars.y, bars.x, strict=True)) == [("blues", 30), ("rock", 70)]
    colours = theme.genre_colours(["blues", "rock"], mode)
    assert list(bars.marker.color) == [colours["blues"], colours["rock"]]
    assert figure.layout.xaxis.range[0] == 0


def test_equal_counts_stand_in_alphabetical_order() -> None:
    figure = genre_counts_figure(pd.Series({"rock": 5, "blues": 5}), title="songs", mode="light")
    assert list(figure.data[0].y) == ["rock", "blues"]  # from below


def test_copies_of_another_genre_are_hatched() -> None:
    copies = pd.DataFrame({"same": [2, 0], "other": [1, 1]}, index=["pop", "rock"])
    same, other = copies_figure(copies, mode="dark").data
    assert (list(same.x), list(other.x)) == ([0, 2], [1, 1])
    assert (same.marker.pattern.shape, other.marker.pattern.shape) == ("", "/")


def test_distributions_go_by_median_and_draw_five_quantiles() -> None:
    rows = pd.DataFrame(
        {"genre": FMA, "n": 5, "p5": [3.0, 0.0], "p25": [4.0, 1.0], "p50": [5.0, 2.0],
         "p75": [6.0, 3.0], "p95": [7.0, 4.0], "mean": 1.0}
    )  # fmt: skip
    figure = distribution_figure(rows, "tempo", mode="light")
    spans = [tuple(trace.x) for trace in figure.data]
    assert spans == [(0, 4), (3, 7), (1, 3), (4, 6), (2, 5)]
    assert figure.layout.yaxis.categoryarray == ("Old-Time / Historic", "Blues")


def test_correlations_are_centred_on_nothing() -> None:
    names = ["a", "b", "c"]
    matrix = pd.DataFrame([[1, -0.5, np.nan], [-0.5, 1, 0.2], [np.nan, 0.2, 1]], names, names)
    figure = correlation_figure(matrix, ["x", "x", "y"], mode="light")
    shades = figure.data[0]
    assert (shades.zmin, shades.zmid, shades.zmax) == (-1, 0, 1)
    np.testing.assert_allclose(shades.z, matrix, atol=1e-3)
    assert list(figure.layout.xaxis.ticktext) == names
    assert [shape.x0 for shape in figure.layout.shapes if shape.x0 == shape.x1] == [1.5]


@pytest.mark.parametrize("narrow", [False, True])
def test_many_correlations_are_named_by_family(narrow: bool) -> None:
    names = [f"f{k:02d}" for k in range(MOST_NAMES + 1)]
    matrix = pd.DataFrame(np.eye(len(names)), names, names)
    families = ["MFCC"] * 20 + ["rhythm"] * (len(names) - 20)
    figure = correlation_figure(matrix, families, mode="dark", narrow=narrow)
    assert list(figure.layout.xaxis.ticktext) == ["MFCC", "rhythm"]
    assert figure.layout.xaxis.tickvals[1] == "f22"


def test_suspicious_rows_have_an_open_and_a_filled_end() -> None:
    labels = pd.DataFrame(
        {"track_id": ["t1", "t2"], "genre": FMA, "suggested": FMA[::-1],
         "confidence_given": [0.1, 0.2], "confidence_suggested": [0.8, 0.7]}
    )  # fmt: skip
    figure = suspicious_figure(labels, FMA, mode="light")
    given, suggested = figure.data[-2:]
    assert list(given.y) == ["t2", "t1"]  # the most suspicious on top
    assert given.marker.color == theme.SURFACE["light"]
    assert list(suggested.x) == [0.7, 0.8]
    assert [text.strip() for text in suggested.text] == FMA


def test_matching_draws_shares_of_matched_genres_only() -> None:
    matched = pd.DataFrame(
        [(0, "blues", 8, 10, 10), (1, "rock", 5, 12, 20), (2, "", 0, 8, 0)],
        columns=["cluster", "genre", "n_matched", "n_cluster", "n_genre"],
    )
    bars = matching_figure(matched, mode="dark").data[0]
    assert list(zip(bars.y, bars.x, strict=True)) == [("rock", 0.25), ("blues", 0.8)]
    assert list(bars.text) == ["cluster 2", "cluster 1"]


@pytest.mark.parametrize("mode", MODES)
def test_signed_scale_is_symmetric_in_lightness(mode: Mode) -> None:
    light = [theme.luminance(colour) for colour in theme.SIGNED_SCALE[mode]]
    middle = len(light) // 2
    assert theme.SIGNED_SCALE[mode][middle] == theme.SURFACE[mode]
    away = [abs(value - light[middle]) for value in light]
    assert away[:middle] == sorted(away[:middle], reverse=True)
    assert away[middle:] == sorted(away[middle:])


def test_legend_columns_are_as_wide_as_the_longest_name() -> None:
    short, long = theme.legend_below(["pop"]), theme.legend_below(["pop", FMA[1]])
    assert short["entrywidth"] == theme.LEGEND_BELOW["entrywidth"]
    assert long["entrywidth"] > 6 * len(FMA[1])
    assert theme.legend_below([])["entrywidth"] == short["entrywidth"]
