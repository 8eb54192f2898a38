"""Which cards the Data page shows for a data set and its features, and why others are absent."""

from dashboard.pages.data_choices import resolved
from dashboard.pages.data_updates import genre_counts
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_dataset, rows_of_features
from dashboard.state import Results
from dashboard.words import data_sentences

KINDS = {
    "feature_distributions": ["distributions"],
    "feature_correlations": ["correlations"],
    "duplicates": ["duplicates"],
    "suspicious_labels": ["suspicious"],
}


def update_shown(
    results: Results, dataset: str, features: str
) -> tuple[dict[str, bool], list[str]]:
    """Return which cards to hide, and why those that are hidden are not there."""
    dataset, features = resolved(results, dataset, features)
    hidden = {"data-genres": genre_counts(results, dataset, features) is None}
    reasons = []
    title = selection.data_title(results, dataset)
    for kind, cards in KINDS.items():
        own = (
            rows_of_features(results, kind, dataset, features)
            if kind.startswith("feature_")
            else rows_of_dataset(results, kind, dataset)
        )
        for card in cards:
            hidden[card] = own.empty
        if own.empty:
            computed = not results.analysis(kind).empty
            reasons.append(data_sentences.absence(computed, kind, title))
    return hidden, reasons
