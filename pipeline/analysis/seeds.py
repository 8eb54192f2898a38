"""How far a score moves when only the seed changes."""

import pandas as pd

from pipeline.artifacts.analysis import ANALYSES

KEYS = ["dataset", "representation", "model", "title", "protocol", "unit"]


def seed_ranges(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the analysis "seed_ranges": mean, standard deviation and range over seeds.

    ``sd`` has n - 1 degrees of freedom and is NaN for one seed; ``low`` and ``high`` are the
    least and the greatest accuracy.

    Parameters
    ----------
    rows : DataFrame
        One row per run (seed) and unit: ``dataset, representation, model, title, protocol, unit,
        accuracy, published`` (NaN where nothing was published). May be empty.
    """
    columns = list(ANALYSES["seed_ranges"].columns)
    if rows.empty:
        return pd.DataFrame(columns=columns)
    grouped = rows.groupby(KEYS, sort=True)
    table = grouped["accuracy"].agg(n_seeds="size", mean="mean", sd="std", low="min", high="max")
    table["published"] = grouped["published"].first().astype(float)
    return table.reset_index()[columns]
