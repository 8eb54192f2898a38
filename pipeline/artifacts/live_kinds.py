"""The tables under ``results/analysis/`` that explain the answer to an uploaded clip.

What holds for their columns is said in ``analysis_kinds``. Standard library only.
"""

from pipeline.artifacts.analysis_kind import AnalysisKind

LIVE_ANALYSES = (
    AnalysisKind(
        "genre_scales",
        "The values of a feature at some percentiles of the rows of each genre, in the units "
        "of the table: where a new clip stands among them.",
        ("dataset", "representation", "genre", "feature", "n", "percentile", "value"),
        ("percentile",),
    ),
    AnalysisKind(
        "band_levels",
        "Mean level of each mel band over all columns of all clips, in dB below each clip's "
        "loudest place. band: from the lowest.",
        ("dataset", "representation", "band", "level_db"),
    ),
    AnalysisKind(
        "set_thresholds",
        "The probability from which on a genre is in a served model's set, calibrated on "
        "tracks, and how often such sets hold the true genre. temperature: of the "
        "probabilities, see models/<id>.json; mean_size: genres in a set.",
        (
            "id", "target", "temperature", "threshold", "coverage", "ci_low", "ci_high",
            "mean_size", "n", "calibrated_on",
        ),
        ("target", "threshold", "coverage", "ci_low", "ci_high"),
    ),
    AnalysisKind(
        "disagreements",
        "Every two models that audio can feed, one of them served: the share of test tracks "
        "on which their answers differ, and the shares of those on which each is right, with "
        "intervals by artists.",
        (
            "dataset", "protocol", "id_a", "id_b", "n_units", "n_disagree", "disagree",
            "ci_low", "ci_high", "right_a", "right_a_low", "right_a_high", "right_b",
            "right_b_low", "right_b_high",
        ),
        (
            "disagree", "ci_low", "ci_high", "right_a", "right_a_low", "right_a_high",
            "right_b", "right_b_low", "right_b_high",
        ),
    ),
    AnalysisKind(
        "robustness",
        "Whole clips altered as they may reach a listener, judged by models that did not hear "
        "them. alteration: see pipeline/audio/alterations.py, 'none' for the clip as it is; "
        "unchanged: share of clips that keep the answer they have unaltered; difference: "
        "accuracy minus the unaltered one's, paired. Intervals resample artists.",
        (
            "id", "alteration", "level", "unit", "unchanged", "unchanged_low",
            "unchanged_high", "accuracy", "ci_low", "ci_high", "difference", "difference_low",
            "difference_high", "n_units", "n_groups",
        ),
        ("unchanged", "unchanged_low", "unchanged_high", "accuracy", "ci_low", "ci_high"),
    ),
)  # fmt: skip
