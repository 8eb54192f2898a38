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
        One row per run and unit: ``dataset, representation, model, title, protocol, unit, seed,
        accuracy, published`` (NaN where nothing was published).

    Raises
    ------
    ValueError
        If a seed stands twice in one group.
    """
    twice = rows.duplicated([*KEYS, "seed"])
    if twice.any():
        again = rows.loc[twice, [*KEYS, "seed"]].iloc[0].tolist()
        raise ValueError(
            f"a seed counts once for each model, protocol and unit; {again} stands twice. Leave "
            "repeated runs out."
        )
    grouped = rows.groupby(KEYS, sort=True)
    table = grouped["accuracy"].agg(n_seeds="size", mean="mean", sd="std", low="min", high="max")
    table["published"] = grouped["published"].first().astype(float)
    return table.reset_index()[list(ANALYSES["seed_ranges"].columns)]
