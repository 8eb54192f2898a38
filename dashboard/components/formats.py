"""Numbers as text, the same way on every page: two digits for scores, three for the rest."""

import math
from numbers import Integral, Real
from typing import TypeGuard

MINUS = "−"  # noqa: RUF001 (a true minus sign is as wide as a plus)
HUGE_DISTANCE = 10_000  # our tracks lie within 100 of each other
MISSING = "–"  # noqa: RUF001 (an en dash is what the page shows for "no number")


def is_number(value: object) -> TypeGuard[float]:
    """Return whether the value is a finite number."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(float(value))


def format_score(
    value: float | None, ci_low: float | None = None, ci_high: float | None = None
) -> str:
    """Return a score with its interval, "0.53 [0.47, 0.58]"; a dash where there is none."""
    if not is_number(value):
        return MISSING
    if not (is_number(ci_low) and is_number(ci_high)):
        return f"{value:.2f}"
    return f"{value:.2f} [{ci_low:.2f}, {ci_high:.2f}]"


def format_percent(value: float | None) -> str:
    """Return a share in whole percent, "53 %", of the two digits that ``format_score`` shows."""
    return f"{round(100 * float(f'{value:.2f}'))} %" if is_number(value) else MISSING


def format_points(change: float | None) -> str:
    """Return a difference of scores with its sign, "−0.45"; a difference of 0.00 has none."""  # noqa: RUF002 (MINUS)
    if not is_number(change):
        return MISSING
    text = f"{change:+.2f}"
    return "0.00" if float(text) == 0 else text.replace("-", MINUS)


def format_whole_points(change: float) -> str:
    """Return a difference of shares in whole points, with a true minus sign."""
    whole = round(100 * change)
    return f"{MINUS if whole < 0 else ''}{abs(whole)}"


def format_distance(value: float) -> str:
    """Return a distance to a training track, "1.3" or "1,234"; a huge one only as such."""
    if value >= HUGE_DISTANCE:
        return f"over {HUGE_DISTANCE:,}"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def format_seconds(value: float | None) -> str:
    """Return a duration as a reader says it: "80 ms", "4.2 s", "3 min 10 s"."""
    if not is_number(value):
        return MISSING
    if 0 <= value < 0.0005:
        return "under 1 ms"
    if value < 1:
        return f"{1000 * value:.0f} ms"
    if value < 59.95:  # what would round to "60.0 s" is a minute
        return f"{value:.1f} s"
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes} min {seconds} s"


def format_clock(value: float) -> str:
    """Return a place in a clip, "0:09"."""
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes}:{seconds:02d}"


def format_size(value: float | None) -> str:
    """Return a number of bytes as a reader says it: "19 kB", "4.6 MB", "355 MB"."""
    if not is_number(value):
        return MISSING
    if value < 999_500:  # what would round to "1000 kB" is a megabyte
        return f"{max(value / 1e3, 1):.0f} kB"
    return f"{value / 1e6:.1f} MB" if value < 9.95e6 else f"{value / 1e6:.0f} MB"


def format_measured(value: float) -> str:
    """Return a measured value in three digits, "2,280", "0.0147", "−2.1e-06"."""  # noqa: RUF002 (MINUS)
    three = float(f"{value:.3g}")
    size = abs(three)
    if size >= 1000:
        text = f"{size:,.0f}"
    elif size >= 0.00001 or size == 0:
        text = f"{size:.7f}".rstrip("0").rstrip(".")
    else:
        text = f"{size:.1e}"
    return f"{MINUS if three < 0 else ''}{text}"


def format_count(value: float | None) -> str:
    """Return a count with thousands separated by a comma, "9,616"."""
    return f"{value:,.0f}" if is_number(value) else MISSING


def format_cell(value: object) -> str:
    """Return one table cell as text: three digits for fractions, none for counts."""
    if isinstance(value, str):
        return value
    if not is_number(value):
        return MISSING
    return f"{value:,}" if isinstance(value, Integral) else f"{value:.3f}"
