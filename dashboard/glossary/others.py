"""Comparisons of models, what is inside one, and numbers of the data."""

from dashboard.glossary.term import Group, Term

COMPARISON = Group(
    "comparison",
    "One model against another",
    {
        "agreement": Term(
            "Agreement",
            "The share of songs to which two models give the same answer, right or wrong. Two good "
            "models that seldom agree have something to gain from each other.",
            ("paired_tests.agreement",),
        ),
        "disagreement": Term(
            "Disagreement",
            "The share of songs of new artists to which two models give different answers, and of "
            "these the shares on which each of them is right. Both can be wrong, so the two shares "
            "need not add up to 1.",
            ("disagreements.disagree", "disagreements.right_a", "disagreements.right_a_low",
             "disagreements.right_a_high", "disagreements.right_b", "disagreements.right_b_low",
             "disagreements.right_b_high"),
        ),
        "mcnemar": Term(
            "McNemar's test",
            "Of the songs that only one of two models gets right, it asks whether they fall to one "
            "side more often than a coin would. Only the songs that the models disagree on count, "
            "and with none p is 1.",
            ("paired_tests.p_mcnemar",),
        ),
        "holm": Term(
            "Holm's correction",
            "With many pairs of models some look different by chance, so each p-value is raised, "
            "the more the more pairs were tested. “Better” is said where the corrected p is below "
            "0.05, else “tied”.",
            ("paired_tests.p_holm", "paired_tests.p_t_holm"),
        ),
        "corrected-t": Term(
            "Corrected t-test over folds",
            "A t-test of the differences from fold to fold whose variance is made larger, because "
            "folds share most of their training songs (Nadeau and Bengio 2003). It stands beside "
            "McNemar's where a protocol has folds.",
            ("paired_tests.p_t",),
        ),
        "difference": Term(
            "Paired difference",
            "Accuracy with a change minus accuracy without it, on the same songs, in points of a "
            "hundred. An interval that holds 0 leaves open whether the change does anything.",
            ("variant_effects.difference", "variant_effects.value", "variant_effects.base_value",
             "ablations.difference", "ablations.with_accuracy", "ablations.without_accuracy",
             "robustness.difference"),
        ),
        "unchanged": Term(
            "Unchanged answers (robustness)",
            "The share of clips whose answer after an alteration, such as MP3 or noise, is the one "
            "that the same model gives without it. Whether that answer is right does not count.",
            ("robustness.unchanged",),
        ),
        "seeds": Term(
            "Spread over seeds (sd)",
            "How far a score moves when only the random numbers change: the standard deviation "
            "over several seeds of split and model. Published figures are often the best of such "
            "draws.",
            ("seed_ranges.mean", "seed_ranges.sd", "seed_ranges.low", "seed_ranges.high",
             "seed_ranges.published", "ablations.sd_with", "ablations.sd_without"),
        ),
    },
)  # fmt: skip

INSIDE = Group(
    "inside",
    "Inside a model",
    {
        "permutation": Term(
            "Permutation importance",
            "How much accuracy falls when the features of one family are exchanged between test "
            "songs. A family that others can stand in for looks less important than it is.",
            ("permutation",),
        ),
        "coefficient": Term(
            "Coefficient and impurity shares",
            "What the fitted model itself weighs: sizes of coefficients of a linear model, or how "
            "much a tree's splits on a feature clear up, as shares of the whole. They describe the "
            "training songs, and have no interval.",
            ("coefficient", "impurity"),
        ),
        "validation-score": Term(
            "Validation accuracy of a trial",
            "Accuracy of one setting on songs of the training part that were held out from it. The "
            "test part has no say in which setting is chosen.",
            ("search_trials.score", "search_trials.score_sd"),
        ),
        "saliency": Term(
            "Where it looked",
            "How much of the probability of a network's answer is lost when a patch of the "
            "spectrogram is hidden, 1 for the patch that matters most. It shows what the answer "
            "hangs on, and not whether that is a good reason.",
            ("saliency.weight", "saliency.proba", "saliency.level_db", "band_levels.level_db"),
        ),
        "picture-audio": Term(
            "Picture against audio",
            "The same model on the archive's pictures and on spectrograms computed from sound: "
            "how often both give the same answer, how far the probabilities differ, how their "
            "bands correlate. It says whether a model of pictures can answer uploaded clips.",
            ("picture_audio.agreement", "picture_audio.probability_difference",
             "picture_audio.band_correlation", "picture_audio.value"),
        ),
        "cost": Term(
            "Training time, time per clip, size",
            "Seconds to fit all folds, milliseconds for one prediction, bytes on disk, on the "
            "machine that computed these results. They are the only numbers that differ between "
            "two runs of the same code.",
            ("search_trials.fit_s",),
        ),
    },
)  # fmt: skip

DATA = Group(
    "data",
    "Data",
    {
        "margin": Term(
            "Margin of a doubtful label",
            "The probability of the suggested genre minus that of the given one, by models that "
            "never heard the song in training (confident learning, Northcutt and others 2021). "
            "Large margins are worth listening to; ears decide.",
            ("suspicious_labels.margin", "suspicious_labels.confidence_given",
             "suspicious_labels.confidence_suggested", "suspicious_labels.n_families_agree"),
        ),
        "fisher": Term(
            "Fisher's exact test",
            "Whether a published list of faults holds more of the doubtful tracks than of the "
            "others, beyond chance. A large p says that the two lists have no more in common than "
            "chance gives.",
            ("label_checks.p",),
        ),
        "shared-segments": Term(
            "Shared segments of a copy",
            "The share of three-second segments that a track has in common with the first of its "
            "group. Two tracks count as copies from a quarter on.",
            ("duplicates.share",),
        ),
        "percentile": Term(
            "Percentile",
            "The share of songs with a smaller value of a feature, among all songs or among those "
            "of the same genre. 0.5 is the middle, and 0.99 means that one song in a hundred has "
            "more.",
            ("track_features.percentile", "track_features.genre_percentile",
             "feature_scales.percentile", "genre_scales.percentile"),
        ),
        "correlation": Term(
            "Correlation",
            "Pearson's: how nearly two features lie on one line, from -1 to 1. Near either end the "
            "two say the same.",
            ("feature_correlations.correlation",),
        ),
        "nearest": Term(
            "Distance of the nearest tracks",
            "How far two songs are apart in the principal components of their features. It has no "
            "unit: compare it with that of other neighbours.",
            ("nearest_tracks.distance",),
        ),
    },
)  # fmt: skip
