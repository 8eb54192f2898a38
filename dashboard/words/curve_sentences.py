"""What the cards of the Model page below the scores say, from one run's stored analyses.

All of these analyses count whole songs; each sentence says so, and under which protocol.
"""

import pandas as pd

from dashboard.components.formats import format_count, format_percent, format_score
from dashboard.words.sentences import score_of
from dashboard.words.wording import MOST_NAMED, counted, highest, joined, lowest, named

AREAS = {
    "roc_auc": ("the area under the ROC curve", "0.5 is chance, 1 perfect"),
    "average_precision": (
        "average precision",
        "1 is perfect; chance is the genre's share of the songs",
    ),
}
FITTED = {
    "coefficient": "share of the sum of absolute coefficients",
    "impurity": "share of what all splits gain",
}
SETTINGS = {
    "tree_depth": ("trees of depth", ""),
    "n_neighbours": ("", " neighbours"),
    "n_tracks": ("", " training songs"),
}


def counting(protocol: str) -> str:
    """Return the words that say what is counted, and under which protocol."""
    return f"Counting whole songs under “{protocol}”"


def ranking_sentence(areas: pd.DataFrame, metric: str, protocol: str) -> str:
    """Return the mean area with its interval, and the genres with the largest and smallest.

    Parameters
    ----------
    areas : DataFrame
        Rows of ``ranking_scores`` of one run.
    metric : "roc_auc" or "average_precision"
    protocol : str
        Its short name.
    """
    name, scale = AREAS[metric]
    rows = areas[(areas["metric"] == metric) & areas["value"].notna()].sort_values("genre")
    mean, genres = rows[rows["genre"] == ""], rows[rows["genre"] != ""]
    if genres.empty:
        return f"{counting(protocol)}: no areas under these curves are stored."
    best, worst = highest(genres, "value"), lowest(genres, "value")
    overall = f" {score_of(mean.iloc[0])} on average over genres ({scale});" if len(mean) else ""
    said = f"{counting(protocol)}, {name} is{overall}"
    if len(best) == len(genres):
        return f"{said} the same for every genre: {score_of(best.iloc[0])}."
    return (
        f"{said} largest for {_each(best, 'value')}, smallest for {_each(worst, 'value')}. The "
        "legend goes from the largest area to the smallest."
    )


def _each(rows: pd.DataFrame, value: str) -> str:
    """Return genres that share a value, each with its own interval while they are few."""
    if len(rows) > MOST_NAMED:
        return f"{len(rows)} genres ({format_score(rows[value].iloc[0])})"
    return joined(
        [
            f"{row['genre']} ({format_score(row[value], row['ci_low'], row['ci_high'])})"
            for _, row in rows.iterrows()
        ]
    )


def calibration_sentence(scores: pd.DataFrame, protocol: str) -> str:
    """Return ECE, Brier score and log loss before and after temperature scaling."""
    rows = {(row["stage"], row["metric"]): row for _, row in scores.iterrows()}
    if ("before", "ece") not in rows:
        return f"{counting(protocol)}: no calibration scores are stored."
    said = (
        f"{counting(protocol)}, confidence and accuracy lie {score_of(rows['before', 'ece'])} "
        "apart on average (expected calibration error)"
    )
    if ("after", "ece") not in rows:
        return f"{said}."
    after = rows["after", "ece"]
    said += (
        f", and {score_of(after)} after temperature scaling "
        f"({temperature_words(float(after['temperature']))}, fitted on {after['fitted_on']})."
    )
    others = [
        f"{name} {score_of(rows['before', metric])} before, {score_of(rows['after', metric])} after"
        for metric, name in (("brier", "Brier score"), ("log_loss", "log loss"))
        if ("before", metric) in rows and ("after", metric) in rows
    ]
    return f"{said} {'; '.join(others)[:1].upper()}{'; '.join(others)[1:]}." if others else said


def temperature_words(temperature: float) -> str:
    """Return what a temperature does to probabilities, "T = 1.6 softens them"."""
    if abs(temperature - 1) < 0.005:
        return "T = 1 leaves them as they are"
    return f"T = {temperature:.2f} {'softens' if temperature > 1 else 'sharpens'} them"


def sets_sentence(sets: pd.DataFrame, protocol: str) -> str:
    """Return coverage and size of the prediction sets, over all genres and at the extremes."""
    overall, genres = sets[sets["genre"] == ""], sets[sets["genre"] != ""]
    if overall.empty:
        return f"{counting(protocol)}: no prediction sets are stored over all genres."
    row = overall.iloc[0]
    covered = format_score(row["coverage"], row["ci_low"], row["ci_high"])
    said = (
        f"{counting(protocol)}: sets made to hold the true genre of "
        f"{format_percent(row['target'])} of songs hold that of {covered}, with "
        f"{row['mean_size']:.1f} genres in a set on average."
    )
    if len(genres) > 1:
        genres = genres.sort_values("genre")
        small, large = lowest(genres, "mean_size"), highest(genres, "mean_size")
        said += (
            f" From {_size(small)} to {_size(large)}; least often right for "
            f"{_rarest(lowest(genres, 'coverage'))}."
        )
    return (
        f"{said} Calibrated on {row['calibrated_on']}, over all genres together: the dashed line "
        "is no promise for each genre."
    )


def _rarest(rows: pd.DataFrame) -> str:
    """Return the genres that are least often covered."""
    if len(rows) > 1:
        return _each(rows, "coverage")
    row = rows.iloc[0]
    return f"{row['genre']}: {format_score(row['coverage'], row['ci_low'], row['ci_high'])}"


def _size(rows: pd.DataFrame) -> str:
    """Return the size of a set, and the genres that have it."""
    return f"{rows['mean_size'].iloc[0]:.1f} ({named(rows['genre'].tolist(), 'genre')})"


def abstention_sentence(levels: pd.DataFrame, protocol: str) -> str:
    """Return the accuracy of all answers, and of the more confident half."""
    rows = levels.sort_values("coverage")
    everything, half = rows.iloc[-1], rows.iloc[(rows["coverage"] - 0.5).abs().argmin()]
    answered, right = format_percent(everything["coverage"]), _accuracy(everything)
    how = "Counted in whole songs; the band is the 95 % interval."
    tested = f"under “{protocol}”"
    if half["coverage"] == everything["coverage"]:
        return f"Answering {answered} of songs, it is right for {right} {tested}. {how}"
    return (
        f"Answering only the {format_percent(half['coverage'])} of songs it is surest of, it is "
        f"right for {_accuracy(half)} of them {tested}; answering {answered}, for {right}. "
        f"It is that sure from a probability of {half['threshold']:.2f} on. {how}"
    )


def permutation_sentence(drops: pd.DataFrame, protocol: str) -> str:
    """Return which family of features carries most, and which none that can be seen."""
    first = highest(drops, "value")
    felt = drops[drops["ci_low"] > 0]
    rest = drops[~(drops["ci_low"] > 0)]["family"].tolist()
    families = joined(first["family"].tolist())
    said = (
        f"{counting(protocol)}: when {families} features of the test songs are permuted, "
        f"accuracy falls by {score_of(first.iloc[0])}"
        f"{'' if len(drops) == 1 else ' each, the most' if len(first) > 1 else ', the most'}. "
        f"{len(felt)} of {len(drops)} families {'costs' if len(drops) == 1 else 'cost'} something "
        "that the interval sets apart from 0"
    )
    said += f" (not {', '.join(rest)})." if rest and len(rest) <= 4 else "."
    return f"{said} What one family loses another may still carry."


def fitted_sentence(shares: pd.DataFrame, shown: int, kind: str) -> str:
    """Return which features weigh most in the fitted model, and how much those shown hold."""
    first = shares.iloc[0]
    top = float(shares["value"].iloc[:shown].sum())
    return (
        f"The {min(shown, len(shares))} largest of {format_count(len(shares))} features hold "
        f"{format_percent(top)} of the whole; {first['feature']} ({first['family']}) comes first "
        f"with {format_percent(first['value'])}. What is drawn is the {FITTED.get(kind, kind)} in "
        "the fitted model, not what the test songs say; no intervals."
    )


def sweep_sentence(points: pd.DataFrame, labels: dict[str, str], chosen: str) -> str:
    """Return where each protocol's curve is highest, the chosen one first."""
    order = [name for name in labels if name == chosen] + [n for n in labels if n != chosen]
    said = []
    for sweep in dict.fromkeys(points["sweep"]):
        before, after = SETTINGS.get(sweep, (f"{sweep} =", ""))
        panel = points[points["sweep"] == sweep]
        parts = []
        for name in (name for name in order if (panel["protocol"] == name).any()):
            rows = panel[panel["protocol"] == name].sort_values("value", kind="stable")
            best = highest(rows, "accuracy")
            if best.empty:
                continue
            values = [format_count(value) for value in best["value"]]
            setting = f"{before} {' or '.join(values)}{after}".strip()
            parts.append(f"{_accuracy(best.iloc[0])} with {setting} under “{labels[name]}”")
        said += [f"On validation songs accuracy is highest at {'; '.join(parts)}."] if parts else []
    return f"{' '.join(said)} The test part was not looked at."


def trials_sentence(trials: pd.DataFrame, settings: list[str], protocol: str) -> str:
    """Return how many trials there were, what they scored and what the best one was."""
    best = trials.iloc[0]
    found = ", ".join(f"{name} = {_setting(best[name])}" for name in settings)
    low, high = format_score(trials["score"].min()), format_score(best["score"])
    level = int((trials["score"] == best["score"]).sum())
    first = "Best" if level == 1 else f"First of {level} that are level"
    return (
        f"{counted(len(trials), 'setting')} drawn at random and tried inside the training part "
        f"of “{protocol}” ({counted(int(best['n_folds']), 'fold')}): accuracy on held-out training "
        f"rows {f'is {high}' if low == high else f'goes from {low} to {high}'} (standard deviation "
        f"over folds {format_score(best['score_sd'])}). {first}: {found}. "
        "Stronger lines score higher."
    )


def _setting(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _accuracy(row: pd.Series) -> str:
    return format_score(row["accuracy"], row["ci_low"], row["ci_high"])
