"""Sentences on a list of tracks; counts of songs, always with the protocol."""

import pandas as pd

from dashboard.components.formats import format_count, format_score
from dashboard.rows import selection
from dashboard.rows.answers import RIGHT, WRONG, answered_words
from dashboard.rows.sureness import STEPS
from dashboard.rows.track_list import DUPLICATE, TrackList, area_tracks
from dashboard.state import Results
from dashboard.words.wording import counted, joined

MOST_GENRES = 3  # that a sentence names


def list_sentence(results: Results, tracks: TrackList) -> str:
    """Return what the list is: how many songs of how many, under which protocol, what of them."""
    said = [_what(results, tracks), _area(results, tracks), _asked_for(tracks)]
    if len(tracks.table) and not (tracks.wanted.predicted and tracks.wanted.true):
        said.append(_answers(results, tracks))
    if len(tracks.table) and len(tracks.runs) > 1:
        said.append(_together(tracks))
    return " ".join(filter(None, said))


def list_title(results: Results, tracks: TrackList) -> str:
    """Return the window's title: data set, protocol, and what the list is narrowed to."""
    wanted = tracks.wanted
    tested = selection.label(results, wanted.protocol)
    parts = [selection.data_title(results, wanted.dataset), tested]
    narrowed = " ".join(
        filter(None, [wanted.true, f"called {wanted.predicted}" if wanted.predicted else ""])
    )
    flag = {"": "", DUPLICATE: "with a copy"}.get(wanted.flag, "with a doubtful label")
    sure = f"probability {STEPS[wanted.sure]}" if wanted.sure else ""
    said = (narrowed, wanted.answer.replace("-", " and "), sure, flag)
    parts += [part for part in said if part]
    return f"Tracks: {', '.join(parts)} · GenreLens"


def _what(results: Results, tracks: TrackList) -> str:
    """Return "12 of 29 rock songs that LightGBM calls country under “new artist”."."""
    wanted, shown = tracks.wanted, len(tracks.table)
    everything = tracks.tested
    if wanted.true:
        everything = everything[everything["genre"] == wanted.true]
    total = len(everything)
    songs = f"{wanted.true + ' ' if wanted.true else ''}{'song' if total == 1 else 'songs'}"
    tested = f"tested under “{selection.label(results, wanted.protocol)}”"
    conditions = _conditions(tracks)
    if not conditions:
        return f"{format_count(total)} {songs} {tested}."
    how_many = format_count(shown) if shown else "None"
    return f"{how_many} of {format_count(total)} {songs} {tested}: {', '.join(conditions)}."


def _conditions(tracks: TrackList) -> list[str]:
    """Return what narrows the list besides the true genre."""
    wanted = tracks.wanted
    first = tracks.names[0] if tracks.names else "no model"
    said = []
    if wanted.predicted:
        said.append(f"{first} calls them {wanted.predicted}")
    if wanted.answer:
        said.append(answered_words(tracks.names, wanted.answer))
    if wanted.sure:
        is_named = bool(wanted.predicted) or wanted.answer in (RIGHT, WRONG)
        who = "it" if is_named else first
        said.append(f"{who} gives its answer a probability of {STEPS[wanted.sure]}")
    if wanted.flag:
        said.append("with a copy" if wanted.flag == DUPLICATE else "with a doubtful label")
    if wanted.area is not None:
        said.append("in the chosen area of the map")
    if wanted.ids:
        said.append("those asked for")
    return said


def _area(results: Results, tracks: TrackList) -> str:
    """Return how many songs lie in the area, tested here or not."""
    area = tracks.wanted.area
    if area is None:
        return ""
    inside = len(area_tracks(results, area))
    features = results.representations.get(area.representation, {}).get("title")
    name = selection.short(results, area.representation) if features else area.representation
    lie = "lies" if inside == 1 else "lie"
    return f"On the map of {name}, {counted(inside, 'song')} {lie} in the area, tested here or not."


def _asked_for(tracks: TrackList) -> str:
    """Return how many of the songs that were asked for by name are not tested here."""
    absent = [name for name in tracks.wanted.ids if name not in tracks.tested.index]
    if not absent:
        return ""
    return f"{counted(len(absent), 'song')} asked for {_were(len(absent))} not tested so."


def _answers(results: Results, tracks: TrackList) -> str:
    """Return how often the first model is right here, and what else it answers or should have."""
    wanted = tracks.wanted
    table = tracks.table[tracks.table["answer_0"].notna()]
    if table.empty:
        return f"{tracks.names[0]} was tested on none of them."
    wrong = table[table["answer_0"] != table["genre"]]
    said = "" if wanted.answer else _right(results, tracks, len(table) - len(wrong), len(table))
    if len(wrong) and wanted.true:
        said += f"{'; it' if said else 'It'} calls {_named(wrong['answer_0'])}"
    elif len(wrong) and wanted.predicted:
        said += f"{'; wrong' if said else 'Wrong'} are {_named(wrong['genre'])}"
    return f"{said}." if said else ""


def _right(results: Results, tracks: TrackList, right: int, total: int) -> str:
    """Return on how many songs the first model is right; of all, with the stored accuracy."""
    said = f"{tracks.names[0]} is right on {_of(right, total)}"
    if total < len(tracks.tested):
        return said
    row = selection.overall_score(results, tracks.runs[0], "accuracy", "track")
    if row is None:
        return said
    return f"{said}: accuracy {format_score(row['value'], row['ci_low'], row['ci_high'])}"


def _named(answers: pd.Series) -> str:
    """Return the commonest wrong answers with their counts, ties alphabetically."""
    counts = answers.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    parts = [f"{format_count(count)} {genre}" for genre, count in counts.head(MOST_GENRES).items()]
    rest = int(counts.iloc[MOST_GENRES:].sum())
    parts += [f"{format_count(rest)} something else"] if rest else []
    return joined(parts)


def _together(tracks: TrackList) -> str:
    """Return on how many songs all the models are right, and on how many none."""
    n_models = len(tracks.runs)
    table = tracks.table.dropna(subset=[f"answer_{place}" for place in range(n_models)])
    right = tracks.right(table).sum(axis=1)
    if right.empty or (n_models == 2 and "-" in tracks.wanted.answer):  # which says it already
        return ""
    every = format_count(int((right == n_models).sum()))
    some = format_count(int((right > 0).sum()))
    none = format_count(int((right == 0).sum()))
    wanted = tracks.wanted
    mistaken = wanted.true and wanted.predicted and wanted.true != wanted.predicted
    if wanted.answer == WRONG or mistaken:
        others = "The other" if n_models == 2 else "Another"
        return f"{others} model is right on {some}, none on {none}."
    if wanted.answer == RIGHT:
        return f"{'Both' if n_models == 2 else f'All {n_models}'} models are right on {every}."
    if n_models == 2:
        return f"Both models are right on {every}, neither on {none}."
    return f"All {n_models} models are right on {every}, none on {none}."


def _of(part: int, total: int) -> str:
    return f"{format_count(part)} of {format_count(total)}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
