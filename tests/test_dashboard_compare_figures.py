"""Figures of the Compare page and of one protocol hold the numbers they were given."""

import numpy as np
import pandas as pd
import pytest

from dashboard import theme
from dashboard.figures.agreement import agreement_figure
from dashboard.figures.cells import cell_texts
from dashboard.figures.difference import (
    confusion_difference,
    difference_figure,
    pair_figure,
)
from dashboard.figures.grouped_genres import MOST_DOTS, grouped_genres_figure
from dashboard.figures.labels import wrapped
from dashboard.figures.matrices import columns_of, height_px, matrices_figure
from dashboard.figures.seeds import seeds_figure
from dashboard.figures.significance import p_text, significance_figure, verdict_text
from dashboard.figures.single import single_figure
from dashboard.theme import MODES, Mode

COUNTS = pd.DataFrame([[8, 2, 0], [0, 4, 0], [1, 1, 2]], list("abc"), list("abc"))
OTHER = pd.DataFrame([[6, 4, 0], [0, 4, 0], [0, 0, 4]], list("abc"), list("abc"))
NAMES = {"1": "Forest", "2": "Net"}


def pairs(p: float = 0.003) -> pd.DataFrame:
    row = {
        "accuracy_a": 0.8, "accuracy_b": 0.6, "both_right": 5, "only_a": 3, "only_b": 1,
        "neither": 1, "n_units": 10, "agreement": 0.65, "p_holm": p,
    }  # fmt: skip
    there = {"id_a": "1", "id_b": "2", "verdict": "better"}
    back = {"id_a": "2", "id_b": "1", "verdict": "worse"}
    return pd.DataFrame([row | there, row | back])


def genre_scores(models: int) -> pd.DataFrame:
    rows = [
        (f"Model {number}", "tree", genre, value, value - 0.1, value + 0.1)
        for number in range(models)
        for genre, value in (("jazz", 0.5), ("metal", 0.4 + number / 100))
    ]
    return pd.DataFrame(rows, columns=["short", "family", "genre", "value", "ci_low", "ci_high"])


@pytest.mark.parametrize("models", [1, 2, MOST_DOTS])
def test_genres_of_some_models_are_dots_in_groups(models: int) -> None:
    figure = grouped_genres_figure(
        genre_scores(models), ["metal", "jazz"], metric="precision", mode="light"
    )
    assert len(figure.data) == models
    assert len({trace.marker.symbol for trace in figure.data}) == models
    for number, trace in enumerate(figure.data):
        by_row = dict(zip(np.round(trace.y), trace.x, strict=True))
        assert by_row == pytest.approx({0: 0.5, 1: 0.4 + number / 100})
        np.testing.assert_allclose(trace.error_x.array, 0.1)
    heights = [trace.y[0] for trace in figure.data]
    assert heights == sorted(heights, reverse=True)  # in the order of the legend


def test_genres_of_many_models_are_shades() -> None:
    figure = grouped_genres_figure(
        genre_scores(MOST_DOTS + 1), ["metal", "jazz"], metric="F1", mode="dark"
    )
    shades, numbers = figure.data
    assert shades.type == "heatmap"
    np.testing.assert_allclose(shades.z[1], 0.5)
    assert len(numbers.text) == 2 * (MOST_DOTS + 1)


@pytest.mark.parametrize(
    ("models", "narrow", "columns", "rows"), [(1, False, 2, 1), (3, False, 3, 1), (8, False, 4, 2),
                                              (9, False, 4, 3), (3, True, 1, 3), (0, False, 2, 1)]
)  # fmt: skip
def test_matrices_get_the_room_they_need(
    models: int, narrow: bool, columns: int, rows: int
) -> None:
    assert columns_of(models, narrow=narrow) == columns
    assert height_px(models, narrow=narrow) == height_px(columns, narrow=False) + (rows - 1) * 350


def test_matrices_share_one_scale_and_are_named() -> None:
    figure = matrices_figure({"Forest": COUNTS, "Net": OTHER}, show="counts", mode="light")
    shades = [trace for trace in figure.data if trace.type == "heatmap"]
    assert [(trace.zmin, trace.zmax) for trace in shades] == [(0, 1), (0, 1)]
    assert [annotation.text for annotation in figure.layout.annotations] == ["Forest", "Net"]
    assert shades[1].z[0][1] == pytest.approx(0.4)


def test_many_matrices_have_no_numbers_in_their_cells() -> None:
    many = {f"Model {number}": COUNTS for number in range(6)}
    assert len(matrices_figure(many, show="shares", mode="dark").data) == 6


def test_difference_of_counts_and_of_shares() -> None:
    assert confusion_difference(COUNTS, OTHER, "counts").loc["c"].tolist() == [1, 1, -2]
    assert confusion_difference(COUNTS, OTHER, "shares").loc["a"].tolist() == pytest.approx(
        [0.2, -0.2, 0]
    )


@pytest.mark.parametrize("mode", MODES)
def test_difference_is_centred_and_leaves_zeros_out(mode: Mode) -> None:
    shares = confusion_difference(COUNTS, OTHER, "shares")
    shades, numbers = difference_figure(shares, show="shares", mode=mode).data
    assert shades.zmin == -shades.zmax == pytest.approx(-0.5)
    assert dict(zip(zip(numbers.y, numbers.x, strict=True), numbers.text, strict=True)) == {
        ("a", "a"): "+20", ("a", "b"): "−20",  # noqa: RUF001 (a true minus sign)
        ("c", "a"): "+25", ("c", "b"): "+25", ("c", "c"): "−50",  # noqa: RUF001
    }  # fmt: skip


def test_equal_matrices_differ_by_nothing() -> None:
    shades, numbers = difference_figure(COUNTS - COUNTS, show="counts", mode="light").data
    assert not np.any(shades.z)
    assert len(numbers.text) == 0
    assert shades.zmax == 1


def test_pair_square_holds_the_four_counts() -> None:
    shades, numbers = pair_figure(pairs().iloc[0], ("Forest", "Net"), mode="light").data
    assert np.array(shades.z).tolist() == [[0.5, 0.3], [0.1, 0.1]]
    assert numbers.text[1] == "<b>3</b><br>only A right<br>30 %"


def test_long_names_beside_the_square_and_above_matrices_are_broken_into_lines() -> None:
    name = "Discriminant analysis of statistics · spectrogram statistics"
    figure = pair_figure(pairs().iloc[0], (name, "Net"), mode="light")
    lines = figure.layout.yaxis.title.text.split("<br>")
    assert " ".join(lines) == f"A: {name}" and len(lines) == 2
    titles = matrices_figure({name: COUNTS}, show="counts", mode="light").layout.annotations
    assert titles[0].text.replace("<br>", " ") == name and "<br>" in titles[0].text


def test_agreement_is_written_and_a_model_is_not_compared_with_itself() -> None:
    shades, numbers = agreement_figure(pairs(), NAMES, mode="dark").data
    assert shades.z[0][0] is None and shades.z[1][1] is None
    assert list(numbers.text) == ["65 %", "65 %"]
    assert "only the first 3, only the second 1" in shades.text[0][1]


def test_significance_is_said_in_words_signs_and_colours() -> None:
    shades, words = significance_figure(pairs(), NAMES, mode="light").data
    assert list(words.text) == ["better<br>p = 0.003", "worse<br>p = 0.003"]
    assert shades.z[0][1] > 0 > shades.z[1][0]
    signs = significance_figure(pairs(), NAMES, mode="light", narrow=True).data[1]
    assert list(signs.text) == ["+", "−"]  # noqa: RUF001 (a true minus sign)


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0, "p < 0.001"), (0.00099, "p < 0.001"), (0.0031, "p = 0.003"), (0.5, "p = 0.50")],
)
def test_p_values_have_the_digits_that_matter(p: float, text: str) -> None:
    assert p_text(p) == text
    assert verdict_text("tied", p) == "tied"
    assert verdict_text("better", p) == f"better, {text}"


def test_seeds_show_range_mean_and_published_where_there_is_one() -> None:
    ranges = pd.DataFrame(
        {
            "name": ["F", "N"], "short": ["F", "N"], "tested": "as published", "n_seeds": 10,
            "family": ["tree", "dense"], "mean": [0.8, 0.7], "low": [0.78, 0.66],
            "high": [0.83, 0.75], "published": [0.9, np.nan],
        }
    )  # fmt: skip
    ours, published = seeds_figure(ranges, mode="dark", unit="whole songs").data
    np.testing.assert_allclose(ours.error_x.array, [0.03, 0.05])
    np.testing.assert_allclose(ours.error_x.arrayminus, [0.02, 0.04])
    assert (list(published.x), list(published.y)) == ([0.9], [ours.y[0]])


def test_single_has_the_best_at_the_top() -> None:
    runs = pd.DataFrame(
        [("m", "M", "tree", "accuracy", 0.4), ("n", "N", "dense", "accuracy", 0.6),
         ("m", "M", "tree", "macro_f1", 0.3), ("n", "N", "dense", "macro_f1", 0.2)],
        columns=["served_id", "short", "family", "metric", "value"],
    ).assign(ci_low=0.1, ci_high=0.9)  # fmt: skip
    figure = single_figure(runs, mode="light", unit="whole songs")
    assert figure.layout.yaxis.ticktext == ("M", "N")
    accuracy, f1 = figure.data
    assert dict(zip(np.round(accuracy.y), accuracy.x, strict=True)) == {0: 0.4, 1: 0.6}
    assert dict(zip(np.round(f1.y), f1.x, strict=True)) == {0: 0.3, 1: 0.2}


@pytest.mark.parametrize("mode", MODES)
def test_every_cell_text_can_be_read(mode: Mode) -> None:
    for scales in (theme.DIVERGING, theme.SHARE_SCALE):
        scale = scales[mode]
        places = [[0, 0.25, 0.5, 0.75, 1.0]]
        texts = cell_texts(places, [["x"] * 5], list("abcde"), ["r"], scale=scales, mode=mode)
        corners = [scale[0], scale[len(scale) // 2], scale[-1]]
        inks = [texts.textfont.color[k] for k in (0, 2, 4)]
        for ink, shade in zip(inks, corners, strict=True):
            assert theme.contrast(ink, shade) >= 4.5


def test_cells_without_text_or_place_stay_empty() -> None:
    scale = theme.SHARE_SCALE
    texts = cell_texts(
        [[0.5, None, 0.5]], [["", "x", "y"]], list("abc"), ["r"], scale=scale, mode="light"
    )
    assert (list(texts.x), list(texts.text)) == (["c"], ["y"])


def test_long_names_stand_in_lines_in_the_legend():
    assert wrapped("Statistics and features · spectrograms and features", 34) == (
        "Statistics and features ·<br>spectrograms and features"
    )
    assert wrapped("LightGBM · 3-s", 34) == "LightGBM · 3-s"
