"""How a run stands: ties, the published figure, the choice on validation, the range of seeds."""

from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.formats import format_count, format_percent, format_score
from dashboard.kept import kept
from dashboard.pages.model_updates import shown_run
from dashboard.rows import selection
from dashboard.rows.analyses import TRACK, paired_with, rows_of_model
from dashboard.state import Results
from dashboard.words.sentences import ONE_UNIT, score_of

NAMED_TIES = 4  # the closest; the others are counted


@kept()
def update_notes(results: Results, model: str, protocol: str, unit: str) -> html.Dl:
    """Return the list of what is known of a run beside its scores; empty where nothing is."""
    run = shown_run(results, model, protocol)
    notes = {
        "Tied with": ties_note(results, run, unit),
        "Published": published_note(results, run),
        "Chosen on validation": candidate_note(results, run),
        "Other seeds": seeds_note(results, run, unit),
    }
    rows: list[Component] = []
    for name, note in notes.items():
        if note:
            rows += [html.Dt(name), html.Dd(note)]
    return html.Dl(rows, className="facts notes", hidden=not rows)


def ties_note(results: Results, run: pd.Series, unit: str) -> list[Component | str]:
    """Return the models that no test tells apart from this one, the closest few as links."""
    pairs = paired_with(results, run)
    if pairs.empty:
        return []
    runs = results.runs.set_index("id", drop=False)
    plain = runs[runs["variant"] == ""].index
    pairs = pairs[pairs["id"].isin(plain)]
    tied = pairs[pairs["verdict"] == "tied"]
    named: list[Component | str] = []
    for _, pair in tied.head(NAMED_TIES).iterrows():
        other = runs.loc[pair["id"]]
        link = html.A(selection.model_name(results, other), href=address(results, other, unit))
        named += [link, f" ({_accuracy(results, pair)}), "]
    more = len(tied) - min(len(tied), NAMED_TIES)
    listed = [*named[:-1], str(named[-1]).removesuffix(", ")] if named else ["no other model"]
    n_units = format_count(pairs["n_units"].iloc[0]) if len(pairs) else "0"
    counts = pairs["verdict"].value_counts()
    return [
        *listed,
        f" and {more} more" if more else "",
        f". Better than {counts.get('better', 0)} and worse than {counts.get('worse', 0)} of "
        f"{len(pairs)} others, by exact McNemar tests on the same {n_units} songs with Holm's "
        "correction.",
    ]


def _accuracy(results: Results, pair: pd.Series) -> str:
    """Return the other run's accuracy on songs, with its interval where that is stored."""
    score = selection.overall_score(results, pair["id"], "accuracy", TRACK)
    return format_score(pair["other"]) if score is None else score_of(score)


def address(results: Results, run: pd.Series, unit: str) -> str:
    """Return the Model page of a run, in a unit that it is scored in."""
    units = selection.units_of(results, [run["id"]])
    chosen = unit if unit in units else next(iter(units), unit)
    slug = results.protocols[run["protocol"]]["slug"]
    return "/model?" + urlencode({"model": run["served_id"], "protocol": slug, "unit": chosen})


def published_note(results: Results, run: pd.Series) -> str:
    """Return the figure that the model reproduces, with ours beside it."""
    runs = results.runs
    own = runs[(runs["served_id"] == run["served_id"]) & (runs["variant"] == "")]
    for run_id in [run["id"], *own["id"]]:
        published = results.metadata[run_id]["published"]
        if published:
            break
    else:
        return ""
    unit = published["unit"]
    tested = results.metadata[run_id]["protocol"]
    score = selection.overall_score(results, run_id, "accuracy", unit)
    ours = "has no such score here" if score is None else f"reaches {score_of(score)}"
    return (
        f"{format_score(published['accuracy'])} of {ONE_UNIT[unit]}, "
        f"{format_percent(published['test_share'])} held out ({published['source']}). Ours "
        f"{ours} under “{selection.label(results, tested)}”, the protocol closest to it."
    )


def candidate_note(results: Results, run: pd.Series) -> str:
    """Return that validation chose this run before its test score was known, if it did."""
    for protocol, chosen in results.candidates().items():
        if chosen["id"] == run["id"]:
            unit = ONE_UNIT[chosen.get("unit", "track")]
            compared = len(chosen["ranking"])
            best = f"the most accurate of {compared} models" if compared else "the most accurate"
            return (
                f"Yes: {best} on {format_count(chosen['n_units'])} validation {unit} "
                f"({format_score(chosen['accuracy'])}; {chosen['inner']}), fixed for "
                f"“{selection.label(results, protocol)}” before its test score was computed."
            )
    return ""


def seeds_note(results: Results, run: pd.Series, unit: str) -> str:
    """Return how far the accuracy moves over seeds of split and model."""
    rows = rows_of_model(results, "seed_ranges", run)
    rows = rows[(rows["protocol"] == run["protocol"]) & (rows["unit"] == unit)]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    return (
        f"Over {format_count(row['n_seeds'])} seeds of split and model: {row['low']:.3f} to "
        f"{row['high']:.3f} of {ONE_UNIT[unit]}, mean {row['mean']:.3f}, under "
        f"“{selection.label(results, run['protocol'])}”."
    )
