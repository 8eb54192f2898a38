"""Sentences computed from results. Each number stands with its protocol, unit and interval."""

import pandas as pd

from dashboard.components.formats import (
    format_count,
    format_percent,
    format_score,
    format_whole_points,
)
from dashboard.rows.selection import (
    RANDOM_PROTOCOLS,
    UNITS,
    blank_reason,
    label,
    overall_score,
    short,
    stage_runs,
    stages,
    supervised_protocols,
    used_stages,
)
from dashboard.rows.size_control import remainder_sentence
from dashboard.state import Results
from dashboard.words.wording import counted, highest, joined, named

ONE_UNIT = {"track": "songs", "segment": "3-second segments"}


def score_of(row: pd.Series) -> str:
    """Return "0.53 [0.47, 0.58]" of a row with value and interval."""
    return format_score(row["value"], row["ci_low"], row["ci_high"])


def what_was_compared(results: Results) -> str:
    """Return what was compared, on what, and how."""
    runs = results.runs[results.runs["variant"] == ""]
    used = set(runs["dataset"])
    sets = [
        f"{entry['title']}{' (synthetic)' if entry['synthetic'] else ''}: "
        f"{format_count(entry['n_tracks'])} tracks in {len(entry['genres'])} genres"
        for name, entry in results.datasets.items()
        if name in used
    ]
    protocols = supervised_protocols(results)
    supervised = runs["protocol"].isin(protocols)
    quoted = ", ".join(f"“{label(results, name)}”" for name in protocols)
    numbers = {
        noun: runs.loc[kept, "served_id"].nunique()
        for noun, kept in (("classifier", supervised), ("clustering", ~supervised))
    }
    there = joined([counted(number, noun) for noun, number in numbers.items() if number])
    said = f"{there} on {'; '.join(sets)}."
    ways = counted(len(protocols), "way")
    return f"{said} Classifiers are tested in {ways}: {quoted}." if protocols else said


def headline(results: Results, dataset: str, unit: str, features: str) -> str:
    """Return the best model by the least leaky protocol, and what the leakiest would have said.

    Both numbers count the same unit. The best is the best of those compared on this very test
    part, and the sentence says of how many.
    """
    runs = stage_runs(results, dataset=dataset, unit=unit, features=features)
    steps = [stage for stage in stages(results) if stage.slug in set(runs["stage"])]
    if not steps:
        return f"No model has a score that counts {UNITS[unit]} here."
    last = runs[runs["stage"] == steps[-1].slug]
    best = last.iloc[int(last["value"].argmax())]
    sentence = (
        f"{_who_is_best(last)} the genre of {format_percent(best['value'])} of {ONE_UNIT[unit]} "
        f"under “{best['tested']}”: {score_of(best)}."
    )
    f1 = overall_score(results, best["id"], "macro_f1", unit)
    if len(steps) < 2:
        counted = (
            "" if f1 is None else f" Macro-F1, which counts every genre alike: {score_of(f1)}."
        )
        return sentence + counted
    level = len(highest(last, "value")) > 1
    who = best["short"] if level else "the same model"
    return sentence + _claimed(runs[runs["stage"] == steps[0].slug], best["served_id"], who, unit)


def _who_is_best(runs: pd.DataFrame) -> str:
    """Return subject and verb of the headline: the best of several, the first few, or the one."""
    best = highest(runs, "value")
    if len(runs) == 1:
        return f"The one model tested, {best['short'].iloc[0]}, names"
    if len(best) == 1:
        return f"The best of {len(runs)} models, {best['short'].iloc[0]}, names"
    return f"The best of {len(runs)} models, level at the top, {_listed(best)}, each name"


def _listed(runs: pd.DataFrame) -> str:
    return named(runs["short"].tolist(), "model")


def remainder(results: Results, dataset: str, unit: str, features: str) -> str:
    """Return what part of the best model's fall is left after the size control."""
    runs = stage_runs(results, dataset=dataset, unit=unit, features=features)
    if runs.empty or unit != "track":
        return ""
    return remainder_sentence(results, runs, runs["stage"].iloc[-1])


def _claimed(published: pd.DataFrame, served_id: str, who: str, unit: str) -> str:
    """Return what the published way of testing would have said of a model, called ``who``."""
    same = published[published["served_id"] == served_id]
    if same.empty:
        return ""
    claim = same.iloc[0]
    sentence = (
        f" Under “{claim['tested']}” {who} would have claimed "
        f"{format_percent(claim['value'])} of {ONE_UNIT[unit]}: {score_of(claim)}"
    )
    winners = highest(published, "value")
    winner = winners.iloc[0]
    if winner["value"] <= claim["value"]:
        return f"{sentence}."
    each = "" if len(winners) == 1 else " each"
    return (
        f"{sentence}, and the best there, {_listed(winners)},{each} "
        f"{format_percent(winner['value'])}: {score_of(winner)}."
    )


def fall(results: Results, runs: pd.DataFrame, unit: str) -> str:
    """Return how far scores fall from the first to the last step of ``stage_runs``."""
    steps = [stage for stage in stages(results) if stage.slug in set(runs["stage"])]
    plain = f"Share of {UNITS[unit]} whose genre is named rightly."
    if len(steps) < 2:
        return plain
    first, last = steps[0], steps[-1]
    wide = runs.pivot(index="served_id", columns="stage", values="value")
    wide = wide.dropna(subset=[first.slug, last.slug])
    informed = runs.loc[runs["family"] != "dummy", "served_id"]
    change = (wide[last.slug] - wide[first.slug])[wide.index.isin(informed)]
    if change.empty:
        return plain
    most, least = format_whole_points(change.max()), format_whole_points(change.min())
    by = most if most == least else f"{most} to {least}"
    who = (
        "one model that listens changes"
        if len(change) == 1
        else (f"{len(change)} models that listen change")
    )
    return (
        f"From “{first.label}” to “{last.label}” the {who} by {by} points, counting {UNITS[unit]}."
    )


def colours(in_colour: int, models: int) -> str:
    """Return which lines are in colour, and what the bars are."""
    if in_colour == models:
        return "Bars are 95 % intervals."
    return (
        f"In colour, with 95 % intervals: {in_colour} of {models} models, the best of each family "
        "and those chosen on validation or ticked below; the others are grey, named on hover."
    )


def single(accuracy: pd.DataFrame, f1: pd.DataFrame, unit: str) -> str:
    """Return how far accuracy and macro-F1 are apart, of a data set tested in one way."""
    top = highest(accuracy, "value")
    if top.empty:
        return f"No model has an accuracy that counts {UNITS[unit]}."
    best = top.iloc[0]
    same = f1[f1["id"] == best["id"]]
    fair = (
        ""
        if same.empty or len(top) > 1
        else f", and macro-F1, which counts every genre alike, {score_of(same.iloc[0])}"
    )
    reach = "reaches" if len(top) == 1 else "each reach"
    return (
        f"Under “{best['tested']}”, counting {UNITS[unit]}: {_listed(top)} {reach} accuracy "
        f"{score_of(best)}{fair}. Bars are 95 % intervals."
    )


def random_split(results: Results, runs: pd.DataFrame) -> str:
    """Return what "as published" means where it stands for two ways of dividing at random."""
    first = runs[runs["protocol"].isin(RANDOM_PROTOCOLS)].drop_duplicates("protocol")
    if len(first) < 2:
        return ""
    return (
        "Models of 3-second segments were published on random segments, those of whole clips on "
        "random clips; both stand in the first column."
    )


def blanks(results: Results, dataset: str) -> str:
    """Return why a data set has no run at some steps."""
    used = used_stages(results, dataset)
    reasons: dict[str, list[str]] = {}
    for stage in stages(results):
        if stage not in used:
            reason = blank_reason(results, dataset, stage) or "it was not computed"
            reasons.setdefault(reason, []).append(f"“{stage.label}”")
    parts = [f"{' and '.join(labels)}: {reason}" for reason, labels in reasons.items()]
    title = results.datasets[dataset]["title"]
    return f"{title} has no score for {'; for '.join(parts)}." if parts else ""


def training_sizes(results: Results, runs: pd.DataFrame) -> str:
    """Return how many tracks each step trains on, which is part of any fall."""
    sizes = [
        format_count(rows.min())
        if rows.nunique() == 1
        else f"{format_count(rows.min())} to {format_count(rows.max())}"
        for _, rows in runs.groupby("stage", sort=False)["n_training_tracks"]
    ]
    if len(set(sizes)) < 2:
        return ""
    return f"They train on {', '.join(sizes[:-1])} and {sizes[-1]} tracks, from left to right."


def line_meanings(results: Results, styles: dict[str, str]) -> str:
    """Return which line style stands for which features, where there are several."""
    words = {"solid": "Solid", "dash": "dashed", "dot": "dotted", "dashdot": "dash-dotted"}
    if len(set(styles.values())) < 2:
        return ""
    parts = (f"{words[style]}: {short(results, name)}" for name, style in styles.items())
    return f"{'; '.join(parts)}."


def provenance(results: Results) -> str:
    """Return when and from which code the results came."""
    run = results.run
    commit = str(run.get("commit") or "")[:10]
    changed = " with uncommitted changes" if run.get("uncommitted_changes") else ""
    code = f"commit {commit}{changed}" if commit else "code outside a git checkout"
    return f"Computed {str(run.get('finished_at', 'at an unknown time'))[:10]} by {code}."
