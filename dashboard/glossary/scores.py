"""Scores of one model: answers, probabilities, clusters."""

from dashboard.glossary.term import Group, Term

ANSWERS = Group(
    "answers",
    "Right and wrong",
    {
        "accuracy": Term(
            "Accuracy",
            "The share of songs (or segments) whose genre is named rightly. With ten genres of "
            "equal size, guessing gives 0.10.",
            ("accuracy", "paired_tests.accuracy_a", "paired_tests.accuracy_b", "coverage.accuracy",
             "sweeps.accuracy", "sweeps.training_accuracy", "calibration.accuracy",
             "robustness.accuracy"),
        ),
        "precision": Term(
            "Precision",
            "Of the songs that a model calls jazz, the share that are jazz. It is low for a genre "
            "that others are often taken for.",
            ("precision", "precision_recall.precision"),
        ),
        "recall": Term(
            "Recall",
            "Of the songs that are jazz, the share that a model calls jazz. It is low for a genre "
            "that is often taken for others.",
            ("recall", "precision_recall.recall"),
        ),
        "f1": Term(
            "F1",
            "The harmonic mean of precision and recall of one genre, near the smaller of the two. "
            "It is high only where both are.",
            ("f1",),
        ),
        "macro-f1": Term(
            "Macro F1",
            "The mean of the F1 of all genres, each counting alike however many songs it has. "
            "Where genres differ in size it says more than accuracy, which large genres decide.",
            ("macro_f1",),
        ),
        "top-2": Term(
            "Among first two (top-2)",
            "The share of songs whose true genre is one of the two that the model finds most "
            "probable. It is never below accuracy, and far above it where a model hesitates "
            "between two.",
            ("top2",),
        ),
        "genre-distance": Term(
            "Genre-distance cost",
            "The mean distance between the true genre and the answer, where a right answer costs 0 "
            "and an average mistake 1. The distance of two genres is that of their mean features, "
            "so that taking metal for rock costs less than taking it for classical.",
            ("distance_scores.value", "genre_distances.distance"),
        ),
        "mistake-distance": Term(
            "Distance of mistakes",
            "The same mean over wrong answers only. Below 1, mistakes fall on genres that are "
            "nearer than average.",
            ("distance_scores.mistake_distance",),
        ),
    },
)  # fmt: skip

PROBABILITIES = Group(
    "probabilities",
    "Probabilities",
    {
        "log-loss": Term(
            "Log loss",
            "The mean of minus the logarithm of the probability that the model gave the true "
            "genre; lower is better. Being sure and wrong costs most, and ten equal probabilities "
            "give 2.30.",
            ("log_loss",),
        ),
        "brier": Term(
            "Brier score",
            "The squared difference between the probabilities and the truth (1 for the true genre, "
            "0 for the others), summed over genres and averaged over songs; lower is better. It is "
            "0 for a model that is always sure and right, and 2 for one always sure and wrong.",
            ("brier",),
        ),
        "ece": Term(
            "Calibration error (ECE)",
            "How far confidence and accuracy are apart: songs are sorted by the probability of "
            "their answer into ten groups of equal size, and the gaps are averaged. A model with 0 "
            "is right for 70 % of the songs of which it is 70 % sure.",
            ("ece", "calibration.confidence"),
        ),
        "temperature": Term(
            "Temperature",
            "One number that makes all probabilities of a model softer (above 1) or sharper (below "
            "1), fitted on other songs than those it is judged on. It changes no answer, only how "
            "sure the model says it is.",
            ("calibration_scores.temperature",),
        ),
        "roc-auc": Term(
            "ROC AUC",
            "The chance that a song of a genre gets a higher probability for it than a song of "
            "another genre does. 0.5 is guessing and 1 perfect order.",
            ("roc_auc", "roc.false_positive_rate", "roc.true_positive_rate"),
        ),
        "average-precision": Term(
            "Average precision",
            "The mean precision over all thresholds of one genre's probability, the area under its "
            "precision-recall curve. Guessing gives the genre's share of the songs.",
            ("average_precision",),
        ),
        "coverage": Term(
            "Coverage (when it may abstain)",
            "The share of songs that are still answered when the least sure answers are left out. "
            "Accuracy by coverage shows what an “I do not know” buys.",
            ("coverage.coverage", "coverage.threshold"),
        ),
        "conformal": Term(
            "Conformal sets: coverage",
            "Instead of one genre a model may name a set, made so that nine sets in ten hold the "
            "true genre. Coverage is the share that does, on songs that the threshold was not set "
            "on.",
            ("prediction_sets.coverage", "prediction_sets.target", "set_thresholds.coverage",
             "set_thresholds.target"),
        ),
        "set-threshold": Term(
            "Conformal sets: threshold",
            "A genre is in the set of a clip when its calibrated probability is at least this. It "
            "is set on songs of the validation part, after their probabilities were tempered.",
            ("set_thresholds.threshold", "set_thresholds.temperature"),
        ),
        "set-size": Term(
            "Conformal sets: size",
            "The mean number of genres in such a set; smaller is better. A model that knows "
            "nothing needs nearly all genres to reach the same coverage.",
            ("prediction_sets.mean_size", "set_thresholds.mean_size"),
        ),
    },
)  # fmt: skip

CLUSTERS = Group(
    "clusters",
    "Clusters",
    {
        "ari": Term(
            "Adjusted Rand index (ARI)",
            "How far two divisions of the same songs agree about which pairs belong together. 0 is "
            "what chance gives and 1 the same division.",
            ("ari",),
        ),
        "nmi": Term(
            "Normalised mutual information (NMI)",
            "How much a song's cluster tells about its genre, as a share of all there is to tell. "
            "0 is nothing and 1 everything.",
            ("nmi",),
        ),
        "purity": Term(
            "Purity",
            "The share of songs that would be right if each cluster stood for its commonest genre. "
            "It grows with the number of clusters, so compare it at the same number only.",
            ("purity", "cluster_matching.n_matched"),
        ),
        "inertia": Term(
            "Inertia",
            "The sum of squared distances of the rows to the middle of their cluster. It always "
            "falls with more clusters; a bend shows where more stop helping.",
            ("cluster_sweep.inertia",),
        ),
        "silhouette": Term(
            "Silhouette",
            "How much nearer a row lies to its own cluster than to the next, between -1 and 1, as "
            "a mean. High values mean clusters that stand apart, whatever the genres are.",
            ("cluster_sweep.silhouette",),
        ),
    },
)  # fmt: skip
