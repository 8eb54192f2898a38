"""What the Model page shows of a network: training, layers, first filters, where it looked."""

from typing import Any

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.controls import options_of
from dashboard.figures.architecture import architecture_figure, as_read, height_px, receives
from dashboard.figures.filters import filter_words, filters_figure, kernels
from dashboard.figures.saliency import looked_at, saliency_figure
from dashboard.figures.training import training_figure
from dashboard.pages.model_updates import shown_run
from dashboard.query import Parameter
from dashboard.rows import selection
from dashboard.rows.analyses import NETWORKS, rows_of_network
from dashboard.sound.mel_axis import band_axis
from dashboard.state import Results
from dashboard.words import network_sentences

TRACK = "track"
WEIGHTS_LISTED = 3_000
HISTORY = {
    "fold": "Fold", "epoch": "Epoch", "loss": "Loss", "accuracy": "Accuracy",
    "val_loss": "Validation loss", "val_accuracy": "Validation accuracy", "chosen": "Chosen",
}  # fmt: skip


def update_training(
    results: Results, model: str, protocol: str, mode: object
) -> CardContent | None:
    """Return the training curves; None for a model that does not train in epochs."""
    run = shown_run(results, model, protocol)
    history = results.history(run["id"])
    if history is None:
        return None
    figure = training_figure(history, mode=theme.as_mode(mode))
    table = history[[name for name in HISTORY if name in history]].rename(columns=HISTORY)
    return CardContent(
        network_sentences.training_sentence(history), figure, table, runs=selection.run_ids(run)
    )


def update_architecture(
    results: Results, model: str, mode: object
) -> tuple[CardContent | None, dict[str, str]]:
    """Return the drawing of the layers, if they are known, and the figure's style: its height."""
    layers = rows_of_network(results, "architectures", model)
    if layers.empty:
        return None, {"height": "0px"}
    layers = layers.sort_values("place", kind="stable")
    names = {int(row["place"]): str(row["layer"]) for _, row in layers.iterrows()}
    table = pd.DataFrame(
        {
            "Place": layers["place"],
            "Layer": layers["layer"],
            "Kind": layers["kind"],
            "Output": layers["shape"].map(as_read),
            "Parameters": layers["n_parameters"].astype(int),
            "Takes from": [
                ", ".join(names.get(place, str(place)) for place in receives(text))
                for text in layers["receives"]
            ],
        }
    )
    figure = architecture_figure(layers, mode=theme.as_mode(mode))
    content = CardContent(
        network_sentences.architecture_sentence(layers),
        figure,
        table,
        runs=(f"{model}.{NETWORKS}",),
    )
    return content, {"height": f"{height_px(layers)}px"}


def update_filters(
    results: Results, model: str, mode: object, narrow: bool = False
) -> CardContent | None:
    """Return the kernels of the first convolution; None for a network without one."""
    filters = rows_of_network(results, "filters", model)
    if filters.empty:
        return None
    representation = model.split(".")[1]
    weights, words = kernels(filters, representation), filter_words(representation)
    return CardContent(
        network_sentences.filters_sentence(weights, words),
        filters_figure(weights, words, mode=theme.as_mode(mode), narrow=narrow),
        _filters_table(filters),
        runs=(f"{model}.{NETWORKS}",),
    )


def _filters_table(filters: pd.DataFrame) -> pd.DataFrame:
    """Return every weight, or of large kernels a row each: a browser cannot hold 50,000 rows."""
    if len(filters) > WEIGHTS_LISTED:
        sizes = filters.groupby("filter")["weight"].agg(["mean", "std", "min", "max"])
        sizes.insert(0, "Kernel", sizes.index + 1)
        return sizes.set_axis(["Kernel", "Mean", "SD", "Least", "Greatest"], axis=1)
    ordered = filters.sort_values(["filter", "row", "column"], kind="stable")
    table = ordered[["filter", "row", "column", "weight"]]
    table = table.assign(**{name: table[name] + 1 for name in ("filter", "row", "column")})
    return table.set_axis(["Kernel", "Row", "Column", "Weight"], axis=1)


def track_parameter(results: Results, model: str) -> Parameter:
    """Return the choice of test track; without options where it is not known where a model looked.

    It starts with the first track that the network names rightly: what it goes by is plainest
    where it is right.
    """
    rows = rows_of_network(results, "saliency", model)
    tracks = rows.drop_duplicates("track_id").sort_values("track_id", kind="stable")
    right = (tracks["y_true"] == tracks["y_pred"]).tolist()
    options = {
        str(row["track_id"]): f"{row['track_id']}: "
        + ("named rightly" if known else f"taken for {row['y_pred']}")
        for known, (_, row) in zip(right, tracks.iterrows(), strict=True)
    }
    first = [track for track, known in zip(options, right, strict=True) if known]
    return Parameter(TRACK, "Test track", options, next(iter(first or options), ""))


def update_track(
    results: Results, model: str, track: str | None, address: dict[str, Any]
) -> tuple[list[dict[str, str]], str | None, dict[str, Any]]:
    """Return options and value of the track for another model, and the address's defaults.

    No track at all is None, which the browser leaves out of the address.
    """
    offered = track_parameter(results, model)
    value = track if track in offered.options else offered.default
    values = {**address["values"], TRACK: offered.default}
    return options_of(offered), value or None, {**address, "values": values}


def update_saliency(
    results: Results, model: str, track: str | None, mode: object
) -> CardContent | None:
    """Return where the network looked in one test track; None where that is not known."""
    rows = rows_of_network(results, "saliency", model)
    if rows.empty:
        return None
    offered = track_parameter(results, model)
    chosen = track if track in offered.options else offered.default
    rows = rows[rows["track_id"] == chosen].sort_values(["column_s", "band"], kind="stable")
    clip = looked_at(rows)
    axis = band_axis(model.split(".")[1], len(clip.weight))
    table = rows[["column_s", "band", "level_db", "weight"]]
    return CardContent(
        network_sentences.saliency_sentence(rows, clip, axis, selection.label(results, NETWORKS)),
        saliency_figure(clip, axis, mode=theme.as_mode(mode)),
        table.assign(band=table["band"] + 1).set_axis(
            ["From second", "Band", "Level, dB", "Weight"], axis=1
        ),
        runs=(f"{model}.{NETWORKS}",),
    )
