"""What the tables under ``results/analysis/`` are: one entry a kind, with its columns.

``id`` columns hold run ids; ``unit`` is "track" or "segment"; shares, probabilities and accuracies
lie in 0..1; ``ci_low, ci_high`` bound 95 % intervals. ``genre`` is "" where a row is about all
genres. Standard library only.
"""

from collections.abc import Mapping

from pipeline.artifacts.analysis_kind import AnalysisKind
from pipeline.artifacts.live_kinds import LIVE_ANALYSES

ANALYSES: Mapping[str, AnalysisKind] = {
    kind.name: kind
    for kind in (
        *LIVE_ANALYSES,
        AnalysisKind(
            "paired_tests",
            "Every two models on the same test tracks: how often they agree, exact McNemar with "
            "Holm's correction over all pairs of the protocol, corrected resampled t-test over "
            "folds (missing with one fold). verdict: better_a, better_b or tied, by p_holm.",
            (
                "dataset", "protocol", "unit", "id_a", "id_b", "n_units", "accuracy_a",
                "accuracy_b", "both_right", "only_a", "only_b", "neither", "agreement",
                "p_mcnemar", "p_holm", "p_t", "p_t_holm", "verdict",
            ),
            ("accuracy_a", "accuracy_b", "agreement", "p_mcnemar", "p_holm", "p_t", "p_t_holm"),
        ),
        AnalysisKind(
            "roc",
            "One genre against the rest, by track; genre also 'macro' and 'micro'.",
            ("id", "genre", "false_positive_rate", "true_positive_rate"),
            ("false_positive_rate", "true_positive_rate"),
        ),
        AnalysisKind(
            "precision_recall",
            "One genre against the rest, by track; genre also 'macro' and 'micro'.",
            ("id", "genre", "recall", "precision"),
            ("recall", "precision"),
        ),
        AnalysisKind(
            "ranking_scores",
            "Areas under those curves, by track. metric: roc_auc or average_precision.",
            ("id", "metric", "genre", "value", "ci_low", "ci_high", "n_units"),
            ("value", "ci_low", "ci_high"),
        ),
        AnalysisKind(
            "calibration",
            "Reliability: tracks in ten bins of equal size by confidence. stage: before or after "
            "temperature scaling.",
            ("id", "stage", "bin", "confidence", "accuracy", "ci_low", "ci_high", "n"),
            ("confidence", "accuracy", "ci_low", "ci_high"),
        ),
        AnalysisKind(
            "calibration_scores",
            "metric: ece, brier or log_loss, by track. fitted_on says on what the temperature "
            "was fitted.",
            (
                "id", "stage", "metric", "value", "ci_low", "ci_high", "temperature", "fitted_on",
                "n_units",
            ),
        ),
        AnalysisKind(
            "prediction_sets",
            "Conformal sets of genres at a target coverage, calibrated on tracks: the share of "
            "tracks whose set holds the true genre, and the mean number of genres in a set.",
            (
                "id", "genre", "target", "coverage", "ci_low", "ci_high", "mean_size", "n",
                "calibrated_on",
            ),
            ("target", "coverage", "ci_low", "ci_high"),
        ),
        AnalysisKind(
            "coverage",
            "Accuracy of the tracks that are answered when the least confident are left out.",
            ("id", "coverage", "threshold", "accuracy", "ci_low", "ci_high", "n"),
            ("coverage", "threshold", "accuracy", "ci_low", "ci_high"),
        ),
        AnalysisKind(
            "importances",
            "kind: permutation (drop of track accuracy when the features of a family are permuted "
            "together in the test part), coefficient or impurity (of the fitted model, shares of "
            "the whole; feature named). Intervals only for permutation.",
            ("id", "kind", "family", "feature", "value", "ci_low", "ci_high", "n_repeats"),
        ),
        AnalysisKind(
            "search_trials",
            "Every trial of a randomised search inside a training part; params is JSON.",
            (
                "dataset", "representation", "model", "protocol", "trial", "rank", "params",
                "score", "score_sd", "n_folds", "fit_s",
            ),
            ("score",),
        ),
        AnalysisKind(
            "seed_ranges",
            "Accuracy of one model over seeds of split and model.",
            (
                "dataset", "representation", "model", "title", "protocol", "unit", "n_seeds",
                "mean", "sd", "low", "high", "published",
            ),
            ("mean", "low", "high", "published"),
        ),
        AnalysisKind(
            "sweeps",
            "Accuracy by one setting, on validation tracks. sweep: tree_depth, n_neighbours or "
            "n_tracks (training tracks).",
            (
                "dataset", "representation", "model", "title", "sweep", "protocol", "unit",
                "value", "accuracy", "ci_low", "ci_high", "training_accuracy", "n_units",
            ),
            ("accuracy", "ci_low", "ci_high", "training_accuracy"),
        ),
        AnalysisKind(
            "cluster_sweep",
            "K-means by number of clusters; silhouette is missing for one cluster.",
            ("dataset", "representation", "n_clusters", "inertia", "silhouette"),
        ),
        AnalysisKind(
            "cluster_matching",
            "Clusters assigned to genres, one to one, so that most samples agree.",
            ("id", "cluster", "genre", "n_matched", "n_cluster", "n_genre"),
        ),
        AnalysisKind(
            "variant_effects",
            "What a change does: the same model and protocol with and without it, on the test "
            "tracks that both have. difference = value - base_value, interval paired.",
            (
                "id", "base_id", "variant", "unit", "value", "base_value", "difference", "ci_low",
                "ci_high", "n_units", "n_training_tracks", "base_n_training_tracks",
            ),
            ("value", "base_value"),
        ),
        AnalysisKind(
            "duplicates",
            "Groups of tracks that are the same music; conflicting: with more than one genre. "
            "share: of the segments that a track shares with its first copy.",
            ("dataset", "group", "track_id", "genre", "conflicting", "found_in", "share"),
            ("share",),
        ),
        AnalysisKind(
            "suspicious_labels",
            "Tracks whose genre is probably wrong by out-of-fold confident learning, most "
            "suspicious first. margin: probability of the suggested genre minus the given one's.",
            (
                "dataset", "rank", "track_id", "genre", "suggested", "confidence_given",
                "confidence_suggested", "margin", "n_families_agree", "n_families", "duplicate",
            ),
            ("confidence_given", "confidence_suggested"),
        ),
        AnalysisKind(
            "label_checks",
            "Suspicious labels against a published list of faults: how many of the listed tracks, "
            "and of all others, it leaves out. p is Fisher's exact test.",
            (
                "dataset", "checked_against", "n_listed", "n_listed_faulty", "n_other",
                "n_other_faulty", "p",
            ),
            ("p",),
        ),
        AnalysisKind(
            "feature_distributions",
            "Quantiles of each feature by genre.",
            (
                "dataset", "representation", "feature", "family", "genre", "n", "p5", "p25", "p50",
                "p75", "p95", "mean", "sd",
            ),
        ),
        AnalysisKind(
            "feature_correlations",
            "Pearson's correlation of each two features over all rows.",
            ("dataset", "representation", "feature_a", "feature_b", "correlation"),
        ),
        AnalysisKind(
            "feature_order",
            "Features so that those which say the same are near each other: average linkage of "
            "1 - |correlation|, in optimal order. place: from 0.",
            ("dataset", "representation", "place", "feature"),
        ),
        AnalysisKind(
            "feature_scales",
            "The values of a feature at some percentiles of all tracks, in the units of the table.",
            ("dataset", "representation", "feature", "family", "percentile", "value"),
            ("percentile",),
        ),
        AnalysisKind(
            "track_features",
            "Where a track stands: the share of all tracks, and of those of its own genre, with a "
            "smaller value of a feature; equal ones, itself included, count half.",
            (
                "dataset", "representation", "track_id", "feature", "percentile",
                "genre_percentile",
            ),
            ("percentile", "genre_percentile"),
        ),
        AnalysisKind(
            "nearest_tracks",
            "The five nearest tracks of each track, by Euclidean distance in the principal "
            "components of the standardised features. rank: from 1, the nearest.",
            ("dataset", "representation", "track_id", "rank", "neighbour", "distance"),
        ),
        AnalysisKind(
            "genre_distances",
            "How far the genres' mean standardised features are apart; 1 is the mean over pairs.",
            ("dataset", "representation", "genre_a", "genre_b", "distance"),
        ),
        AnalysisKind(
            "distance_scores",
            "What mistakes cost when near genres are small mistakes, by track. value: mean "
            "distance of true and answered genre, right answers 0; mistake_distance: over wrong "
            "answers only (missing without any).",
            ("id", "value", "ci_low", "ci_high", "mistake_distance", "n_units"),
        ),
        AnalysisKind(
            "architectures",
            "The layers of a network in order. shape: of one row's numbers after it; receives: the "
            "places of the layers that it takes from, joined by commas.",
            ("id", "place", "layer", "kind", "shape", "n_parameters", "receives"),
        ),
        AnalysisKind(
            "filters",
            "Kernels of a network's first convolution, at most 32. row: step in time (or row of a "
            "picture), column: band (or column of a picture).",
            ("id", "filter", "row", "column", "weight"),
        ),
        AnalysisKind(
            "saliency",
            "Where a network looked, on test clips: two of each genre, the first by name. weight: "
            "how much of the log-probability of its answer is lost when that place is hidden, 1 "
            "for the place that matters most in the clip and 0 where nothing is lost. column_s: "
            "start in the clip; level_db: of the mel spectrogram there; proba: of the answer.",
            (
                "id", "track_id", "y_true", "y_pred", "proba", "column_s", "band", "level_db",
                "weight",
            ),
            ("proba", "weight"),
        ),
        AnalysisKind(
            "ablations",
            "What an ingredient is worth: the same model with and without it, trained on the "
            "training part of the fault-filtered list and scored on its validation tracks, mean "
            "over seeds (sd: between seeds). The interval of the difference resamples artists, "
            "with both models' answers together; it says nothing of seeds.",
            (
                "ingredient", "title", "id", "with_accuracy", "without_accuracy", "sd_with",
                "sd_without", "difference", "ci_low", "ci_high", "n_seeds", "n_units",
            ),
            ("with_accuracy", "without_accuracy"),
        ),
        AnalysisKind(
            "picture_audio",
            "A model fed from the archive's pictures against the same fed from audio. quantity: "
            "agreement, probability_difference or band_correlation; band: -1 where there is none.",
            ("id", "quantity", "band", "value", "ci_low", "ci_high", "n_units"),
        ),
    )
}  # fmt: skip
