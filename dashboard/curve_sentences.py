"""What the cards of the Model page below the scores say, from one run's stored analyses.

All of these analyses count whole songs; each sentence says so, and under which protocol.
"""

import pandas as pd

from dashboard.components.formats import format_count, format_percent, format_score
from dashboard.sentences import score_of

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
    """Return the words that every sentence here starts with."""
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
    rows = areas[areas["metric"] == metric].sort_values(["value", "genre"])
    mean, genres = rows[rows["genre"] == ""], rows[rows["genre"] != ""]
    if genres.empty:
        return f"{counting(protocol)}: no areas under these curves are stored."
    best, worst = genres.iloc[-1], genres.iloc[0]
    overall = f" {score_of(mean.iloc[0])} on average over genres ({scale});" if len(mean) else ""
    return (
        f"{counting(protocol)}, {name} is{overall} largest for {best['genre']} "
        f"({score_of(best)}), smallest for {worst['genre']} ({score_of(worst)}). The legend goes "
        "from the largest area to the smallest."
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
    if len(genres):
        worst = genres.sort_values(["coverage", "genre"]).iloc[0]
        sizes = genres.sort_values(["mean_size", "genre"])
        small, large = sizes.iloc[0], sizes.iloc[-1]
        said += (
            f" From {small['mean_size']:.1f} ({small['genre']}) to {large['mean_size']:.1f} "
            f"({large['genre']}); least often right for {worst['genre']}: "
            f"{format_score(worst['coverage'], worst['ci_low'], worst['ci_high'])}."
        )
    return (
        f"{said} Calibrated on {row['calibrated_on']}, over all genres together: the dashed line "
        "is no promise for each genre."
    )


def abstention_sentence(levels: pd.DataFrame, protocol: str) -> str:
    """Return the accuracy of all answers, and of the more confident half."""
    rows = levels.sort_values("coverage")
    everything, half = rows.iloc[-1], rows.iloc[(rows["coverage"] - 0.5).abs().argmin()]
    return (
        f"{counting(protocol)}: answering {format_percent(everything['coverage'])} of songs, "
        f"{_accuracy(everything)} are right; answering only the "
        f"{format_percent(half['coverage'])} it is surest of (to {half['threshold']:.2f} or more), "
        f"{_accuracy(half)} are. The band is the 95 % interval."
    )


def permutation_sentence(drops: pd.DataFrame, protocol: str) -> str:
    """Return which family of features carries most, and which none that can be seen."""
    first = drops.iloc[0]
    felt = drops[drops["ci_low"] > 0]
    rest = drops[~(drops["ci_low"] > 0)]["family"].tolist()
    said = (
        f"{counting(protocol)}: when {first['family']} features of the test songs are permuted, "
        f"accuracy falls by {score_of(first)}, the most. "
        f"{len(felt)} of {len(drops)} families cost something that the interval sets apart from 0"
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
            rows = panel[panel["protocol"] == name].sort_values("accuracy", kind="stable")
            best = rows.iloc[-1]
            setting = f"{before} {format_count(best['value'])}{after}".strip()
            parts.append(f"{_accuracy(best)} with {setting} under “{labels[name]}”")
        said.append(f"On validation songs accuracy is highest at {'; '.join(parts)}.")
    return f"{' '.join(said)} The test part was not looked at."


def trials_sentence(trials: pd.DataFrame, settings: list[str], protocol: str) -> str:
    """Return how many trials there were, what they scored and what the best one was."""
    best = trials.iloc[0]
    found = ", ".join(f"{name} = {_setting(best[name])}" for name in settings)
    return (
        f"{format_count(len(trials))} settings drawn at random and tried inside the training part "
        f"of “{protocol}” ({format_count(best['n_folds'])} folds): accuracy on held-out training "
        f"rows goes from {format_score(trials['score'].min())} to "
        f"{format_score(best['score'])} (standard deviation over folds {best['score_sd']:.2f}). "
        f"Best: {found}. Stronger lines score higher."
    )


def _setting(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _accuracy(row: pd.Series) -> str:
    return format_score(row["accuracy"], row["ci_low"], row["ci_high"])
