"""Figures of networks and of what their parts are worth hold the numbers they were given."""

import numpy as np
import pandas as pd
import pytest
from tiny_network_analyses import LAYERS

from dashboard import theme
from dashboard.figures import architecture, filters, saliency, worth
from dashboard.sound.mel_axis import band_axis, mel_axis, rounded_hz
from dashboard.theme import MODES, Mode

NAMES = ["place", "layer", "kind", "shape", "n_parameters", "receives"]
TINY = pd.DataFrame([(k, *layer) for k, layer in enumerate(LAYERS)], columns=NAMES)


def layers(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    """Return layers of kind, shape, parameters and sources, named after their place."""
    return pd.DataFrame([(k, f"layer_{k}", *row) for k, row in enumerate(rows)], columns=NAMES)


def test_layers_that_learn_nothing_share_the_box_before_them() -> None:
    boxes = architecture.boxes_of(TINY.iloc[::-1])  # whatever the order of the rows
    assert [box.layer for box in boxes] == [
        "mel",
        "conv2d",
        "conv2d_1",
        "add",
        "embedding",
        "genre",
    ]
    assert boxes[1].kinds == ["Conv2D", "BatchNormalization", "Activation"]
    assert boxes[1].n_parameters == 80 + 32
    assert boxes[3].shape == "8"  # after the pooling
    assert sum(box.n_parameters for box in boxes) == TINY["n_parameters"].sum()


def test_a_layer_whose_output_is_used_twice_ends_its_box() -> None:
    fork = layers(("InputLayer", "4", 0, ""), ("Dense", "4", 20, "0"), ("ReLU", "4", 0, "1"),
                  ("Dropout", "4", 0, "1"), ("Add", "4", 0, "2,3"))  # fmt: skip
    boxes = architecture.boxes_of(fork)
    assert [box.layer for box in boxes] == [f"layer_{k}" for k in range(5)]
    assert boxes[4].sources == [2, 3]


def test_connections_that_skip_a_box_get_lanes_that_do_not_overlap() -> None:
    found = architecture.lanes(architecture.boxes_of(TINY))
    assert found == [(1, 3, 1)]
    box = architecture.Box
    branches = [box("a", ["x"], "1", 0), box("b", ["x"], "1", 0), box("c", ["x"], "1", 0),
                box("d", ["x"], "1", 0, [0, 1, 2])]  # fmt: skip
    assert architecture.lanes(branches) == [(1, 3, 1), (0, 3, 2)]


@pytest.mark.parametrize("mode", MODES)
def test_boxes_are_filled_by_their_share_of_all_parameters(mode: Mode) -> None:
    figure = architecture.architecture_figure(TINY, mode=mode)
    outlines, shares = figure.data[:2]
    assert list(outlines.x) == [1] * 6
    assert sum(shares.x) == pytest.approx(1)
    assert shares.x[2] == pytest.approx(584 / 1010)
    texts = [trace.text for trace in figure.data[2:] if trace.text is not None]
    words = " ".join(text for each in texts for text in each)
    assert "84 × 32 × 8" in words and "<b>584</b>" in words  # noqa: RUF001 (the sign of a product)
    assert figure.layout.yaxis.range == (5.5, -0.5)  # the input is on top
    assert architecture.height_px(TINY) == architecture.MARGIN_PX + 6 * architecture.BOX_PX


def test_network_without_parameters_is_drawn_empty() -> None:
    figure = architecture.architecture_figure(layers(("InputLayer", "4", 0, "")), mode="light")
    assert list(figure.data[1].x) == [0]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("BatchNormalization", "batch norm"), ("SpatialDropout2D", "spatial dropout"),
        ("TimeDistributed Conv2D", "time distributed conv 2-D"), ("GetItem", "get item"),
    ],
)  # fmt: skip
def test_kinds_are_said_as_readers_say_them(kind: str, words: str) -> None:
    assert architecture.kind_words(kind) == words


def kernel_rows() -> pd.DataFrame:
    """Return two kernels of 2 rows and 3 columns; the weight of a cell names it."""
    return pd.DataFrame(
        [(k, r, c, 100 * k + 10 * r + c) for k in (0, 1) for r in (0, 1) for c in (0, 1, 2)],
        columns=["filter", "row", "column", "weight"],
    )


def test_kernels_have_time_before_bands() -> None:
    weights = filters.kernels(kernel_rows().iloc[::-1], "mel_clip")
    assert weights.shape == (2, 2, 3)
    assert weights[1, 1, 2] == 112


def test_kernels_of_pictures_are_turned_so_that_up_is_higher() -> None:
    weights = filters.kernels(kernel_rows(), "images_kaggle")
    assert weights.shape == (2, 3, 2)
    assert weights[0, 2].tolist() == [12, 2]  # the last column of pixels, from below


def test_filters_stand_on_one_scale_around_zero_with_gaps_between() -> None:
    weights = filters.kernels(kernel_rows().assign(weight=lambda rows: -rows["weight"]), "mel_clip")
    figure = filters.filters_figure(weights, filters.filter_words("mel_clip"), mode="dark")
    cells = figure.data[0]
    assert (cells.zmin, cells.zmax) == (-112, 112)
    assert cells.z[0][:2].tolist() == [0, -10]  # lowest band of the first kernel, two steps
    assert np.isnan(cells.z[0][2])
    assert len(figure.layout.shapes) == 2


@pytest.mark.parametrize(
    ("shape", "room", "per_row"),
    [((32, 6, 6), filters.ROOM, 8), ((16, 48, 18), filters.ROOM, 3), ((1, 4, 4), filters.ROOM, 1),
     ((32, 6, 6), filters.ROOM_NARROW, 6)],
)  # fmt: skip
def test_kernels_stand_so_that_they_are_largest(
    shape: tuple[int, int, int], room: tuple[int, int], per_row: int
) -> None:
    assert filters.kernels_per_row(*shape, room) == per_row


def test_filters_name_what_lies_upwards() -> None:
    words = filters.filter_words("mfcc_sequence")
    figure = filters.filters_figure(np.zeros((6, 3, 3)), words, mode="light", narrow=True)
    assert figure.layout.yaxis.title.text == "coefficient →"
    assert figure.data[0].zmax == 1  # nothing to scale by


def test_shortest_run_holds_half_and_is_the_heaviest_of_its_length() -> None:
    assert saliency.shortest_run(np.array([1, 0, 2, 3, 0, 2])) == (2, 3)
    assert saliency.shortest_run(np.ones(4)) == (0, 1)
    assert saliency.shortest_run(np.array([0, 0, 7.0])) == (2, 2)
    assert saliency.shortest_run(np.zeros(5)) == (0, 4)


def test_heaviest_is_the_smallest_area_that_holds_half() -> None:
    level, area = saliency.heaviest(np.array([[4.0, 1.0], [2.0, 1.0]]))
    assert (level, area) == (4.0, 0.25)
    assert saliency.heaviest(np.zeros((2, 2))) == (0.0, 1.0)


def clip(weight: np.ndarray) -> saliency.LookedAt:
    starts_s = np.arange(weight.shape[1]) * 0.5
    return saliency.LookedAt(starts_s, np.full(weight.shape, -40.0), weight)


def test_looked_at_puts_the_lowest_band_first() -> None:
    rows = pd.DataFrame(
        [(0.5, 1, -10, 1.0), (0.0, 0, -40, 0.0), (0.5, 0, -20, 0.5), (0.0, 1, -30, 0.25)],
        columns=["column_s", "band", "level_db", "weight"],
    )
    found = saliency.looked_at(rows)
    assert found.level_db.tolist() == [[-40, -20], [-30, -10]]
    assert found.weight.tolist() == [[0, 0.5], [0.25, 1.0]]
    assert found.step_s == 0.5


@pytest.mark.parametrize("mode", MODES)
def test_saliency_shows_both_panels_and_outlines_half_of_the_weight(mode: Mode) -> None:
    weight = np.zeros((4, 6))
    weight[1, 2:4] = 1, 0.6
    figure = saliency.saliency_figure(clip(weight), band_axis("mel_clip", 4), mode=mode)
    level, outline, weights, _ = figure.data
    assert (level.zmin, level.zmax) == (-80, 0)
    assert (weights.zmin, weights.zmax) == (0, 1)
    assert outline.contours.start == outline.contours.end == 1.0
    assert list(level.x)[:2] == [0.25, 0.75]  # middles of the columns
    assert theme.contrast(outline.line.color, theme.SURFACE[mode]) > 3


def test_levels_off_the_decibel_scale_get_their_own() -> None:
    looked = saliency.LookedAt(np.arange(2.0), np.array([[-1.0, 2.0]]), np.ones((1, 2)))
    figure = saliency.saliency_figure(looked, band_axis("mel_3s", 1), mode="light")
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-1, 2)


def test_mel_axis_goes_to_eleven_kilohertz_in_even_steps_of_mel() -> None:
    axis = mel_axis(32)
    assert axis.edges_hz is not None
    assert (axis.edges_hz[0], axis.edges_hz[-1]) == (0, pytest.approx(11_025))
    assert axis.span(0, 31) == "0 Hz and 11 kHz"
    assert mel_axis(128).place(110) == "around 6.9 kHz"
    places, names = axis.ticks(apart=4)
    assert names[-1] == "10 kHz" and "1 kHz" in names
    assert (np.diff(places) >= 4).all()


def test_rows_of_other_kinds_are_only_counted() -> None:
    axis = band_axis("mfcc_sequence", 20)
    assert axis.edges_hz is None
    assert axis.span(0, 4) == "rows 1 and 5 from below"
    assert axis.place(4) == "in row 5 from below"
    assert axis.ticks()[1][:2] == ["1", "3"]


@pytest.mark.parametrize(
    ("hz", "name"), [(0, "0 Hz"), (256.3, "260 Hz"), (996, "1 kHz"), (11_025, "11 kHz")]
)
def test_frequencies_have_two_digits(hz: float, name: str) -> None:
    assert rounded_hz(hz) == name


def worth_rows() -> pd.DataFrame:
    return pd.DataFrame(
        {"name": ["a", "b"], "below": ["x", "y"], "value": [0.2, -0.1], "ci_low": [0.1, -0.3],
         "ci_high": [0.4, 0.1], "own": [True, False]}
    )  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_worth_draws_intervals_in_order_with_zero_in_sight(mode: Mode) -> None:
    figure = worth.worth_figure(worth_rows(), title="difference", mode=mode)
    dots = figure.data[0]
    np.testing.assert_allclose(dots.error_x.array, [0.2, 0.2])
    np.testing.assert_allclose(dots.error_x.arrayminus, [0.1, 0.2])
    assert dots.marker.color == (theme.ACCENT[mode], theme.MUTED[mode])
    assert figure.layout.yaxis.ticktext == ("<b>a</b><br>x", "b<br>y")
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the first on top
    positive = worth.worth_figure(worth_rows().iloc[:1], title="difference", mode=mode)
    assert positive.layout.xaxis.range[0] < 0 < positive.layout.xaxis.range[1]


def test_long_names_are_broken_into_lines() -> None:
    rows = worth_rows().assign(name="The whole clip, not one crop of it, at the test")
    ticks = worth.worth_figure(rows, title="difference", mode="light").layout.yaxis.ticktext
    assert ticks[1] == "The whole clip, not one<br>crop of it, at the test<br>y"


def test_band_correlation_has_an_area_and_starts_at_zero() -> None:
    bands = pd.DataFrame({"band": [0, 1], "value": [0.9, 0.8], "ci_low": 0.7, "ci_high": 1.0})
    low, high, line = worth.band_correlation_figure(bands, mel_axis(2), mode="dark").data
    assert (list(low.y), list(high.y)) == ([0.7, 0.7], [1.0, 1.0])
    assert list(line.y) == [0.9, 0.8]


def test_large_kernels_are_drawn_without_words_for_each_weight() -> None:
    weights = np.zeros((32, 40, 40))
    figure = filters.filters_figure(weights, filters.filter_words("images_kaggle"), mode="light")
    assert figure.data[0].text is None
    assert figure.data[0].hovertemplate.startswith("weight: ")
    assert len(figure.to_json()) < 600_000
