"""What can be chosen on the Data page: data set, representation, feature."""

from dashboard.query import Parameter
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_features
from dashboard.state import Results
from pipeline.artifacts import embedding_path
from pipeline.features.families import FAMILIES


def dataset_parameter(results: Results) -> Parameter:
    """Return the choice of data set."""
    names = {name: selection.data_title(results, name) for name in results.datasets}
    return Parameter("dataset", "Data set", names, next(iter(names), ""))


def features_parameter(results: Results, dataset: str) -> Parameter:
    """Return the choice of representation: those of a data set that something is known of.

    Pictures and sequences have no named features, and what a network made of a song is not what
    models learn from: neither is offered, unless there is nothing else.
    """
    runs = results.runs[results.runs["dataset"] == dataset]
    everything = list(dict.fromkeys(runs["representation"]))
    learned_from = set(runs.loc[runs["technique"] != "unsupervised", "representation"])
    table = results.analysis("feature_distributions")
    described = set(table.loc[table["dataset"] == dataset, "representation"])
    known = [
        name
        for name in everything
        if name in learned_from
        and (name in described or embedding_path(results.folder, dataset, name).is_file())
    ]
    names = {name: selection.short(results, name) for name in known or everything}
    return Parameter("features", "Features", names, next(iter(names), ""))


def feature_parameter(results: Results, dataset: str, features: str) -> Parameter:
    """Return the choice of one feature, families together."""
    rows = rows_of_features(results, "feature_distributions", dataset, features)
    rows = rows.drop_duplicates("feature")
    ordered = by_family(dict(zip(rows["feature"], rows["family"], strict=True)))
    names = {name: name for name in ordered}
    return Parameter("feature", "Feature", names, next(iter(names), ""))


def by_family(family_of: dict[str, str]) -> list[str]:
    """Return features with their families together: the known ones first, others by name."""
    order = {family: place for place, family in enumerate(FAMILIES)}
    return sorted(
        family_of, key=lambda name: (order.get(family_of[name], len(order)), family_of[name])
    )


def resolved(results: Results, dataset: str, features: str) -> tuple[str, str]:
    """Return a data set and a representation of it; while menus change, the first stands in."""
    datasets = dataset_parameter(results)
    chosen = dataset if dataset in datasets.options else datasets.default
    offered = features_parameter(results, chosen)
    return chosen, features if features in offered.options else offered.default
