"""What the Model page says of networks: computed, with known answers."""

import numpy as np
import pandas as pd
from tiny_network_analyses import LAYERS

from dashboard.figures.filters import filter_words
from dashboard.figures.saliency import LookedAt
from dashboard.sound.mel_axis import band_axis
from dashboard.words import network_sentences, worth_sentences

NAMES = ["place", "layer", "kind", "shape", "n_parameters", "receives"]
TINY = pd.DataFrame([(k, *layer) for k, layer in enumerate(LAYERS)], columns=NAMES)
HISTORY = pd.DataFrame(
    {"fold": [0, 0, 1], "epoch": [1, 2, 1], "accuracy": [0.1, 0.9, 0.8], "val_accuracy": 0.5,
     "val_loss": [2.0, 1.0, 1.0]}
)  # fmt: skip


def test_training_says_the_range_over_folds_at_the_lowest_validation_loss() -> None:
    said = network_sentences.training_sentence(HISTORY)
    assert "2 folds, 1 to 2 epochs" in said
    assert "lowest validation loss: epoch 1 to 2" in said
    assert "0.80 to 0.90" in said
    assert "0.50 on those" in said


def test_training_says_which_weights_were_kept_where_that_is_stored() -> None:
    said = network_sentences.training_sentence(HISTORY.assign(chosen=[1, 0, 1]))
    assert "weights kept are those of epoch 1;" in said
    assert "0.10 to 0.80" in said
    none = network_sentences.training_sentence(HISTORY.assign(val_loss=np.nan))
    assert none.endswith("No epoch has a validation loss.")


def test_architecture_counts_parameters_and_names_the_largest_layer() -> None:
    said = network_sentences.architecture_sentence(TINY)
    assert said.startswith("10 layers with 1,010 parameters make 10 probabilities of 84 × 32")  # noqa: RUF001
    assert "conv2d_1 (conv 2-D), holds 58 % of them: 584" in said
    assert "share the box" in said
    nothing = network_sentences.architecture_sentence(TINY.assign(n_parameters=0))
    assert "largest" not in nothing


def test_filters_count_those_that_change_along_time() -> None:
    ramp = np.linspace(-1, 1, 3)
    weights = np.stack([np.tile(ramp[:, None], (1, 3)), np.tile(ramp, (3, 1)), np.eye(3) * 0])
    said = network_sentences.filters_sentence(weights, filter_words("mel_clip"))
    assert "3 kernels" in said and "3 steps of time wide and 3 bands high" in said
    assert "1 of 3 change more along time" in said
    assert "weights reach 1.00" in said
    words = filter_words("images_kaggle")
    assert "All change more along time" in network_sentences.filters_sentence(weights[:1], words)
    assert "All change more upwards" in network_sentences.filters_sentence(weights[1:], words)


def test_saliency_names_track_answer_bands_and_seconds() -> None:
    weight = np.zeros((32, 10))
    weight[4:6, 3] = 1.0
    clip = LookedAt(np.arange(10) * 3.0, np.full((32, 10), -40.0), weight)
    rows = pd.DataFrame(
        {"track_id": ["blues.00042"], "y_true": ["blues"], "y_pred": ["blues"], "proba": [0.83]}
    )
    axis = band_axis("mel_clip", 32)
    said = network_sentences.saliency_sentence(rows, clip, axis, "new artist, faults removed")
    assert "blues.00042, a test track of “new artist, faults removed”" in said
    assert "called blues with probability 0.83, rightly" in said
    assert f"between {axis.span(4, 4)}" in said
    assert "half between 9.0 s and 12.0 s" in said
    wrong = network_sentences.saliency_sentence(
        rows.assign(y_pred="rock"),
        LookedAt(clip.starts_s, clip.level_db, 0 * weight),
        axis,
        "p",
    )
    assert "wrongly: its label is blues" in wrong
    assert "takes nothing from this answer" in wrong


def effect(difference: float, half: float) -> pd.Series:
    return pd.Series(
        {"base_value": 0.6, "value": 0.6 + difference, "difference": difference, "n_units": 290,
         "ci_low": difference - half, "ci_high": difference + half}
    )  # fmt: skip


def test_order_is_worth_what_shuffling_loses() -> None:
    said = worth_sentences.order_sentence(effect(-0.1, 0.05), 2, "new song")
    assert "Under “new song”" in said and "same 290 songs" in said
    assert "order in time is worth +0.10 [+0.05, +0.15], more than chance explains" in said
    assert said.endswith("2 other nets.")


def test_order_that_changes_nothing_or_harms_is_said() -> None:
    unclear = worth_sentences.order_sentence(effect(-0.02, 0.05), 0, "p")
    assert unclear.endswith("+0.02 [−0.03, +0.07], which the interval does not tell from nothing.")  # noqa: RUF001
    harmful = worth_sentences.order_sentence(effect(0.1, 0.05), 1, "p")
    assert "; it does better without order." in harmful
    assert harmful.endswith("1 other net.")


def test_ingredients_name_the_best_and_count_what_helps_and_harms() -> None:
    rows = pd.DataFrame(
        {"title": ["Crops", "Mixup", "Stacking"], "difference": [0.05, 0.01, -0.03],
         "ci_low": [0.02, -0.01, -0.05], "ci_high": [0.08, 0.03, -0.01], "n_seeds": 3,
         "n_units": 197}
    )  # fmt: skip
    said = worth_sentences.ingredients_sentence(rows)
    assert "On 197 validation songs, mean of 3 seeds" in said
    assert "worth most is “Crops”, +0.05 [+0.02, +0.08]" in said
    assert "1 of 3 ingredients help by more than their interval, 1 harm, 1 cannot be told" in said


def test_picture_and_audio_give_agreement_and_the_worst_band() -> None:
    rows = pd.DataFrame(
        [("agreement", -1, 0.93, 0.85, 0.98), ("probability_difference", -1, 0.031, 0.02, 0.04),
         *(("band_correlation", k, 0.99 - 0.1 * (k == 127), 0.8, 1.0) for k in range(120, 128))],
        columns=["quantity", "band", "value", "ci_low", "ci_high"],
    ).assign(n_units=55)  # fmt: skip
    said = worth_sentences.picture_audio_sentence(rows)
    assert "same 55 clips" in said
    assert "the same answer for 0.93 [0.85, 0.98] of them" in said
    assert "differ by 0.031 [0.020, 0.040]" in said
    assert "0.99 (median of 8 bands), least, 0.89 [0.80, 1.00], around 11 kHz" in said
    assert "band" not in worth_sentences.picture_audio_sentence(rows[rows["band"] < 0])
