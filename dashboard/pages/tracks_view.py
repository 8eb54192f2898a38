"""What the Tracks page shows of one track: plain functions from results to content."""

from collections.abc import Callable, Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.attributes import aria, data
from dashboard.components.card import CardContent
from dashboard.components.code import with_code
from dashboard.components.formats import format_score
from dashboard.figures.track_answers import track_answers_figure
from dashboard.kept import MANY, kept
from dashboard.links import tracks_href
from dashboard.pages.tracks_choices import resolved
from dashboard.pages.tracks_features import missing, update_unusual
from dashboard.rows import selection
from dashboard.rows.comparison import unique_names
from dashboard.rows.track_details import (
    Answers,
    answers_of,
    components_of,
    copies_of,
    doubt_of,
    nearest_of,
)
from dashboard.rows.track_list import known_tracks
from dashboard.sound.recordings import advice, picture_of, sound_of
from dashboard.state import Results
from dashboard.words.wording import joined

Models = str | Sequence[str]
Link = Callable[[str], html.A]


def update_track(
    results: Results, dataset: str, protocol: str, model: Models, track: str
) -> tuple[str, list[Component], list[Component]]:
    """Return heading, sound and further details of the opened track; empty where none is open."""
    dataset, slug, models = resolved(results, dataset, protocol, model)
    genre = known_tracks(results, dataset).get(track or "")
    if genre is None:
        return "", [], []

    noted, details = known_of(results, dataset, slug, models, track, genre)
    return f"{track}: {genre}", [*_sound(dataset, track, genre), *noted], details


@kept(MANY)
def known_of(
    results: Results, dataset: str, slug: str, models: Sequence[str], track: str, genre: str
) -> tuple[list[Component], list[Component]]:
    """Return what the results say of a track: doubts, and what it is like.

    Kept, unlike the sound, which lies in a folder that may change.
    """

    def link(name: str) -> html.A:
        href = tracks_href(dataset=dataset, protocol=slug, models=models, track=name)
        return html.A(name, href=href, **data(track=name))

    details = [
        *_nearest(results, dataset, track, genre, link),
        *update_unusual(results, dataset, track, genre),
    ]
    return _copies_and_label(results, dataset, track, genre, link), details


def _sound(dataset: str, track: str, genre: str) -> list[Component]:
    """Return player and picture, or a line that says that they are not here."""
    has_sound = sound_of(dataset, track) is not None
    has_picture = picture_of(dataset, track) is not None
    parts: list[Component] = []
    if has_sound or has_picture:
        kind = "archived" if has_picture else "drawn"
        drawn = html.Img(
            src=f"/api/spectrogram/{dataset}/{track}",
            alt=f"Mel spectrogram of {track}, {genre}: time from left to right, low "
            "frequencies at the bottom, loud parts bright.",
        )
        line = html.Span(className="playhead", hidden=True, **aria(hidden="true"))
        parts.append(html.Div([drawn, line], className=f"mel-picture mel-{kind}"))
    if has_sound:
        player = html.Audio(
            src=f"/api/audio/{dataset}/{track}",
            controls=True,
            preload="metadata",
            id="track-audio",
            **aria(label=f"Sound of {track}"),
        )
        return [player, *parts]
    what = "The sound of this song is" if has_picture else "Sound and picture of this song are"
    said = with_code(f"{what} not here. {advice(dataset)}")
    return [html.P(said, className="fine"), *parts]


def _copies_and_label(
    results: Results, dataset: str, track: str, genre: str, link: Link
) -> list[Component]:
    """Return what is wrong with the track or its label, as far as it was looked for."""
    parts: list[Component] = []
    copies = copies_of(results, dataset, track)
    if len(copies):
        same = _joined([link(str(name)) for name in copies["track_id"]])
        others = sorted(set(copies["genre"]) - {genre})
        labelled = f", there labelled {' and '.join(others)}" if others else ""
        parts.append(html.P(["The same recording as ", *same, f"{labelled}."], className="note"))
    doubt = doubt_of(results, dataset, track)
    if doubt is not None:
        parts.append(
            html.P(
                f"Its label is in doubt: the models give {doubt['suggested']} "
                f"{format_score(doubt['confidence_suggested'])} and {genre} "
                f"{format_score(doubt['confidence_given'])}; {doubt['n_families_agree']} of "
                f"{doubt['n_families']} families of models agree. Ears decide.",
                className="note",
            )
        )
    for kind, what in (("duplicates", "copies"), ("suspicious_labels", "doubtful labels")):
        if results.analysis(kind).empty:
            parts.append(missing(f"These results do not say what {what} there are."))
    return parts


def _joined(links: Sequence[Component]) -> list[Component | str]:
    """Return links with commas and "and" between them."""
    said: list[Component | str] = []
    for place, one in enumerate(links):
        if place:
            said.append(" and " if place == len(links) - 1 else ", ")
        said.append(one)
    return said


def _nearest(results: Results, dataset: str, track: str, genre: str, link: Link) -> list[Component]:
    """Return the nearest tracks as links, the nearest first."""
    rows = nearest_of(results, dataset, track)
    heading = html.H3("Nearest songs")
    if rows.empty:
        return [heading, missing("These results do not say which songs are nearest to this one.")]
    heard = str(rows["representation"].iloc[0])
    n_components = components_of(results, dataset, heard)
    among = f"{n_components} principal components" if n_components else "principal components"
    same = int((rows["genre"] == genre).sum())
    items = [
        html.Li([link(str(row["neighbour"])), f" {row['genre']}, {row['distance']:.1f}"])
        for _, row in rows.iterrows()
    ]
    said = (
        f"{same} of {len(rows)} are {genre}, too. Distance in {among} of "
        f"{selection.short(results, heard)}."
    )
    return [heading, html.P(said, className="fine"), html.Ol(items, className="nearest")]


@kept(MANY)
def update_answers(
    results: Results, dataset: str, protocol: str, model: Models, track: str, mode: object
) -> CardContent | None:
    """Return the probabilities that the models give the opened track; None where there are none."""
    dataset, slug, models = resolved(results, dataset, protocol, model)
    if track not in known_tracks(results, dataset):
        return None
    answers = _answers(results, slug, models, track)
    drawn = answers.table[answers.table["stored"]] if len(answers.table) else answers.table
    if drawn.empty:
        return None
    return CardContent(
        answers_sentence(answers),
        track_answers_figure(
            answers.probabilities.loc[drawn["name"]], drawn, answers.genre,
            mode=theme.as_mode(mode),
        ),
        _answers_table(answers),
        runs=answers.runs,
    )  # fmt: skip


def _answers(results: Results, slug: str, models: Sequence[str], track: str) -> Answers:
    return answers_of(
        results,
        track,
        protocol=selection.protocol_of(results, slug),
        models=models,
        names=unique_names(results, models),
    )


@kept(MANY)
def update_answers_absent(
    results: Results, dataset: str, protocol: str, model: Models, track: str
) -> str:
    """Return why there are no probabilities of the opened track; "" where there are some."""
    dataset, slug, models = resolved(results, dataset, protocol, model)
    if track not in known_tracks(results, dataset):
        return ""
    answers = _answers(results, slug, models, track)
    if answers.table.empty:
        return (
            f"None of the chosen models was tested on this song under “{answers.protocol}”: it is "
            "in the training part, or was left out."
        )
    if answers.table["stored"].any():
        return ""
    return answers_sentence(answers)


def answers_sentence(answers: Answers) -> str:
    """Return each model's answer with its probability, if stored, and the model's accuracy."""
    said = []
    for _, row in answers.table.iterrows():
        value = ""
        if row["stored"]:
            value = f" {answers.probabilities.loc[row['name'], row['answer']]:.2f}"
        verdict = "right" if row["answer"] == answers.genre else "wrong"
        said.append(f"{row['name']} says {row['answer']}{value} ({verdict})")
    absent = f" Not tested on it: {', '.join(answers.absent)}." if answers.absent else ""
    return (
        f"Under “{answers.protocol}”, {'; '.join(said)}. {_honest(answers.table)}"
        f"{_unstored(answers.table)}{absent}"
    )


def _unstored(table: pd.DataFrame) -> str:
    """Return which models' probabilities are not stored; "" where all are."""
    names = list(table.loc[~table["stored"], "name"])
    if not names:
        return ""
    if len(names) == len(table):
        whose = "this model" if len(names) == 1 else "these models"
        return f" No probabilities of {whose} are stored under this protocol."
    return f" No probabilities are stored of {joined(names)}."


def _honest(table: pd.DataFrame) -> str:
    """Return how often the models are right under their least leaky protocols, in their order."""
    protocols = table["honest_protocol"].unique()
    one = len(table) == 1
    start = f"How often {'it is' if one else 'they are'} right at {'its' if one else 'their'}"
    if len(protocols) == 1:
        in_order = "" if one else ", in this order"
        return f"{start} hardest test, “{protocols[0]}”{in_order}: {', '.join(table['honest'])}."
    parts = [f"{row['honest']} (“{row['honest_protocol']}”)" for _, row in table.iterrows()]
    return f"{start} hardest tests, in this order: {', '.join(parts)}."


def _answers_table(answers: Answers) -> pd.DataFrame:
    """Return a row a model: answer, accuracy with protocol, probability of every genre."""
    named = answers.table[["name", "answer", "accuracy", "honest", "honest_protocol"]]
    named = named.set_axis(
        ["Model", "Answer", f"Accuracy, {answers.protocol}", "Hardest test", "Its protocol"],
        axis=1,
    )
    return pd.concat([named, answers.probabilities.reset_index(drop=True)], axis=1)
