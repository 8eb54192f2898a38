"""One uploaded clip, altered in every way and asked about again: ``POST /api/robustness``.

At most 30 s of the clip, from its middle. What the time does not suffice for is left out, and the
answer says so. Samples, limits and the line are those of the live service.
"""

import io
import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import asdict
from typing import Any

import numpy as np

from dashboard.memory import reuse_large_pieces
from dashboard.prediction.alterer import AlterationError, Condition, Made, altered_clips
from dashboard.prediction.live import Live
from dashboard.prediction.refusal import ServiceError
from pipeline.audio import AudioError, is_silent
from pipeline.audio.alterations import ALTERATIONS
from pipeline.config import LIMITS
from pipeline.predict import Predictor, Progress

PIECE_S = 30.0
STEP = "alterations"

Steps = Generator[Progress, None, dict[str, Any]]
Altered = Callable[..., Made]

logger = logging.getLogger(__name__)


def robustness_steps(live: Live, upload: io.BytesIO, *, altered: Altered = altered_clips) -> Steps:
    """Yield the progress of a clip and return its answer.

    Raises
    ------
    ServiceError
        If the clip cannot be used or altered.
    """
    predictor, started = live.predictor(), time.monotonic()
    try:
        clip = yield from live.decoded(upload)
        with reuse_large_pieces():
            return (
                yield from asked_again(
                    predictor, clip.y, sr=clip.sr, began=started, altered=altered
                )
            )
    except AudioError as error:
        raise ServiceError(error.code, str(error)) from error
    except AlterationError as error:
        logger.warning("the alterations failed: %s", error)
        message = "Altering this clip failed. Try again, or send another piece."
        raise ServiceError("alteration_failed", message) from error


def asked_again(
    predictor: Predictor, y: np.ndarray, *, sr: int, began: float, altered: Altered = altered_clips
) -> Steps:
    """Yield progress and return the answer to a decoded clip.

    Parameters
    ----------
    began : float
        When the work began, by ``time.monotonic``.
    """
    piece, start = middle(y, sr=sr)
    if is_silent(piece):
        raise ServiceError("silent", "This piece is silent: there is no answer that could change.")
    wanted = conditions_for(len(piece) / sr)
    yield Progress(STEP, 0, len(wanted))
    plain = predictor.genres(piece, sr=sr)
    rows: list[dict[str, Any]] = []
    left_s = began + LIMITS.alterations_timeout_s - time.monotonic()
    made = altered(piece, sr=sr, conditions=wanted, timeout_s=max(left_s, 0.0))
    with closing(made):
        for condition, samples in made:
            rows.append(_row(condition, predictor.genres(samples, sr=sr), plain))
            yield Progress(STEP, len(rows), len(wanted))
    return {
        "duration_s": round(len(y) / sr, 3),
        "from_s": round(start / sr, 3),
        "to_s": round((start + len(piece)) / sr, 3),
        "flags": [asdict(flag) for flag in predictor.flags_of_sound(piece, sr=sr)],
        "models": [_model(model.card, plain) for model in predictor.models],
        "alterations": rows,
        "left_out": [ALTERATIONS[name].label(level) for name, level in wanted[len(rows) :]],
        "timings_ms": {"total": round(1e3 * (time.monotonic() - began), 1)},
    }


def middle(y: np.ndarray, *, sr: int) -> tuple[np.ndarray, int]:
    """Return at most 30 s of a clip, and the sample at which they begin."""
    n_samples = min(len(y), round(PIECE_S * sr))
    start = (len(y) - n_samples) // 2
    return y[start : start + n_samples], start


def conditions_for(duration_s: float) -> list[Condition]:
    """Return the alterations that change so long a clip and leave enough of it to hear."""
    shortest_s = LIMITS.min_duration_s
    return [
        (one.name, float(level))
        for one in ALTERATIONS.values()
        for level in one.levels
        if not (one.name == "crop" and level >= duration_s)
        and not (one.name == "tempo" and duration_s / (1 + level / 100) < shortest_s)
    ]


def _row(condition: Condition, heard: dict[str, str], plain: dict[str, str]) -> dict[str, Any]:
    """Return what the models say under one condition, and which of them changed their answer."""
    alteration, level = condition
    return {
        "alteration": alteration,
        "level": level,
        "label": ALTERATIONS[alteration].label(level),
        "genres": heard,
        "changed": [model for model, genre in plain.items() if heard[model] != genre],
    }


def _model(card: dict[str, Any], plain: dict[str, str]) -> dict[str, Any]:
    keys = ("id", "model", "title", "family", "representation", "window_s", "honest_accuracy")
    return {**{key: card[key] for key in keys}, "genre": plain[card["id"]]}
