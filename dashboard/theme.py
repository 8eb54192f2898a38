"""Colours, markers and the Plotly template, for light and for dark pages.

Genre colours were chosen from Paul Tol's and Okabe & Ito's palettes (some darkened), so that their
smallest Oklab distance stays as large as ten colours allow under simulated protanopia,
deuteranopia and tritanopia (Machado, Oliveira & Fernandes 2009), with a contrast of at least 3:1
to the page; two more, found by search to be as far from those ten, serve data sets of twelve.
Ten hues cannot all be told apart, so each genre also has a marker symbol of its own.
Each colour of one mode stands for one of the other, so that the browser can recolour a figure; the
last digits of some differ only for that (``dashboard.colour_pairs``).
The colours of the page are in assets/tokens.css, which repeats ``SURFACE``, ``TEXT`` and others.
Must not import Dash.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go

Mode = Literal["light", "dark"]
MODES: tuple[Mode, Mode] = ("light", "dark")

FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", '
    '"Liberation Sans", Arial, sans-serif'
)
SURFACE: dict[Mode, str] = {"light": "#ffffff", "dark": "#14181d"}
TEXT: dict[Mode, str] = {"light": "#1d2329", "dark": "#e6e9ec"}
MUTED: dict[Mode, str] = {"light": "#566069", "dark": "#a7b0b9"}
GRID: dict[Mode, str] = {"light": "#e3e7eb", "dark": "#2c343c"}
ACCENT: dict[Mode, str] = {"light": "#0b5cad", "dark": "#7db8f5"}
WRONG: dict[Mode, str] = {"light": "#c04e00", "dark": "#f0903c"}  # of an answer, beside ACCENT

# From "nothing" to "everything" in one hue: even steps of lightness, also in grey print.
SHARE_SCALE: dict[Mode, list[str]] = {
    "light": ["#ffffff", "#cfe0f1", "#9dbfe0", "#689dcd", "#327ab6", "#0b568f", "#06335a"],
    "dark": ["#14181d", "#17324d", "#1c4d7a", "#2a6aa5", "#4a8acb", "#7db0e6", "#c6def7"],
}
# From -1 over nothing to 1: two hues that the colour-blind tell apart, the middle is the page.
SIGNED_SCALE: dict[Mode, list[str]] = {
    "light": ["#8a3a00", "#d07a2c", "#f0c9a0", "#ffffff", "#9dbfe0", "#327ab6", "#06335a"],
    "dark": ["#ffc48f", "#d07a2c", "#6b3f18", "#14181d", "#1c4d7a", "#4a8acb", "#c6def7"],
}
# The same for differences of counts, stronger where they are small.
DIVERGING: dict[Mode, list[str]] = {
    "light": ["#7a3300", "#d17a35", "#f5d3b8", "#ffffff", "#c3dbf0", "#4f93cc", "#06406f"],
    "dark": ["#ffc38f", "#c8702a", "#57341b", "#14181d", "#1a3b5a", "#3d86c6", "#a9d3f8"],
}
# From nothing to the most weight, beside a picture in the blue of ``SHARE_SCALE``.
WEIGHT_SCALE: dict[Mode, list[str]] = {
    "light": ["#ffffff", "#f7ddc5", "#eebb8c", "#e09350", "#c85202", "#8f3a00", "#552200"],
    "dark": ["#14181d", "#3d2a10", "#6b4a10", "#96701a", "#c29b25", "#f0e443", "#fbf7c0"],
}
OUTLINE: dict[Mode, str] = {"light": "#c85203", "dark": "#f0e444"}  # of what weighs most
FAINT: dict[Mode, str] = {"light": "#b4bdc6", "dark": "#4d5862"}  # the lines of the worst trials

PALETTE: dict[Mode, tuple[str, ...]] = {
    "light": (
        "#0072b2", "#9a3d8a", "#a29434", "#5e1439", "#40a292",
        "#302082", "#222222", "#c85200", "#0b5d2a", "#777777",
        "#8c7fdf", "#713163",
    ),
    "dark": (
        "#56b4e9", "#aa4499", "#f0e442", "#d55e00", "#99ddff",
        "#0077bb", "#d8c87b", "#dc9800", "#009e73", "#bbbbbb",
        "#997aef", "#ba3922",
    ),
}  # fmt: skip
SYMBOLS = (
    "circle", "square", "diamond", "triangle-up", "cross",
    "x", "star", "triangle-down", "pentagon", "hexagram",
)  # fmt: skip
GTZAN_GENRES = (
    "blues", "classical", "country", "disco", "hiphop",
    "jazz", "metal", "pop", "reggae", "rock",
)  # fmt: skip

FAMILY_COLOURS: dict[Mode, dict[str, str]] = {
    "light": {
        "dummy": "#777778", "linear": "#9a3d8b", "tree": "#0b5d2b", "boosting": "#c85201",
        "neighbours": "#a29434", "dense": "#0072b2", "convolutional": "#302083",
        "recurrent": "#40a292", "fused": "#5e143a", "clusters": "#222222",
    },
    "dark": {
        "dummy": "#9aa3ab", "linear": "#c872b9", "tree": "#2fbd90", "boosting": "#f08a3c",
        "neighbours": "#f0e442", "dense": "#56b4e9", "convolutional": "#8f9bf0",
        "recurrent": "#99ddff", "fused": "#e58fa8", "clusters": "#d8c87b",
    },
}  # fmt: skip

LEGEND_BELOW: dict[str, Any] = {  # in columns of equal width, two of them on a phone
    "orientation": "h", "x": 0, "xanchor": "left", "y": -0.14, "yanchor": "top",
    "traceorder": "normal", "entrywidth": 64, "font": {"size": 13},
}  # fmt: skip

PIXELS_PER_LETTER = 6.6  # of legend text
SWATCH_PX = 8  # what an entry needs beside its line or dot


def legend_below(names: Sequence[str]) -> dict[str, Any]:
    """Return the legend below a figure with columns as wide as the longest name."""
    longest = max(map(len, names), default=0)
    width = max(LEGEND_BELOW["entrywidth"], SWATCH_PX + PIXELS_PER_LETTER * longest)
    return {**LEGEND_BELOW, "entrywidth": width}


LASSOS = ["select2d", "lasso2d"]  # buttons that select points
GRAPH_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "showSendToCloud": False,  # plotly 7 offers to upload the chart unless told otherwise
    "displayModeBar": "hover",
    "responsive": True,
    "modeBarButtonsToRemove": ["autoScale2d", "zoomIn2d", "zoomOut2d"],
    "toImageButtonOptions": {"format": "png", "filename": "genrelens", "scale": 2},
}


def as_mode(value: object) -> Mode:
    """Return the colour mode that the browser reports; anything unknown is light."""
    return "dark" if value == "dark" else "light"


def _places(genres: Sequence[str]) -> dict[str, int]:
    """Return each genre's place in the palette: fixed for GTZAN's, else alphabetical."""
    if set(genres) <= set(GTZAN_GENRES):
        return {genre: GTZAN_GENRES.index(genre) for genre in genres}
    return {genre: place for place, genre in enumerate(sorted(genres))}


def genre_colours(genres: Sequence[str], mode: Mode) -> dict[str, str]:
    """Return a colour for each genre; beyond twelve the colours repeat, the symbols do not."""
    palette = PALETTE[mode]
    return {genre: palette[place % len(palette)] for genre, place in _places(genres).items()}


def genre_symbols(genres: Sequence[str]) -> dict[str, str]:
    """Return a Plotly marker symbol for each genre: filled for the first ten, then outlined."""
    return {
        genre: SYMBOLS[place % len(SYMBOLS)] + ("-open" if place >= len(SYMBOLS) else "")
        for genre, place in _places(genres).items()
    }


def group_looks(
    groups: Sequence[str], mode: Mode, *, are_genres: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return colours and symbols of groups; other groups than genres take them in their order."""
    if are_genres:
        return genre_colours(groups, mode), genre_symbols(groups)
    palette = PALETTE[mode]
    return (
        {group: palette[place % len(palette)] for place, group in enumerate(groups)},
        {group: SYMBOLS[place % len(SYMBOLS)] for place, group in enumerate(groups)},
    )


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of "#rrggbb", 0 to 255 each."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


def rgba(colour: str, opacity: float) -> str:
    """Return "#rrggbb" as a colour of this opacity, 0 to 1."""
    red, green, blue = channels(colour)
    return f"rgba({red},{green},{blue},{opacity:.3f})"


def luminance(colour: str) -> float:
    """Return the relative luminance of "#rrggbb", 0 to 1.

    References
    ----------
    W3C (2018), Web Content Accessibility Guidelines 2.1, "relative luminance".
    """
    shares = [channel / 255 for channel in channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.1)."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on a colour."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, colour))


def family_colour(family: str, mode: Mode) -> str:
    """Return the colour of a model family; a family that has none yet gets the muted text's."""
    return FAMILY_COLOURS[mode].get(family, MUTED[mode])


@cache
def template(mode: Mode) -> go.layout.Template:
    """Return the Plotly template of one colour mode."""
    axis = {
        "gridcolor": GRID[mode], "linecolor": GRID[mode], "zerolinecolor": GRID[mode],
        "tickcolor": GRID[mode], "automargin": True, "title": {"standoff": 8},
        "tickfont": {"color": MUTED[mode]},
    }  # fmt: skip
    scene_axis = {
        "gridcolor": GRID[mode], "zerolinecolor": GRID[mode], "color": MUTED[mode],
        "showbackground": False, "tickfont": {"size": 11}, "title": {"font": {"size": 12}},
    }  # fmt: skip
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 14, "color": TEXT[mode]},
            "paper_bgcolor": SURFACE[mode],
            "plot_bgcolor": SURFACE[mode],
            "colorway": list(PALETTE[mode]),
            "margin": {"l": 8, "r": 8, "t": 32, "b": 8},
            "xaxis": axis,
            "yaxis": axis,
            "scene": {"xaxis": scene_axis, "yaxis": scene_axis, "zaxis": scene_axis},
            "hoverlabel": {
                "bgcolor": SURFACE[mode],
                "bordercolor": MUTED[mode],
                "font": {"family": FONT, "size": 14, "color": TEXT[mode]},
            },
            "legend": {"font": {"size": 14}, "itemsizing": "constant"},
            "modebar": {
                "bgcolor": "rgba(0,0,0,0)", "color": MUTED[mode], "activecolor": ACCENT[mode],
                "remove": LASSOS,  # but where they lead somewhere
            },
        }
    )  # fmt: skip


def blank_figure(mode: Mode = "light") -> go.Figure:
    """Return a figure without axes, shown while the real one is on its way."""
    clear = "rgba(0,0,0,0)"  # the placeholder behind it, in the page's colour, shines through
    hidden = {"visible": False}
    return go.Figure(
        layout={
            "template": template(mode), "paper_bgcolor": clear, "plot_bgcolor": clear,
            "xaxis": hidden, "yaxis": hidden,
        }
    )  # fmt: skip


@cache
def blank_values() -> dict[str, Any]:
    """Return the blank figure as plain values, for layouts: a page has many, all the same."""
    values: dict[str, Any] = blank_figure().to_plotly_json()
    return values
