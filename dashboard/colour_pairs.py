"""Which colour of a dark page stands for which of a light one, so that the browser can recolour.

The server draws a figure in the mode of the browser; when a visitor switches, assets/recolour.js
replaces each colour by its partner. For that no colour may have two partners, and black or white
writing on a coloured ground, whose partner depends on that ground, has four shades that look alike.
Must not import Dash.
"""

from collections.abc import Sequence

from plotly.colors import make_colorscale, sample_colorscale

from dashboard import theme
from dashboard.theme import Mode

# (writing in light mode, writing in dark mode) -> the two shades that say so.
INKS: dict[tuple[str, str], tuple[str, str]] = {
    ("#000000", "#000000"): ("#000000", "#000000"),
    ("#ffffff", "#ffffff"): ("#fffffe", "#ffffff"),  # light pages themselves are "#ffffff"
    ("#000000", "#ffffff"): ("#000001", "#fffffe"),
    ("#ffffff", "#000000"): ("#fffffd", "#000001"),
}


def colour_pairs() -> list[tuple[str, str]]:
    """Return every colour that a figure may have, as (light, dark), each once."""
    single = (
        theme.SURFACE, theme.TEXT, theme.MUTED, theme.GRID, theme.ACCENT, theme.OUTLINE,
        theme.FAINT, theme.WRONG,
    )  # fmt: skip
    scales = (
        theme.SHARE_SCALE, theme.SIGNED_SCALE, theme.DIVERGING, theme.WEIGHT_SCALE, theme.PALETTE,
    )  # fmt: skip
    families = theme.FAMILY_COLOURS
    pairs = [(colour["light"], colour["dark"]) for colour in single]
    for scale in scales:
        pairs += zip(scale["light"], scale["dark"], strict=True)
    pairs += [(families["light"][name], families["dark"][name]) for name in families["light"]]
    return list(dict.fromkeys([*pairs, *INKS.values()]))


def ink_on(grounds: dict[Mode, str], mode: Mode) -> str:
    """Return black or white, whichever reads better on what the ground is in this mode.

    Parameters
    ----------
    grounds : dict of str to str
        The ground's colour in each mode, "#rrggbb".
    mode : "light" or "dark"
    """
    light, dark = (theme.ink_on(grounds[shown]) for shown in theme.MODES)
    return INKS[light, dark][theme.MODES.index(mode)]


def inks_on_scale(places: Sequence[float], scale: dict[Mode, list[str]], mode: Mode) -> list[str]:
    """Return the ink for each place (0 to 1) on a scale of evenly spaced colours."""
    light, dark = (_shades(places, scale[shown]) for shown in theme.MODES)
    return [
        ink_on({"light": on_light, "dark": on_dark}, mode)
        for on_light, on_dark in zip(light, dark, strict=True)
    ]


def _shades(places: Sequence[float], scale: list[str]) -> list[str]:
    kept = [min(max(float(place), 0.0), 1.0) for place in places]
    shades = sample_colorscale(make_colorscale(scale), kept, colortype="tuple")
    return ["#" + "".join(f"{round(255 * channel):02x}" for channel in shade) for shade in shades]
