"""Pictures written beside results, for readers without the web page."""

from pathlib import Path

import numpy as np

from pipeline.artifacts import write_atomic


def write_confusion_picture(
    path: Path, counts: np.ndarray, genres: list[str], *, title: str
) -> None:
    """Draw confusion counts (rows true, columns predicted), shaded by the share of the true genre.

    The file holds no date and no version, so equal counts give equal bytes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

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
    write_atomic(path, lambda temporary: canvas.print_png(temporary, metadata={"Software": None}))
