"""How features are spread within the genres, and which of them say the same."""

import numpy as np
import pandas as pd

from pipeline.artifacts.analysis import ANALYSES
from pipeline.datasets import FeatureTable
from pipeline.features.families import family_of

QUANTILES = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


def feature_distributions(table: FeatureTable) -> pd.DataFrame:
    """Return quantiles, mean and deviation of each feature within each genre that has rows.

    Returns
    -------
    DataFrame
        Columns of the analysis "feature_distributions", in the units of the table; quantiles
        interpolate between rows, ``sd`` divides by the number of rows.
    """
    genre = table.rows["genre"].to_numpy()
    tables = []
    for name in table.genres:
        X = table.X[genre == name].astype(np.float64)
        if len(X) == 0:
            continue
        quantiles = np.quantile(X, list(QUANTILES.values()), axis=0)
        numbers = dict(zip(QUANTILES, quantiles, strict=True))
        numbers |= {"mean": X.mean(axis=0), "sd": X.std(axis=0)}
        tables.append(
            pd.DataFrame({"feature": table.features, "genre": name, "n": len(X)} | numbers)
        )
    columns = list(ANALYSES["feature_distributions"].columns)
    if not tables:
        return pd.DataFrame(columns=columns)
    distributions = pd.concat(tables, ignore_index=True)
    distributions["dataset"] = table.dataset
    distributions["representation"] = table.representation
    distributions["family"] = distributions["feature"].map(family_of)
    return distributions[columns]


def feature_correlations(table: FeatureTable) -> pd.DataFrame:
    """Return Pearson's correlation of each two features over all rows.

    Returns
    -------
    DataFrame
        Columns of the analysis "feature_correlations": each pair once, in the order of the
        features, none with itself. NaN where a feature is constant.
    """
    first, second = np.triu_indices(len(table.features), k=1)
    names = np.array(table.features, dtype=object)
    return pd.DataFrame(
        {
            "dataset": table.dataset,
            "representation": table.representation,
            "feature_a": names[first],
            "feature_b": names[second],
            "correlation": correlation_matrix(table.X.astype(np.float64))[first, second],
        },
        columns=list(ANALYSES["feature_correlations"].columns),
    )


def correlation_matrix(X: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation of the columns of ``X`` (n_rows, n); NaN where one is constant.

    float32 leaves some deviation in a constant column, so constancy is asked for directly.
    """
    constant = np.ptp(X, axis=0) == 0 if len(X) else np.ones(X.shape[1], dtype=bool)
    centred = X - X.mean(axis=0) if len(X) else X
    norm = np.sqrt((centred**2).sum(axis=0))
    unit = np.divide(centred, norm, out=np.full_like(centred, np.nan), where=~constant)
    return np.clip(unit.T @ unit, -1.0, 1.0) if len(X) else np.full((X.shape[1],) * 2, np.nan)
