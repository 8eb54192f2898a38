"""What the Robustness page says, computed from the stored shares and their intervals."""

import pandas as pd

from dashboard.components.formats import format_percent, format_points
from dashboard.rows.altered import ACCURACY, DIFFERENCE, UNALTERED, UNCHANGED, as_score
from dashboard.state import Results
from dashboard.words.sentences import score_of
from dashboard.words.wording import counted, joined, lowest, named

NOTHING_CHOSEN = "Choose a model to see what alterations do to its answers."


def headline(rows: pd.DataFrame) -> str:
    """Return what the chosen models' answers survive best and worst."""
    altered = _altered(rows)
    if altered.empty:
        return NOTHING_CHOSEN
    n_models = altered["served_id"].nunique()
    least = altered.groupby("condition", sort=False)["unchanged"].min()
    safest = [inside(str(name)) for name in least.index[least == least.max()]]
    who = "every chosen model keeps at least" if n_models > 1 else f"{_first(altered)} keeps"
    said = f"After {named(safest, 'alteration')} {who} {format_percent(least.max())} of its answers"
    worst = lowest(altered, "unchanged")
    where = str(worst["condition"].iloc[0])
    if least.max() == worst["unchanged"].iloc[0]:
        return f"{said}."
    models = list(worst.loc[worst["condition"] == where, "short"])
    keep = "keeps" if len(models) == 1 else "keep"
    share = score_of(as_score(worst, UNCHANGED).iloc[0])
    return f"{said}; after {inside(where)} {joined(models)} {keep} {share}, the least of all."


def method(results: Results, rows: pd.DataFrame) -> str:
    """Return on what, and by which models, this was measured."""
    if rows.empty:
        return ""
    groups = rows.drop_duplicates(["dataset", "n_units", "n_groups", "protocol"])
    said = "; ".join(_measured(results, row) for _, row in groups.iterrows())
    return f"{said}. Then the clip is altered and heard as an uploaded one is."


def conclusions(rows: pd.DataFrame) -> str:
    """Return what may be concluded from so many clips, and what not."""
    if rows.empty:
        return ""
    n_clips = int(rows["n_units"].min())
    widest = (rows["unchanged_high"] - rows["unchanged_low"]).max()
    return (
        "An answer that stays is not therefore right: the second card says how many are. "
        f"{counted(n_clips, 'clip')} tell large losses from small ones. The 95 % intervals, which "
        f"resample artists where they are known, are up to {round(100 * widest)} points wide; "
        "alterations whose intervals overlap are not to be ranked. The difference to the "
        "unaltered clips is paired, so it is more certain than two separate accuracies are."
    )


def unchanged_sentence(rows: pd.DataFrame) -> str:
    """Return the alteration after which the chosen models differ most."""
    altered = _altered(rows)
    if altered.empty:
        return NOTHING_CHOSEN
    wide = altered.pivot(index="condition", columns="short", values="unchanged")
    plain = "Share of clips whose answer is the one they have unaltered, with 95 % intervals."
    gap = wide.max(axis=1) - wide.min(axis=1)
    if wide.shape[1] < 2 or gap.max() == 0:
        return plain
    where = gap[gap == gap.max()].index[0]
    best, least = str(wide.loc[where].idxmax()), str(wide.loc[where].idxmin())
    there = as_score(altered[altered["condition"] == where], UNCHANGED)
    said = [score_of(there[there["short"] == name].iloc[0]) for name in (best, least)]
    return (
        f"{plain} The models differ most after {inside(str(where))}: {best} keeps {said[0]}, "
        f"{least} {said[1]}."
    )


def accuracy_sentence(rows: pd.DataFrame) -> str:
    """Return the largest loss of accuracy, and after how many alterations one is certain."""
    altered = _altered(rows)
    if altered.empty:
        return NOTHING_CHOSEN
    worst = lowest(altered, "difference").iloc[0]
    if worst["difference"] >= 0:
        return "No alteration shown here lowers accuracy. Bars are 95 % intervals."
    plain = rows[(rows["id"] == worst["id"]) & (rows["alteration"] == UNALTERED)]
    certain = int((altered["difference_high"] < 0).sum())
    low, high = (format_points(worst[name]) for name in DIFFERENCE[1:])
    return (
        f"The largest loss: {worst['short']} after {inside(worst['condition'])}, "
        f"{format_points(worst['difference'])} [{low}, {high}], from "
        f"{score_of(as_score(plain, ACCURACY).iloc[0])} unaltered. The interval of the loss leaves "
        f"out 0 in {certain} of {counted(len(altered), 'case')} shown."
    )


def _altered(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["alteration"] != UNALTERED]


def _measured(results: Results, row: pd.Series) -> str:
    """Return how many clips of what were judged, under which protocol, by whom."""
    protocol = results.protocols[row["protocol"]]
    by_artist = protocol["independent_unit"] == "artist"
    artists = f" by {counted(int(row['n_groups']), 'artist')}" if by_artist else ""
    return (
        f"{counted(int(row['n_units']), 'whole clip')} of "
        f"{results.datasets[row['dataset']]['title']}{artists}, judged under "
        f"“{protocol['label']}”: by a model that was fitted without the clip"
        f"{' and without its artist' if by_artist else ''}"
    )


def _first(rows: pd.DataFrame) -> str:
    return str(rows["short"].iloc[0])


def inside(condition: str) -> str:
    """Return a condition as it stands inside a sentence: "gain, +6 dB", but "MP3, 32 kbit/s"."""
    return condition if condition[1:2].isupper() else condition[:1].lower() + condition[1:]
