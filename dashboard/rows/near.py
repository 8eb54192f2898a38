"""An area of the map of components, as an address names it, and the tracks that lie in it.

"gtzan.features_3s:-1.20,0.50;2.00,0.50;0.40,3.10" is a polygon in the first two principal
components of a representation: what a lasso on the Clusters page drew.
"""

import math
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

FEWEST_CORNERS, MOST_CORNERS = 3, 12
NUMBER = re.compile(r"-?\d{1,6}(\.\d{1,4})?")


@dataclass(frozen=True)
class Area:
    """A polygon on the map of one representation; the last corner joins the first."""

    dataset: str
    representation: str
    corners: tuple[tuple[float, float], ...]

    def contains(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return which points lie inside, by the even-odd rule, as a lasso is drawn."""
        inside = np.zeros(len(x), dtype=bool)
        following = self.corners[1:] + self.corners[:1]
        for (x0, y0), (x1, y1) in zip(self.corners, following, strict=True):
            if y0 != y1:  # a level edge crosses no level ray
                spans = (y0 > y) != (y1 > y)
                inside ^= spans & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        return inside


def parse_area(text: str) -> Area | None:
    """Return the area that an address names, or None where it names none."""
    place, _, drawn = text.partition(":")
    dataset, _, representation = place.partition(".")
    corners = [_corner(corner) for corner in drawn.split(";")]
    known = [corner for corner in corners if corner is not None]
    fits = len(known) == len(corners) and FEWEST_CORNERS <= len(corners) <= MOST_CORNERS
    return Area(dataset, representation, tuple(known)) if fits and representation else None


def _corner(text: str) -> tuple[float, float] | None:
    parts = text.split(",")
    if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
        return None
    x, y = map(float, parts)
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


def tracks_in(area: Area, embedding: pd.DataFrame) -> list[str]:
    """Return the tracks whose point on the map lies in an area.

    A song of many segments stands there once, with its first, as on the Clusters page.

    Parameters
    ----------
    embedding : DataFrame
        Columns ``track_id, segment, pc1, pc2``.
    """
    rows = embedding.sort_values(["track_id", "segment"], kind="stable").drop_duplicates("track_id")
    inside = area.contains(rows["pc1"].to_numpy(float), rows["pc2"].to_numpy(float))
    return [str(name) for name in rows.loc[inside, "track_id"]]
