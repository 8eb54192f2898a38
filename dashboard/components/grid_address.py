"""What an address keeps of a grid: the order of its rows, its filters, and which rows are ticked.

"sort=train_s-down", "filter=model~contains~forest;size~lessThan~1000000", "tick=<id>,<id>". The
values stand in controls, so the address is written as for every other choice; in the browser
assets/grid_address.js gives them to the grid and follows what a visitor does there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, dcc
from dash.development.base_component import Component

from dashboard.components.controls import control_id, control_input
from dashboard.query import Parameter

LISTED = "listed"
# Kinds of a condition, as ag-grid calls them.
CONDITIONS = (
    "contains", "notContains", "equals", "notEqual", "startsWith", "endsWith", "blank", "notBlank",
    "greaterThan", "greaterThanOrEqual", "lessThan", "lessThanOrEqual", "inRange",
)  # fmt: skip


@dataclass(frozen=True)
class GridAddress:
    """Which grid it is, and what its parameters are called.

    Attributes
    ----------
    page, grid_id : str
    fields : tuple of str
        Of the columns, each of which can give the order and can be filtered.
    prefix : str
        Before the parameters' names, on a page with several grids.
    ticks : dict of str to str, or None
        Id and name of each row that may be ticked; None where rows have no ticks.
    """

    page: str
    grid_id: str
    fields: tuple[str, ...]
    prefix: str = ""
    ticks: Mapping[str, str] | None = None

    @property
    def names(self) -> dict[str, str]:
        """Return what each part is called in the address."""
        parts = ["sort", "filter"] if self.ticks is None else ["sort", "filter", "tick"]
        return {part: f"{self.prefix}{part}" for part in parts}

    def parameters(self, orders: Mapping[str, str]) -> list[Parameter]:
        """Return the parameters; ``orders`` are those that a menu offers, "field-down" or "field".

        Headers and filters of columns offer more than a menu could list.
        """
        fields = "|".join(self.fields)
        order = Parameter(
            self.names["sort"],
            "Sort by",
            {LISTED: "as they come", **orders},
            LISTED,
            pattern=rf"(?:{fields})(?:-down)?",
        )
        filters = Parameter(self.names["filter"], "Filter", {}, "", pattern=_filters(fields))
        if self.ticks is None:
            return [order, filters]
        return [order, filters, Parameter(self.names["tick"], "Ticked", dict(self.ticks), "", True)]

    def hidden(self, choice: Mapping[str, str]) -> list[Component]:
        """Return the fields of what has no control that is seen."""
        return [
            dcc.Input(type="hidden", id=control_id(self.page, name), value=choice[name])
            for part, name in self.names.items()
            if part != "sort"
        ]

    def data(self) -> dict[str, Any]:
        """Return what the browser needs to know."""
        return {"page": self.page, "grid": self.grid_id, "names": self.names}


def _filters(fields: str) -> str:
    """Return the pattern of "field~condition~value", two of them joined by and/or, ";" between."""
    letter = "(?:[^~;%]|%(?=[0-9A-Fa-f]{2}))"  # values are percent-encoded once more
    condition = rf"(?:{'|'.join(CONDITIONS)})(?:~{letter}{{0,80}}){{0,2}}"
    clause = rf"(?:{fields})~{condition}(?:~(?:and|or)~{condition})?"
    return rf"{clause}(?:;{clause})*"


def fields_of(columns: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the fields of a grid's columns."""
    return tuple(str(column["field"]) for column in columns)


def register_grid_address(app: Dash, kept: GridAddress) -> None:
    """Let the browser give a grid what the address says, and follow its visitor."""
    rest = [State(control_id(kept.page, n), "value") for p, n in kept.names.items() if p != "sort"]
    app.clientside_callback(
        ClientsideFunction("genrelensGrids", "follow"),
        Output(f"{kept.grid_id}-address", "modified_timestamp"),
        control_input(kept.page, kept.names["sort"]),
        Input(kept.grid_id, "rowData"),
        Input(kept.grid_id, "columnDefs"),
        State(f"{kept.grid_id}-address", "data"),
        *rest,
    )
