"""What the Model page says of a network: its layers, its first filters, where it looked."""

import numpy as np
import pandas as pd

from dashboard.components.formats import format_count, format_percent, format_score
from dashboard.figures.architecture import as_read, boxes_of, kind_words
from dashboard.figures.filters import FilterWords
from dashboard.figures.saliency import LookedAt, heaviest, shortest_run
from dashboard.figures.training import chosen_epochs
from dashboard.sound.mel_axis import BandAxis
from dashboard.words.wording import counted


def training_sentence(history: pd.DataFrame) -> str:
    """Return how long the network trained, which epochs were chosen, and the accuracies there."""
    epochs = history.groupby("fold").size()
    n_folds = len(epochs)
    epoch_word = "epoch" if epochs.max() == 1 else "epochs"
    said = f"{counted(n_folds, 'fold')}, {_range(epochs, '.0f')} {epoch_word}."
    chosen = chosen_epochs(history)
    if chosen.empty:
        return f"{said} No epoch has a validation loss."
    how = (
        "The weights kept are those of epoch"
        if "chosen" in history
        else "Ringed, the lowest validation loss: epoch"
    )
    return (
        f"{said} {how} {_range(chosen['epoch'], '.0f')}; there accuracy is "
        f"{_range(chosen['accuracy'], '.2f')} on the rows it learns from and "
        f"{_range(chosen['val_accuracy'], '.2f')} on those that decide when to stop. "
        f"{'Rings mark them; one' if 'chosen' in history else 'One'} thin line is one fold."
    )


def _range(values: pd.Series, spec: str) -> str:
    """Return "0.81" or "0.81 to 0.88"."""
    low, high = format(values.min(), spec), format(values.max(), spec)
    return low if low == high else f"{low} to {high}"


def architecture_sentence(layers: pd.DataFrame) -> str:
    """Return how many layers and parameters a network has, and which layer holds most."""
    layers = layers.sort_values("place", kind="stable")
    total = int(layers["n_parameters"].sum())
    inputs = layers[layers["kind"] == "InputLayer"]
    taken = " and ".join(as_read(str(shape)) for shape in inputs["shape"]) or "its input"
    said = (
        f"{counted(len(layers), 'layer')} with {counted(total, 'parameter')} make "
        f"{as_read(str(layers['shape'].iloc[-1]))} probabilities of {taken} numbers."
    )
    if total == 0:
        return said
    largest = layers.iloc[int(layers["n_parameters"].argmax())]
    return (
        f"{said} The largest layer, {largest['layer']} ({kind_words(str(largest['kind']))}), holds "
        f"{format_percent(largest['n_parameters'] / total)} of them: "
        f"{format_count(largest['n_parameters'])}. {_drawing(layers)}"
    )


def _drawing(layers: pd.DataFrame) -> str:
    """Return what the drawing shows and what it does not."""
    if len(boxes_of(layers)) == len(layers):
        return "A box is filled as far as its share of all parameters."
    return (
        "Layers that learn nothing, or only normalise, share the box of the layer before them; a "
        "box is filled as far as its share of all parameters."
    )


def filters_sentence(weights: np.ndarray, words: FilterWords) -> str:
    """Return the size of the kernels, and how many change more along time than along frequency.

    Parameters
    ----------
    weights : ndarray of shape (n_filters, n_columns of time, n_bands)
    words : FilterWords
    """
    n, steps, bands = weights.shape
    across_time = weights.mean(axis=2).std(axis=1)
    across_bands = weights.mean(axis=1).std(axis=1)
    onsets = int((across_time > across_bands).sum())
    return (
        f"{counted(n, 'kernel')} of the first convolution, {counted(steps, words.step)} of time "
        f"wide and {counted(bands, words.row)} high, all on one scale: to the right is later, up "
        f"is {words.up}; weights reach {np.abs(weights).max():.2f}. {_directions(onsets, n)}"
    )


def _directions(onsets: int, n: int) -> str:
    """Return how many kernels change more along time than upwards."""
    if onsets == n:
        return "All change more along time, as onsets do."
    if onsets == 0:
        return "All change more upwards, as held notes do."
    return (
        f"{onsets} of {n} change more along time, as onsets do, the others more upwards, as held "
        "notes do."
    )


def saliency_sentence(rows: pd.DataFrame, clip: LookedAt, axis: BandAxis, protocol: str) -> str:
    """Return what the network said of a clip, and in which bands and when half its weight lies.

    Parameters
    ----------
    rows : DataFrame
        Rows of ``saliency`` of one track.
    clip : LookedAt
    axis : BandAxis
    protocol : str
        Short name of the protocol whose test part the track belongs to.
    """
    row = rows.iloc[0]
    right = row["y_true"] == row["y_pred"]
    verdict = "rightly" if right else f"wrongly: its label is {row['y_true']}"
    said = (
        f"{row['track_id']}, a test track of “{protocol}”, is called {row['y_pred']} with "
        f"probability {format_score(row['proba'])}, {verdict}. "
    )
    if not clip.weight.sum() > 0:
        return f"{said}Hiding any one place in it takes nothing from this answer."
    bands = shortest_run(clip.weight.sum(axis=1))
    columns = shortest_run(clip.weight.sum(axis=0))
    start_s = clip.starts_s[columns[0]]
    end_s = clip.starts_s[columns[1]] + clip.step_s
    _, area = heaviest(clip.weight)
    return (
        f"{said}A place weighs what the answer loses when it is hidden: half of the weight lies "
        f"between {axis.span(*bands)}, and half between {start_s:.1f} s and {end_s:.1f} s; "
        f"outlined is the {format_percent(area)} of the picture that holds half of it. This "
        "explains one answer, not the model."
    )
