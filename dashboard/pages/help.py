"""Help: protocols, intervals, metrics, faults of the data, how to read each page, keys, sources.

Every heading has an anchor that question marks of other pages lead to ("/help#fault-filtered").
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.controls import page_frame
from dashboard.components.formats import format_count
from dashboard.glossary import GROUPS, HELP, page_anchor, protocol_anchor
from dashboard.query import read_choice
from dashboard.rows.selection import data_title
from dashboard.state import Results, current_state
from dashboard.state import State as ResultsState
from dashboard.words import help_texts
from dashboard.words.help_faults import fault_lines
from dashboard.words.wording import counted, joined

PATH, NAME = HELP, "Help"
TITLE = "Help · GenreLens"
DESCRIPTION = "What protocols, intervals and metrics mean, what is wrong with GTZAN, and keys."
PAGE = "help"
ARRIVED = "help-arrived"
LEAKS = {"track": "pieces of the same song", "duplicate": "copies", "artist": "the same artist"}


def layout(**query: Any) -> Component:
    """Return the page; it has nothing to choose."""
    results = current_state().current()
    sections = [
        ("protocols", "Protocols: what is held out", _protocols(results)),
        ("intervals", "Intervals", _intervals()),
        ("metrics", "Metrics", _metrics()),
        ("faults", "What is wrong with the data", _faults(results)),
        ("pages", "How to read each page", _pages()),
        ("keys", "Keys", _keys()),
        ("data", "Where the data come from", _data(results)),
    ]
    content = [
        html.H1("What do these numbers mean?"),
        html.P(
            "How a model is tested decides its score more than which model it is. This page says "
            "what each way of testing holds out, and what each number counts.",
            className="lead-sentence",
        ),
        html.Div(
            [
                _contents([(anchor, title) for anchor, title, _ in sections]),
                html.Div([_section(*section) for section in sections], className="help-text"),
            ],
            className="help-columns",
        ),
        html.Div(id=ARRIVED),
    ]
    return page_frame(PAGE, PATH, content, parameters=[], choice=read_choice(query, []))


def _contents(sections: Sequence[tuple[str, str]]) -> html.Nav:
    """Return the table of contents, with the groups of metrics below theirs."""
    items: list[Component] = []
    for anchor, title in sections:
        below = [html.Li(_jump(f"metrics-{group.name}", group.title)) for group in GROUPS]
        more = html.Ul(below) if anchor == "metrics" else None
        items.append(html.Li([_jump(anchor, title), more]))
    return html.Nav(html.Ul(items), className="help-contents", **aria(label="On this page"))


def _jump(anchor: str, text: str) -> html.A:
    return html.A(text, href=f"#{anchor}", className="jump-link")


def _section(anchor: str, title: str, content: Sequence[Component]) -> html.Section:
    heading = html.H2(title, id=f"{anchor}-heading")
    return html.Section(
        [heading, *content], id=anchor, tabIndex=-1, **aria(labelledby=f"{anchor}-heading")
    )


def _entry(anchor: str, name: str, *content: Component | str) -> html.Div:
    """Return one explained thing that can be linked to."""
    return html.Div(
        [html.H3(html.A(name, href=f"#{anchor}", className="jump-link")), *content],
        id=anchor,
        className="help-entry",
        tabIndex=-1,
    )


def _protocols(results: Results) -> list[Component]:
    """Return the protocols as the results explain them, from most to least leaky."""
    used = set(results.runs["protocol"])
    ordered = sorted(results.protocols.items(), key=lambda item: item[1]["order"])
    entries: list[Component] = []
    for name, protocol in ordered:
        if name not in used:
            continue
        entries.append(
            _entry(
                protocol_anchor(name),
                str(protocol["label"]),
                html.P(str(protocol["explanation"])),
                html.P(_shared(results, name), className="fine"),
            )
        )
    blanks = [
        html.P(f"{data_title(results, row['dataset'])} without {_label(results, row)}: "
               f"{row['reason']}.".replace("..", "."), className="fine")
        for row in results.content.get("blanks", [])
    ]  # fmt: skip
    return [
        html.P(
            "A protocol says how songs are divided into a part that a model learns from and a part "
            "that it is tested on. From top to bottom, less is shared between the two."
        ),
        *entries,
        *blanks,
    ]


def _shared(results: Results, name: str) -> str:
    """Return what a protocol holds out, and what the tested songs were found to share anyway."""
    protocol = results.protocols[name]
    if not protocol["supervised"]:
        return "Used for clusters only."
    found: dict[str, int] = {}
    for run in results.metadata.values():
        if run["protocol"] == name and not run["variant"]:
            for kind, count in (run["permitted_leaks"] or {}).items():
                found[kind] = max(found.get(kind, 0), int(count))
    held = f"Held out: {protocol['held_out']}."
    if not found:
        return f"{held} Nothing was found on both sides."
    shares = [
        f"{LEAKS.get(kind, kind)} ({counted(count, 'test song')})" for kind, count in found.items()
    ]
    return f"{held} Found on both sides: {joined(shares)}, at most."


def _label(results: Results, row: Mapping[str, Any]) -> str:
    protocol = results.protocols.get(row["protocol"])
    return f"“{protocol['label']}”" if protocol else str(row["protocol"])


def _intervals() -> list[Component]:
    made = [
        _entry(f"interval-{place}", name, html.P(text))
        for place, (name, text) in enumerate(help_texts.HOW_MADE.items(), start=1)
    ]
    return [*map(html.P, help_texts.INTERVALS), *made]


def _metrics() -> list[Component]:
    parts: list[Component] = []
    for group in GROUPS:
        entries = [_entry(name, term.name, html.P(term.text)) for name, term in group.terms.items()]
        heading = html.H3(group.title, className="help-group")
        parts.append(
            html.Div([heading, html.Div(entries)], id=f"metrics-{group.name}", tabIndex=-1)
        )
    return parts


def _faults(results: Results) -> list[Component]:
    """Return what these results count of each data set's faults, and who found them."""
    parts: list[Component] = []
    for dataset in results.datasets:
        lines = fault_lines(results, dataset)
        parts += [html.H3(data_title(results, dataset), className="help-group")] if lines else []
        for place, (heading, text) in enumerate(lines.items(), start=1):
            parts.append(_entry(f"fault-{dataset}-{place}", heading, html.P(text)))
    found = "; ".join(f"{who}, {what}" for who, _, what in help_texts.FAULT_FINDERS)
    return [
        *parts,
        html.P(f"GTZAN's faults were found and published by others: {found}."),
        html.P(["Lists of these tracks: ", dcc.Link("Data", href="/data"), "."]),
        html.P(["Titles: ", _jump("sources", "sources"), "."]),
    ]


def _pages() -> list[Component]:
    """Return how to read the pages that this app has."""
    there = {page["path"] for page in dash.page_registry.values()}
    entries = [
        _entry(page_anchor(path), name, html.P([text, " ", dcc.Link("Open", href=path)]))
        for path, (name, text) in help_texts.PAGES.items()
        if path in there
    ]
    return [*map(html.P, help_texts.EVERY_PAGE), *entries]


def _keys() -> list[Component]:
    tables: list[Component] = []
    for where, keys in help_texts.KEYS.items():
        rows = [html.Tr([html.Th(key, scope="row"), html.Td(does)]) for key, does in keys.items()]
        tables.append(html.Table([html.Caption(where), html.Tbody(rows)], className="help-keys"))
    return tables


def _data(results: Results) -> list[Component]:
    """Return the data sets, what models take of them, and what was published on them."""
    sets = [
        _entry(
            f"data-{name}",
            data_title(results, name),
            html.P(
                f"{entry['source']}. {format_count(entry['n_tracks'])} tracks, "
                f"{len(entry['genres'])} genres: {', '.join(entry['genres'])}."
            ),
        )
        for name, entry in results.datasets.items()
    ]
    taken = [
        html.Li(f"{entry.get('short') or name}: {entry['title']}")
        for name, entry in results.representations.items()
    ]
    sources = [
        html.Li([f"{who}, ", html.Cite(title), f": {what}."])
        for who, title, what in help_texts.SOURCES
    ]
    return [
        *sets,
        html.H3("What models are given", className="help-group"),
        html.Ul(taken),
        html.H3("Sources", className="help-group", id="sources"),
        html.Ul(sources),
    ]


def register_callbacks(app: Dash, state: ResultsState) -> None:
    """Go to the place that the address names, once the page is there (assets/help.js)."""
    app.clientside_callback(
        ClientsideFunction("genrelensHelp", "arrive"),
        Output(ARRIVED, "className"),
        Input(ARRIVED, "id"),
    )
