"""How probable a model thinks its answers, in steps: counts of right and wrong ones."""

from itertools import pairwise

import numpy as np
import pandas as pd

STEP = 0.1  # of probability
EDGES = [f"{place * STEP:.1f}" for place in range(round(1 / STEP) + 1)]
# as an address names a step -> as the page does
STEPS = {f"{low}-{high}": f"{low} to {high}" for low, high in pairwise(EDGES)}


def step_of(probabilities: pd.Series) -> pd.Series:
    """Return the step of each probability, a key of ``STEPS``; missing where there is none."""
    known = probabilities.notna()
    # float32 just below a step's edge is not to fall out of the last step
    place = np.minimum((probabilities.fillna(0).to_numpy() / STEP).astype(int), len(STEPS) - 1)
    return pd.Series(np.array(list(STEPS))[place], probabilities.index).where(known)


def sureness_counts(table: pd.DataFrame) -> pd.DataFrame | None:
    """Return ``right`` and ``wrong`` answers of the leading model by step; None without any.

    Parameters
    ----------
    table : DataFrame
        ``genre, answer_0, probability_0``, a row a track.
    """
    if "probability_0" not in table or table["probability_0"].isna().all():
        return None
    table = table[table["probability_0"].notna()]
    right = (table["answer_0"] == table["genre"]).map({True: "right", False: "wrong"})
    counts = pd.crosstab(step_of(table["probability_0"]), right)
    return counts.reindex(index=list(STEPS), columns=["right", "wrong"], fill_value=0)
