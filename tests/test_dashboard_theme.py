"""Colours: contrast, distance under simulated colour blindness, and agreement with the CSS."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageColor

from dashboard import theme
from dashboard.theme import MODES, Mode
from pipeline.config import REPOSITORY

# Machado, Oliveira & Fernandes 2009, "A Physiologically-based Model for Simulation of Color
# Vision Deficiency", severity 1.0, on linear RGB.
VISION = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
# Ottosson 2020, "A perceptual color space for image processing" (Oklab).
TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def oklab(colour: str, vision: np.ndarray) -> np.ndarray:
    channels = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(vision @ linear, 0, 1)
    return TO_LAB @ np.cbrt(TO_LMS @ seen)


@pytest.mark.parametrize("mode", MODES)
def test_marks_have_three_to_one_contrast(mode: Mode) -> None:
    marks = [*theme.PALETTE[mode], *theme.FAMILY_COLOURS[mode].values(), theme.ACCENT[mode]]
    assert min(theme.contrast(mark, theme.SURFACE[mode]) for mark in marks) >= 3


@pytest.mark.parametrize("mode", MODES)
def test_text_has_four_and_a_half_to_one_contrast(mode: Mode) -> None:
    for text in (theme.TEXT[mode], theme.MUTED[mode], theme.ACCENT[mode]):
        assert theme.contrast(text, theme.SURFACE[mode]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("vision", VISION)
def test_genre_colours_stay_apart(mode: Mode, vision: str) -> None:
    seen = [oklab(colour, VISION[vision]) for colour in theme.PALETTE[mode]]
    distances = [float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)]
    # 0.02 is about one just noticeable difference; ten hues allow a little over twice that.
    assert min(distances) > 0.044


@pytest.mark.parametrize("mode", MODES)
def test_share_scale_steps_evenly_in_lightness(mode: Mode) -> None:
    lightness = np.array([oklab(colour, np.eye(3))[0] for colour in theme.SHARE_SCALE[mode]])
    steps = np.abs(np.diff(lightness))
    assert (np.sign(np.diff(lightness)) == np.sign(np.diff(lightness)[0])).all()
    assert steps.max() < 2 * steps.min()


def test_gtzan_genres_keep_their_colour_in_a_subset() -> None:
    nine = [genre for genre in theme.GTZAN_GENRES if genre != "blues"]
    all_ten = theme.genre_colours(theme.GTZAN_GENRES, "light")
    assert theme.genre_colours(nine, "light") == {genre: all_ten[genre] for genre in nine}


def test_other_genres_are_placed_alphabetically() -> None:
    colours = theme.genre_colours(["waltz", "drone"], "dark")
    assert colours == {"drone": theme.PALETTE["dark"][0], "waltz": theme.PALETTE["dark"][1]}


def test_sixteen_genres_have_sixteen_looks() -> None:
    genres = [f"genre {number:02d}" for number in range(16)]
    colours, symbols = theme.group_looks(genres, "light", are_genres=True)
    assert len({(colours[genre], symbols[genre]) for genre in genres}) == 16
    assert len(set(symbols.values())) == 16


def test_contrast_of_black_and_white_is_21() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.ink_on("#f0e442") == "#000000"
    assert theme.ink_on("#302082") == "#ffffff"


def test_unknown_mode_is_light() -> None:
    assert [theme.as_mode(value) for value in ("dark", "light", None, 3)] == [
        "dark", "light", "light", "light",
    ]  # fmt: skip


def test_graphs_never_offer_to_upload() -> None:
    assert theme.GRAPH_CONFIG["showSendToCloud"] is False
    assert theme.GRAPH_CONFIG["displaylogo"] is False


@pytest.mark.parametrize("mode", MODES)
def test_css_repeats_the_colours(mode: Mode) -> None:
    css = (REPOSITORY / "assets" / "tokens.css").read_text(encoding="utf-8")
    blocks = {"light": css.split("{", 1)[1], "dark": css.split('[data-bs-theme="dark"] {', 1)[1]}
    block = blocks[mode].split("}", 1)[0]
    found = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
    expected = {
        "surface": theme.SURFACE, "text": theme.TEXT, "muted": theme.MUTED,
        "line": theme.GRID, "accent": theme.ACCENT,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == {
        name: colours[mode] for name, colours in expected.items()
    }


SIZES = {"14px", "16px", "20px", "28px", "40px", "inherit"} | {f"var(--t{k})" for k in range(1, 6)}
ON_A_WALL = re.compile(r"clamp\([^()]+\)")  # by the size of the screen
ON_PAPER = re.compile(r"[\d.]+pt")
WEIGHTS = {"400", "600", "inherit", "var(--regular)", "var(--strong)"}
ALL_SHEETS = sorted((REPOSITORY / "assets").glob("*.css"))
SHEETS = [path for path in ALL_SHEETS if path.name != "bootstrap.min.css"]


COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b"
    r"|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\("
    rf"|(?<![\w-])(?:{'|'.join(ImageColor.colormap)})(?![\w-])"
)


def parts(sheet: Path) -> tuple[str, str]:
    """Return what a style sheet says for screens, and for paper."""
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    screen, _, paper = css.partition("@media print")
    return screen, paper


def odd_sizes(css: str, *, paper: bool = False) -> list[str]:
    """Return the sizes of type that are no token."""
    sizes = re.findall(r"font-size:\s*([^;}]+?)\s*[;}]", css)
    return [
        size
        for size in sizes
        if not (size in SIZES or ON_A_WALL.fullmatch(size) or (paper and ON_PAPER.fullmatch(size)))
    ]


def colours(css: str) -> list[str]:
    """Return the colours that a style sheet writes out: hexadecimal, functions and names."""
    return [
        found for value in re.findall(r":([^;{}]*)[;}]", css) for found in COLOUR.findall(value)
    ]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_style_sheets_know_five_type_sizes_and_two_weights(sheet: Path) -> None:
    screen, paper = parts(sheet)
    assert odd_sizes(screen) == []
    assert odd_sizes(paper, paper=True) == []
    weights = set(re.findall(r"font-weight:\s*([^;}]+?)\s*[;}]", screen + paper))
    assert weights <= WEIGHTS


@pytest.mark.parametrize("size", ["13px", "calc(13px)", "var(--anything)", "9pt", "var(--t6)"])
def test_other_sizes_are_found(size: str) -> None:
    assert odd_sizes(f"p {{ font-size: {size}; }}") == [size]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_colours_stand_in_the_tokens_only(sheet: Path) -> None:
    screen, paper = parts(sheet)
    if sheet.name != "tokens.css":
        assert colours(screen) == []
    tokens = (REPOSITORY / "assets" / "tokens.css").read_text(encoding="utf-8")
    light = tokens.split("[data-bs-theme", 1)[0]
    assert set(colours(paper)) <= set(colours(light))  # paper is light in both modes


@pytest.mark.parametrize("colour", ["#fff", "rgb(0 0 0 / 18%)", "hsl(1 2% 3%)", "1px solid red"])
def test_colours_of_every_kind_are_found(colour: str) -> None:
    assert len(colours(f"p {{ border: {colour}; white-space: pre; color: var(--red) }}")) == 1
