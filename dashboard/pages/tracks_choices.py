"""What can be chosen on the Tracks page, and how its address becomes a list of tracks.

Besides menus an address may hold what only other pages write: an area of the map, track ids, the
way back. Those stand in hidden fields, so that the address keeps them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

import dash

from dashboard.kept import FEW, kept
from dashboard.query import Choice, Parameter, listed, read_choice
from dashboard.rows import selection
from dashboard.rows.answers import OF_TWO, RIGHT, WRONG
from dashboard.rows.comparison import classifiers, unique_names
from dashboard.rows.near import Area, parse_area
from dashboard.rows.sureness import STEPS
from dashboard.rows.track_list import (
    DUPLICATE,
    LABEL,
    TrackList,
    Wanted,
    known_tracks,
    track_list,
)
from dashboard.state import Results

PATH = "/tracks"
ANY = "any"
AT_FIRST = 3  # models, each of another family
MOST_MODELS = 9  # as many as there are keys for them
MOST_IDS = 500
MOST_LETTERS = 6000  # of ids in an address: dashboard.serving takes lines of 8,190
# what chooses a list, in the order of ``chosen_list``
LISTED = (
    "data", "protocol", "model", "true", "predicted", "answer", "flag", "near", "ids", "lead",
    "sure",
)  # fmt: skip
HIDDEN = ("lead", "near", "ids", "track", "back")

ANSWERS = {ANY: "any", RIGHT: "right", WRONG: "wrong"} | OF_TWO
ANSWER = Parameter("answer", "Leading model is", ANSWERS, ANY)
SURE = Parameter("sure", "Its probability", {ANY: "any"} | STEPS, ANY)
FLAG = Parameter(
    "flag", "Flag", {ANY: "any", DUPLICATE: "has a copy", LABEL: "label in doubt"}, ANY
)
ORDER = Parameter(
    "sort", "Order",
    {
        "listed": "as listed", "margin": "least sure first", "margin-down": "surest first",
        "right": "most models wrong first", "right-down": "most models right first",
        "agree": "most disputed first", "true": "by genre", "answer_0": "by answer",
        "track-down": "last track first",
    },
    "listed",
    pattern=r"(?:track|true|answer_[0-8]|second|right|agree|margin|flags)(?:-down)?",
)  # fmt: skip
COLUMNS = Parameter(
    "columns", "Columns",
    {
        "true": "True genre", "answers": "Answers", "probability": "Probability",
        "second": "Runner-up", "right": "Right", "agree": "Agreeing", "margin": "Margin",
        "flags": "Flags",
    },
    "true,answers,probability,right,agree,margin,flags",
    several=True,
)  # fmt: skip


def protocol_parameter(results: Results, dataset: str) -> Parameter:
    """Return the choice of protocol of a data set; the default is the least leaky one."""
    runs = results.runs[(results.runs["dataset"] == dataset) & (results.runs["variant"] == "")]
    used = set(runs["protocol"])
    names = [name for name in selection.supervised_protocols(results) if name in used]
    return selection.protocol_parameter(results, names)


@kept()
def model_parameter(results: Results, dataset: str, protocol: str) -> Parameter:
    """Return the choice of models that were tested so; at first the best of three families."""
    scored = selection.scored_runs(results, unit="track")
    name = selection.protocol_of(results, protocol)
    scored = scored[(scored["dataset"] == dataset) & (scored["protocol"] == name)]
    tested = set(scored["served_id"])
    models = classifiers(results)
    options = {
        str(run["served_id"]): selection.model_name(results, run)
        for _, run in models.iterrows()
        if run["served_id"] in tested
    }
    best = scored.sort_values("value", ascending=False, kind="stable").drop_duplicates("family")
    default = ",".join(best["served_id"].head(AT_FIRST))
    return Parameter("model", "Models", options, default, several=True)


def genre_parameters(results: Results, dataset: str) -> list[Parameter]:
    """Return the choices of the true genre and of the first model's answer."""
    genres = {ANY: "any"} | {genre: genre for genre in results.datasets[dataset]["genres"]}
    return [
        Parameter("true", "True genre", genres, ANY),
        Parameter("predicted", "Called", genres, ANY),
    ]


def parameters(results: Results, dataset: str, protocol: str) -> list[Parameter]:
    """Return everything that a visitor can choose within a data set, in the address's order."""
    lead, near, ids, track, back = (Parameter(name, name, {}, "") for name in HIDDEN)
    return [
        selection.dataset_parameter(results),
        protocol_parameter(results, dataset),
        model_parameter(results, dataset, protocol), lead,
        *genre_parameters(results, dataset),
        ANSWER, SURE, FLAG, near, ids, ORDER, COLUMNS, track, back,
    ]  # fmt: skip


def read_address(results: Results, query: Mapping[str, object]) -> tuple[list[Parameter], Choice]:
    """Return what can be chosen and what the address chose, with a note on what does not fit."""
    data = selection.dataset_parameter(results)
    dataset = read_choice(query, [data])["data"]
    tested = protocol_parameter(results, dataset)
    offered = parameters(results, dataset, read_choice(query, [tested])["protocol"])
    visible = [parameter for parameter in offered if parameter.name not in HIDDEN]
    choice = read_choice(query, visible, CARDS)
    hidden, notes = _read_hidden(results, query, dataset)
    models, too_many = _most(choice["model"])
    lead, unknown = _leading(results, dataset, choice["protocol"], models, hidden["lead"])
    values = choice.values | {"model": models} | hidden | {"lead": lead}
    notes = [*choice.notes, *too_many, *unknown, *notes]
    return offered, replace(choice, values=values, notes=tuple(notes))


CARDS = ("sureness", "track-answers")


def _most(models: str) -> tuple[str, list[str]]:
    """Return no more models than there are keys for, and a note where some are left out."""
    chosen = listed(models)
    note = f"The address names {len(chosen)} models; the first {MOST_MODELS} are shown."
    return ",".join(chosen[:MOST_MODELS]), [note] if len(chosen) > MOST_MODELS else []


def _leading(
    results: Results, dataset: str, protocol: str, models: str, lead: str
) -> tuple[str, list[str]]:
    """Return the model that leads, "" for the first, and a note where there is none such."""
    if not lead or lead in listed(models):
        return lead, []
    known = model_parameter(results, dataset, protocol).options
    note = f"The address says lead={lead[:60]}, which is no model here. The first leads instead."
    return "", [] if lead in known else [note]


def _read_hidden(
    results: Results, query: Mapping[str, object], dataset: str
) -> tuple[dict[str, str], list[str]]:
    """Return the values of the hidden fields; one that does not fit is left out with a note."""
    asked = {name: str(query.get(name) or "") for name in HIDDEN}
    notes = []
    if asked["near"] and _area(dataset, asked["near"]) is None:
        notes.append(
            "The address names no area of this data set's map (near=dataset.features:x,y;x,y;x,y, "
            "three to twelve corners). Showing all of it instead."
        )
        asked["near"] = ""
    if asked["ids"] or asked["track"]:
        asked, unknown = _known(results, dataset, asked)
        notes += unknown
    asked["back"] = asked["back"] if way_back(asked["back"]) else ""
    return asked, notes


def _known(
    results: Results, dataset: str, asked: dict[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return ids and track without those that the data set does not have, and what to say."""
    known = known_tracks(results, dataset)
    ids, notes = _fitting(listed(asked["ids"]))
    unknown = [name for name in [*ids, asked["track"]] if name and name not in known]
    if unknown:
        some = ", ".join(name[:40] for name in unknown[:3])
        title = selection.data_title(results, dataset)
        notes.append(f"{title} has no track {some}{' and others' if len(unknown) > 3 else ''}.")
    kept = ",".join(name for name in ids if name in known)
    track = asked["track"] if asked["track"] in known else ""
    return {**asked, "ids": kept, "track": track}, notes


def _fitting(ids: list[str]) -> tuple[list[str], list[str]]:
    """Return no more ids than an address can hold, and a note where some are left out."""
    letters, fitting = 0, []
    for name in ids[:MOST_IDS]:
        letters += len(quote(name)) + 1
        if letters > MOST_LETTERS:
            break
        fitting.append(name)
    note = (
        f"The address names {len(ids)} songs, more than an address can hold; the first "
        f"{len(fitting)} are listed."
    )
    return fitting, [note] if len(ids) > len(fitting) else []


@dataclass(frozen=True)
class Way:
    """Where a visitor came from: an address of this app, and the name of its page."""

    href: str
    name: str


def way_back(address: object) -> Way | None:
    """Return the page that a list was asked for from; None for what is no page of this app.

    Two slashes, a slash and a backslash, or a tab between them would lead to another host.
    """
    if not isinstance(address, str) or not re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", address):
        return None
    path = address.partition("?")[0].partition("#")[0]
    pages = {page["path"]: page["name"] for page in dash.page_registry.values()}
    return Way(address, str(pages[path])) if path in pages else None


def _area(dataset: str, near: str) -> Area | None:
    area = parse_area(near)
    return area if area is not None and area.dataset == dataset else None


@kept(FEW)
def chosen_list(
    results: Results,
    data: str,
    protocol: str,
    model: str | Sequence[str],
    true: str,
    predicted: str,
    answer: str,
    flag: str,
    near: str = "",
    ids: str = "",
    lead: str = "",
    sure: str = "",
) -> TrackList:
    """Return the tracks that a choice lists; while menus change, defaults stand in."""
    dataset, slug, models = resolved(results, data, protocol, model)
    genres = results.datasets[dataset]["genres"]
    in_turn = sorted(models, key=lambda model: model != lead)  # the others keep their order
    wanted = Wanted(
        dataset=dataset,
        protocol=selection.protocol_of(results, slug),
        models=tuple(in_turn),
        chips=tuple(models),
        true=true if true in genres else "",
        predicted=predicted if predicted in genres else "",
        answer=answer if answer in ANSWERS and answer != ANY else "",
        sure=sure if sure in STEPS else "",
        flag=flag if flag in (DUPLICATE, LABEL) else "",
        area=_area(dataset, near or ""),
        ids=tuple(listed(ids)),
    )
    return track_list(results, wanted, unique_names(results, in_turn))


@kept()
def resolved(
    results: Results, data: str, protocol: str, model: str | Sequence[str]
) -> tuple[str, str, list[str]]:
    """Return data set, protocol's slug and models that belong together."""
    offered = selection.dataset_parameter(results)
    dataset = data if data in offered.options else offered.default
    tested = protocol_parameter(results, dataset)
    slug = protocol if protocol in tested.options else tested.default
    known = model_parameter(results, dataset, slug)
    models = [name for name in listed(model) if name in known.options][:MOST_MODELS]
    return dataset, slug, models or listed(known.default)
