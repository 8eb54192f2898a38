"""Each colour of a light page has one partner of a dark one, and figures use no other colours."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from dashboard import theme
from dashboard.colour_pairs import INKS, colour_pairs, ink_on, inks_on_scale
from dashboard.figures.composition import composition_figure
from dashboard.figures.confusion import confusion_figure
from dashboard.theme import MODES, Mode
from pipeline.config import REPOSITORY

SAME_IN_BOTH = {"#888888"}  # an outline on pictures of any colour
HEX = re.compile(r"#[0-9a-f]{6}\b")


@pytest.mark.parametrize("place", [0, 1])
def test_no_colour_has_two_partners(place: int) -> None:
    colours = [pair[place] for pair in colour_pairs()]
    assert sorted(colours) == sorted(set(colours))


def test_the_first_pair_is_the_page_itself() -> None:
    assert colour_pairs()[0] == (theme.SURFACE["light"], theme.SURFACE["dark"])


def test_every_colour_in_the_code_of_figures_is_in_a_pair() -> None:
    known = {colour for pair in colour_pairs() for colour in pair} | SAME_IN_BOTH
    for path in sorted((REPOSITORY / "dashboard").rglob("*.py")):
        if path.name != "colour_pairs.py":
            unknown = set(HEX.findall(path.read_text(encoding="utf-8"))) - known
            assert not unknown - {"#000000", "#ffffff"}, f"{path}: add them to dashboard/theme.py"


@pytest.mark.parametrize("mode", MODES)
def test_ink_is_black_or_white_to_the_eye_and_says_what_it_is_in_the_other_mode(mode: Mode) -> None:
    for (light, dark), shades in INKS.items():
        grounds: dict[Mode, str] = {
            "light": "#ffffff" if light == "#000000" else "#000000",
            "dark": "#ffffff" if dark == "#000000" else "#000000",
        }
        assert ink_on(grounds, mode) == shades[MODES.index(mode)]
        for wanted, shade in zip((light, dark), shades, strict=True):
            assert theme.contrast(wanted, shade) < 1.05


def test_inks_on_a_scale_are_partners_of_each_other() -> None:
    places = np.linspace(-0.1, 1.1, 40).tolist()
    light, dark = (inks_on_scale(places, theme.SHARE_SCALE, mode) for mode in MODES)
    assert set(zip(light, dark, strict=True)) <= set(INKS.values())
    assert (light[0], dark[0]) == INKS["#000000", "#ffffff"]


def recoloured(text: str) -> str:
    """Return a light figure's JSON in the colours of dark pages, as the browser does."""
    partner = dict(colour_pairs())
    return HEX.sub(lambda colour: partner[colour[0]], text)


@pytest.mark.parametrize("draw", ["confusion", "composition"])
def test_a_recoloured_figure_equals_the_one_of_the_other_mode(draw: str) -> None:
    counts = pd.DataFrame(
        np.random.default_rng(0).integers(0, 60, (10, 10)),
        index=theme.GTZAN_GENRES,
        columns=theme.GTZAN_GENRES,
    )

    def drawn(mode: Mode) -> str:
        if draw == "confusion":
            return str(confusion_figure(counts, show="counts", mode=mode).to_json())
        return str(composition_figure(counts, mode=mode).to_json())

    assert json.loads(recoloured(drawn("light"))) == json.loads(drawn("dark"))
