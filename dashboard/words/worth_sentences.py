"""What the Model page says of differences: order in time, ingredients, picture against audio."""

import pandas as pd

from dashboard.components.formats import format_count, format_points, format_score
from dashboard.sound.mel_axis import N_MELS, mel_axis
from dashboard.words.sentences import score_of
from dashboard.words.wording import counted

ALIKE = 0.995  # a correlation that is 1.00 on the page
SMALLEST = 0.001  # a difference of probabilities that is worth a number


def order_sentence(own: pd.Series, others: int, protocol: str) -> str:
    """Return what a network loses when the pieces of a clip come in random order.

    Parameters
    ----------
    own : Series
        The network's row of ``variant_effects``.
    others : int
        Further networks in the figure.
    protocol : str
        Short name.
    """
    worth = -own["difference"]
    interval = f"[{format_points(-own['ci_high'])}, {format_points(-own['ci_low'])}]"
    said = (
        f"Under “{protocol}” the same network reaches {format_score(own['base_value'])} with the "
        f"pieces of a clip in order and {format_score(own['value'])} with them shuffled, in "
        f"training and in test, on the same {format_count(own['n_units'])} songs: order in time is "
        f"worth {format_points(worth)} {interval}"
    )
    if -own["ci_high"] > 0:
        verdict = ", more than chance explains."
    elif -own["ci_low"] < 0:
        verdict = "; it does better without order."
    else:
        verdict = ", which the interval does not tell from nothing."
    if not others:
        return said + verdict
    return f"{said}{verdict} Beside it: {counted(others, 'other net')}."


def ingredients_sentence(rows: pd.DataFrame) -> str:
    """Return which ingredient is worth most, and which cannot be told from nothing.

    Parameters
    ----------
    rows : DataFrame
        Rows of ``ablations`` of one model, the largest difference first.
    """
    first = rows.iloc[0]
    told = rows[rows["ci_low"] > 0]
    harmful = rows[rows["ci_high"] < 0]
    unclear = len(rows) - len(told) - len(harmful)
    worth = format_points(first["difference"])
    interval = f"[{format_points(first['ci_low'])}, {format_points(first['ci_high'])}]"
    said = (
        f"On {format_count(first['n_units'])} validation songs, mean of "
        f"{counted(int(rows['n_seeds'].min()), 'seed')}: worth most is “{first['title']}”, "
        f"{worth} {interval}. {len(told)} of {len(rows)} ingredients help by more than their "
        "interval"
    )
    said += f", {len(harmful)} harm" if len(harmful) else ""
    said += f", {unclear} cannot be told from nothing" if unclear else ""
    return (
        f"{said}. Each is left out alone; intervals resample artists, not seeds. The test part was "
        "not looked at."
    )


def _difference(row: pd.Series) -> str:
    if row["ci_high"] < SMALLEST:
        return f"less than {SMALLEST}"
    return f"{row['value']:.3f} [{row['ci_low']:.3f}, {row['ci_high']:.3f}]"


def picture_audio_sentence(rows: pd.DataFrame) -> str:
    """Return how alike the answers to picture and audio are, and where the levels differ most.

    Parameters
    ----------
    rows : DataFrame
        Rows of ``picture_audio`` of one model.
    """
    found = {str(row["quantity"]): row for _, row in rows[rows["band"] < 0].iterrows()}
    bands = rows[rows["quantity"] == "band_correlation"]
    parts = []
    if "agreement" in found:
        row = found["agreement"]
        parts.append(
            f"Fed from the archive's picture or from the audio of the same "
            f"{format_count(row['n_units'])} clips, which it was not trained on, the model gives "
            f"the same answer for {score_of(row)} of them"
        )
    if "probability_difference" in found:
        row = found["probability_difference"]
        parts.append(f"probabilities differ by {_difference(row)} on average")
    said = "; ".join(parts)
    said = f"{said[:1].upper()}{said[1:]}. " if said else ""
    if bands.empty:
        return said.strip()
    lowest = bands.iloc[int(bands["value"].argmin())]
    if lowest["value"] >= ALIKE:
        return f"{said}The levels of all {len(bands)} mel bands correlate at 1.00."
    where = mel_axis(N_MELS).place(int(lowest["band"]))
    return (
        f"{said}The levels of a mel band correlate at {bands['value'].median():.2f} (median of "
        f"{len(bands)} bands), least, {score_of(lowest)}, {where}."
    )
