"""Sentences computed from results. Each number stands with its protocol, unit and interval."""

import pandas as pd

from dashboard.components.formats import MINUS, format_count, format_percent, format_score
from dashboard.selection import UNITS, label, scored_runs, short, supervised_protocols
from dashboard.state import Results

ONE_UNIT = {"track": "songs", "segment": "3-second segments"}


def score_of(row: pd.Series) -> str:
    """Return "0.53 [0.47, 0.58]" of a row with value and interval."""
    return format_score(row["value"], row["ci_low"], row["ci_high"])


def what_was_compared(results: Results) -> str:
    """Return what was compared, on what, and how."""
    runs = results.runs[results.runs["variant"] == ""]
    sets = [
        f"{entry['title']}{' (synthetic)' if entry['synthetic'] else ''}: "
        f"{format_count(entry['n_tracks'])} tracks in {len(entry['genres'])} genres"
        for entry in results.datasets.values()
    ]
    protocols = supervised_protocols(results)
    supervised = runs["protocol"].isin(protocols)
    named = ", ".join(f"“{label(results, name)}”" for name in protocols)
    return (
        f"{runs.loc[supervised, 'served_id'].nunique()} classifiers and "
        f"{runs.loc[~supervised, 'served_id'].nunique()} clusterings on {'; '.join(sets)}. "
        f"Classifiers are tested in {len(protocols)} ways: {named}."
    )


def headline(results: Results, unit: str, representation: str) -> str:
    """Return the best model by the least leaky protocol, and what the leakiest would have said.

    Both numbers count the same unit. The best is the best of those compared on this very test
    part, and the sentence says of how many.
    """
    runs = scored_runs(results, unit=unit, representation=representation)
    protocols = [name for name in supervised_protocols(results) if name in set(runs["protocol"])]
    if not protocols:
        return f"No model has a score that counts {UNITS[unit]} here."
    honest = runs[runs["protocol"] == protocols[-1]]
    best = honest.sort_values("value", kind="stable").iloc[-1]
    sentence = (
        f"The best of {len(honest)} models, {best['name']}, names the genre of "
        f"{format_percent(best['value'])} of {ONE_UNIT[unit]} under "
        f"“{label(results, protocols[-1])}”: {score_of(best)}."
    )
    published = runs[runs["protocol"] == protocols[0]]
    same = published[published["served_id"] == best["served_id"]]
    if len(protocols) < 2 or same.empty:
        return sentence
    claim = same.iloc[0]
    sentence += (
        f" Under “{label(results, protocols[0])}” the same model would have claimed "
        f"{format_percent(claim['value'])} of {ONE_UNIT[unit]}: {score_of(claim)}"
    )
    winner = published.sort_values("value", kind="stable").iloc[-1]
    if winner["value"] <= claim["value"]:
        return f"{sentence}."
    return (
        f"{sentence}, and the best there, {winner['name']}, {format_percent(winner['value'])}: "
        f"{score_of(winner)}."
    )


def fall(results: Results, runs: pd.DataFrame, unit: str) -> str:
    """Return how far scores fall from the first to the last protocol of ``runs``."""
    protocols = [name for name in supervised_protocols(results) if name in set(runs["protocol"])]
    if len(protocols) < 2:
        return f"Share of {UNITS[unit]} whose genre is named rightly. Bars are 95 % intervals."
    first, last = protocols[0], protocols[-1]
    wide = runs.pivot(index="served_id", columns="protocol", values="value").dropna()
    informed = runs.loc[runs["family"] != "dummy", "served_id"]
    change = (wide[last] - wide[first])[wide.index.isin(informed)]
    if change.empty:
        return f"Share of {UNITS[unit]} whose genre is named rightly. Bars are 95 % intervals."
    return (
        f"Counting {UNITS[unit]}: from “{label(results, first)}” to “{label(results, last)}” the "
        f"{len(change)} models that listen change by {_points(change.max())} to "
        f"{_points(change.min())} points. Bars are 95 % intervals; those of different models may "
        "overlap."
    )


def training_sizes(results: Results, runs: pd.DataFrame) -> str:
    """Return how many tracks each protocol trains on, which is part of any fall."""
    by_protocol = runs.groupby("protocol", sort=False)["n_training_tracks"]
    sizes = [
        format_count(rows.min())
        if rows.nunique() == 1
        else f"{format_count(rows.min())} to {format_count(rows.max())}"
        for _, rows in by_protocol
    ]
    if len(set(sizes)) < 2:
        return ""
    return (
        "Part of the fall can come from smaller training sets "
        f"({', '.join(sizes[:-1])} and {sizes[-1]} tracks, from left to right); how large that "
        "part is, these runs do not tell."
    )


def line_meanings(results: Results, styles: dict[str, str]) -> str:
    """Return which line style stands for which features, where there are several."""
    words = {"solid": "Solid", "dash": "dashed", "dot": "dotted", "dashdot": "dash-dotted"}
    if len(styles) < 2:
        return ""
    named = (f"{words[style]}: {short(results, name)}" for name, style in styles.items())
    return f"{'; '.join(named)}."


def provenance(results: Results) -> str:
    """Return when and from which code the results came."""
    run = results.run
    commit = str(run.get("commit") or "")[:10]
    changed = " with uncommitted changes" if run.get("uncommitted_changes") else ""
    code = f"commit {commit}{changed}" if commit else "code outside a git checkout"
    return f"Computed {str(run.get('finished_at', 'at an unknown time'))[:10]} by {code}."


def _points(change: float) -> str:
    """Return a difference of shares in points, with a true minus sign."""
    points = round(100 * change)
    return f"{MINUS if points < 0 else '+'}{abs(points)}"
