"""What models cost beside what they reach: stored costs, and which models nothing else beats.

Costs are those of each run as measured where the results were computed; none is converted.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashboard.components.formats import format_seconds, format_size, is_number
from dashboard.state import Results


@dataclass(frozen=True)
class Cost:
    """One way in which a model is expensive.

    Attributes
    ----------
    field : str
        Of ``metadata``.
    title : str
        Of an axis.
    said : str
        Follows a model's name: "LightGBM, 3 s of training".
    text, tick : callable
        Number -> as a reader says it, and as an axis does.
    """

    field: str
    title: str
    said: str
    text: Callable[[float | None], str]
    tick: Callable[[float], str]


def _milliseconds(value: float | None) -> str:
    """Return milliseconds as a reader says them: "0.02 ms", "44 ms"."""
    return f"{value:.2g} ms" if is_number(value) else format_seconds(None)


def _second_tick(value: float) -> str:
    return f"{1000 * value:g} ms" if value < 1 else f"{value:,.0f} s"


def _byte_tick(value: float) -> str:
    names = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "B"))
    size, name = next(((size, name) for size, name in names if value >= size), (1, "B"))
    return f"{value / size:g} {name}"


COSTS = {
    "training": Cost(
        "train_s", "training time (log scale)", "of training", format_seconds, _second_tick
    ),
    "answer": Cost(
        "predict_ms", "time per clip (log scale)", "per clip", _milliseconds, "{:g} ms".format
    ),
    "size": Cost("size_bytes", "size of the model (log scale)", "in size", format_size, _byte_tick),
}


def with_costs(results: Results, runs: pd.DataFrame, cost: Cost) -> pd.DataFrame:
    """Return runs with ``cost`` (NaN where it is not stored), ``reason`` and ``front``.

    ``front``: no other run is both at least as good and at least as cheap, and better in one.
    """
    stored = [results.metadata[name] for name in runs["id"]]
    costs = pd.Series([entry.get(cost.field) for entry in stored], index=runs.index, dtype=float)
    reasons = [str(entry.get("missing", {}).get(cost.field, "")) for entry in stored]
    table = runs.assign(cost=costs.where(costs > 0), reason=reasons)
    return table.assign(front=_on_front(table))


def _on_front(table: pd.DataFrame) -> list[bool]:
    """Return whether nothing beats a run; runs that are equal in both stand on it together."""
    known = table.dropna(subset=["cost"]).sort_values(["cost", "value"], ascending=[True, False])
    front: set[object] = set()
    best, at = float("-inf"), float("nan")
    for name, row in known.iterrows():
        if row["value"] > best:
            best, at = row["value"], row["cost"]
            front.add(name)
        elif row["value"] == best and row["cost"] == at:
            front.add(name)
    return [name in front for name in table.index]
