"""Whether two pictures of a page show the same, for all that a visitor could notice.

A picture is kept small: one dot for ``SCALE`` x ``SCALE`` points of the screen, in a palette. Two
are alike where no patch of dots differs, each dot with the freedom to lie one dot further: how
edges of letters are smoothed does not count, a part that has moved or changed its colour does.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

SCALE = 4
COLOURS = 255
CONTRAST = 30  # of 255: what a dot may differ in one colour
PATCH = 8  # dots: 32 x 32 points
SHARE = 0.3  # of a patch's dots that may differ
TALLER = 3  # dots: how far lengths may differ


@dataclass(frozen=True)
class Difference:
    """Where two pictures differ: ``patches`` as (x, y) in points of the screen."""

    patches: list[tuple[int, int]]
    picture: Image.Image


def small(png: bytes) -> Image.Image:
    """Return a picture as it is kept."""
    full = Image.open(BytesIO(png)).convert("RGB")
    size = (max(1, full.width // SCALE), max(1, full.height // SCALE))
    return full.resize(size, Image.Resampling.BOX)


def keep(png: bytes, path: Path) -> None:
    """Write a picture as a few kilobytes."""
    path.parent.mkdir(exist_ok=True)
    # of the methods the one that keeps rare colours, such as a single bar's
    how = Image.Quantize.MAXCOVERAGE
    reduced = small(png).quantize(COLOURS, method=how, dither=Image.Dither.NONE)
    reduced.save(path, optimize=True)


def difference(png: bytes, kept: Path) -> Difference | None:
    """Return where a page differs from its kept picture; None where they are alike."""
    now, before = small(png), Image.open(kept).convert("RGB")
    a, b = (np.asarray(image, dtype=np.int16) for image in (now, before))
    if a.shape[1] != b.shape[1] or abs(len(a) - len(b)) > TALLER:
        return Difference([(0, SCALE * min(len(a), len(b)))], _side_by_side(now, before, []))
    rows = min(len(a), len(b))
    apart = np.maximum(_distance(a[:rows], b[:rows]), _distance(b[:rows], a[:rows]))
    differing = apart > CONTRAST
    found = _patches(differing)
    return Difference(found, _side_by_side(now, before, found)) if found else None


def _distance(image: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return for each dot how far it is from the nearest of the nine around it in the other."""
    padded = np.pad(other, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows, columns = image.shape[:2]
    least = np.full((rows, columns), 255, dtype=np.int16)
    for y in range(3):
        for x in range(3):
            shifted = padded[y : y + rows, x : x + columns]
            np.minimum(least, np.abs(image - shifted).max(axis=2), out=least)
    return least


def _patches(differing: np.ndarray) -> list[tuple[int, int]]:
    """Return the patches in which too many dots differ, in points of the screen."""
    rows, columns = (size // PATCH * PATCH for size in differing.shape)
    blocks = differing[:rows, :columns].reshape(rows // PATCH, PATCH, columns // PATCH, PATCH)
    found = np.argwhere(blocks.mean(axis=(1, 3)) > SHARE)
    return [(int(x) * PATCH * SCALE, int(y) * PATCH * SCALE) for y, x in found]


def _side_by_side(
    now: Image.Image, before: Image.Image, patches: list[tuple[int, int]]
) -> Image.Image:
    """Return both pictures, what differs framed in the first."""
    shown = Image.new("RGB", (now.width + before.width + 8, max(now.height, before.height)), "red")
    marked = np.asarray(now).copy()
    for x, y in patches:
        left, top = x // SCALE, y // SCALE
        marked[top : top + PATCH, left] = marked[top, left : left + PATCH] = (255, 0, 0)
    shown.paste(Image.fromarray(marked), (0, 0))
    shown.paste(before, (now.width + 8, 0))
    return shown
