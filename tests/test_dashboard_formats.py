"""Numbers as text."""

import math

import numpy as np
import pytest

from dashboard.components import formats


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ((0.531, 0.474, 0.584), "0.53 [0.47, 0.58]"),
        ((0.5, None, None), "0.50"),
        ((None, None, None), formats.MISSING),
        ((math.nan, 0.1, 0.2), formats.MISSING),
        ((np.float64(1), np.float64(1), np.float64(1)), "1.00 [1.00, 1.00]"),
    ],
)
def test_format_score(given: tuple[float | None, float | None, float | None], text: str) -> None:
    assert formats.format_score(*given) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2278.6, "2,280"), (432352.2, "432,000"), (103.359, "103"), (0.014659, "0.0147"),
        (0.00018299, "0.000183"), (-0.0026970, f"{formats.MINUS}0.0027"),
        (-0.000001, f"{formats.MINUS}1.0e-06"), (0.0, "0"),
        (-5.28, f"{formats.MINUS}5.28"), (999.7, "1,000"), (30.0, "30"),
    ],
)  # fmt: skip
def test_measured_values_have_three_digits(value: float, text: str) -> None:
    assert formats.format_measured(value) == text


@pytest.mark.parametrize("value", [0.005, 0.125, 0.925, 0.995, 1.0, 0.0])
def test_percent_and_score_show_the_same_digits(value: float) -> None:
    percent = float(formats.format_percent(value).removesuffix(" %"))
    assert percent == pytest.approx(100 * float(formats.format_score(value)))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "under 1 ms"),
        (0.08, "80 ms"),
        (4.24, "4.2 s"),
        (59.97, "1 min 0 s"),
        (190, "3 min 10 s"),
        (None, formats.MISSING),
    ],
)
def test_format_seconds(seconds: float | None, text: str) -> None:
    assert formats.format_seconds(seconds) == text


def test_format_clock_counts_minutes() -> None:
    assert [formats.format_clock(value) for value in (0, 9.4, 605)] == ["0:00", "0:09", "10:05"]


def test_format_points_has_no_negative_zero() -> None:
    assert formats.format_points(-0.001) == "0.00"
    assert formats.format_points(-0.45) == f"{formats.MINUS}0.45"
    assert formats.format_points(0.014) == "+0.01"
    assert formats.format_points(None) == formats.MISSING


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("rock", "rock"),
        (9616, "9,616"),
        (np.int64(3), "3"),
        (0.25, "0.250"),
        (math.nan, formats.MISSING),
    ],
)
def test_format_cell(value: object, text: str) -> None:
    assert formats.format_cell(value) == text


def test_booleans_are_no_numbers() -> None:
    assert not formats.is_number(True)
    assert not formats.is_number("1")
    assert not formats.is_number(math.inf)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (120, "1 kB"),
        (18_900, "19 kB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (4_606_831, "4.6 MB"),
        (354_700_000, "355 MB"),
        (None, formats.MISSING),
    ],
)
def test_format_size(size: float | None, text: str) -> None:
    assert formats.format_size(size) == text
