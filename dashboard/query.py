"""The state of a page as its address: parameters with readable names, checked.

A page declares its ``Parameter`` objects, in the order of its controls; ``read_choice`` turns the
query of a request into valid values. What does not fit falls back to the default, and a note says
so. The browser writes the address (assets/genrelens.js): parameters at their default are left out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

TABLE = "table"  # names the cards that show their table instead of their picture


@dataclass(frozen=True)
class Parameter:
    """One thing that a visitor can choose.

    Attributes
    ----------
    name : str
        As it stands in the address.
    label : str
        As the page calls it.
    options : dict of str to str
        Value in the address -> text on the page.
    default : str
        One of the options.
    several : bool
        Any number of options may be chosen; default and value are then their names with commas
        between.
    headings : dict of str to str
        Option -> what a menu writes above it, where a group of options begins.
    pattern : str
        A regular expression: a text that is it as a whole is valid besides the options.
    """

    name: str
    label: str
    options: dict[str, str]
    default: str
    several: bool = False
    headings: dict[str, str] = field(default_factory=dict)
    pattern: str = ""


@dataclass(frozen=True)
class Choice:
    """Valid values of all parameters, the cards shown as tables, and what was not understood."""

    values: dict[str, str]
    tables: frozenset[str] = frozenset()
    notes: tuple[str, ...] = field(default=())

    def __getitem__(self, name: str) -> str:
        """Return the value of a parameter."""
        return self.values[name]


def read_value(query: Mapping[str, object], parameter: Parameter) -> tuple[str, str | None]:
    """Return the value of one parameter and, if the query's did not fit, a note that says so."""
    asked = query.get(parameter.name)
    if asked is None:
        return parameter.default, None
    if parameter.several and isinstance(asked, str):
        return _read_several(asked, parameter)
    if isinstance(asked, str) and asked in parameter.options:
        return asked, None
    if isinstance(asked, str) and parameter.pattern and re.fullmatch(parameter.pattern, asked):
        return asked, None
    said = (
        f"The address says {parameter.name}={_short(asked)}, which is not among the choices here."
    )
    if not parameter.options:  # nothing can be shown instead
        return parameter.default, said
    shown = parameter.options.get(parameter.default, parameter.default)
    return parameter.default, f"{said} Showing “{shown}” instead."


def listed(value: str | Sequence[str] | None) -> list[str]:
    """Return the options in the value of a parameter of several, as text or as a list."""
    names = value.split(",") if isinstance(value, str) else value or []
    return [name for name in dict.fromkeys(names) if name]


def _read_several(asked: str, parameter: Parameter) -> tuple[str, str | None]:
    """Return those asked for that are among the options, and a note on the others."""
    names = listed(asked)
    known = [name for name in names if name in parameter.options]
    if len(known) == len(names):
        return ",".join(known), None
    unknown = ", ".join(name for name in names if name not in parameter.options)
    return ",".join(known) or parameter.default, (
        f"The address says {parameter.name}={_short(unknown)}, which is not among the choices "
        f"here. Showing {'the others' if known else 'the default'} instead."
    )


def read_choice(
    query: Mapping[str, object], parameters: Iterable[Parameter], cards: Iterable[str] = ()
) -> Choice:
    """Return the choice that a query stands for.

    Parameters
    ----------
    query : mapping
        Parameter values as the address gives them: text, or a list where one name came twice.
    parameters : iterable of Parameter
    cards : iterable of str
        Ids of the page's figure cards; ``table=`` may name them.
    """
    values, notes = {}, []
    for parameter in parameters:
        values[parameter.name], note = read_value(query, parameter)
        if note:
            notes.append(note)
    asked = query.get(TABLE)
    tables = frozenset(asked.split(",")) if isinstance(asked, str) else frozenset()
    return Choice(values, tables & frozenset(cards), tuple(notes))


def _short(value: object) -> str:
    """Return what the address said, cut so that a note stays one line."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
