"""Pictures written beside results, for readers without the web page."""

import io

import numpy as np

COLOURS = 16  # of the palette: a quarter of the size of full colour, and still smooth


def confusion_picture(counts: np.ndarray, genres: list[str], *, title: str) -> bytes:
    """Return a PNG of confusion counts (rows true, columns predicted), shaded by true genre.

    It holds no date and no version, so equal counts give equal bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(5.2, 5.0), dpi=80, layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(genres)), genres, rotation=90)
    axes.set_yticks(range(len(genres)), genres)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    axes.set_title(title, fontsize=10)
    for row, column in zip(*np.nonzero(counts), strict=True):
        shade = "white" if share[row, column] > 0.5 else "black"
        axes.text(
            column, row, counts[row, column], ha="center", va="center", color=shade, fontsize=8
        )
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    small = drawn.quantize(COLOURS, dither=Image.Dither.NONE)
    content = io.BytesIO()
    small.save(content, format="PNG", optimize=True)
    return content.getvalue()
