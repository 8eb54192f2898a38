"""One uploaded clip and where in it the models listened: ``POST /api/explain``.

Asked on request only, since each model is asked 120 times and more, see
``pipeline.why.occlusion``. Samples, limits and the line are those of the live service; nothing of
the clip is kept.
"""

import io
import time
from collections.abc import Generator
from dataclasses import asdict
from typing import Any

from dashboard.memory import reuse_large_pieces
from dashboard.prediction.live import Live, mel_json
from dashboard.prediction.refusal import ServiceError
from pipeline.audio import AudioError, is_silent
from pipeline.predict import Progress

Steps = Generator[Progress, None, dict[str, Any]]


def listening_steps(live: Live, upload: io.BytesIO) -> Steps:
    """Yield the progress of a clip and return its answer.

    Returns
    -------
    dict
        ``duration_s``; ``flags``, see ``pipeline.flags``, where it sounds like noise or speech;
        ``models``, see ``pipeline.why.listening``, empty where none can be asked; ``mel``, as
        ``POST /api/predict`` gives it; ``timings_ms``.

    Raises
    ------
    ServiceError
        If the clip cannot be used or takes too long; ``silent`` where nothing can be heard.
    """
    predictor, started = live.predictor(), time.monotonic()
    try:
        clip = yield from live.decoded(upload)
        if is_silent(clip.y):
            raise ServiceError("silent", "This clip is silent: no place in it was listened to.")
        with reuse_large_pieces():
            steps = predictor.listening(clip.y, sr=clip.sr)
            models = yield from live.in_time(steps, started)
            mel = mel_json(clip.y, sr=clip.sr)
    except AudioError as error:
        raise ServiceError(error.code, str(error)) from error
    total_ms = 1e3 * (time.monotonic() - started)
    return {
        "duration_s": round(len(clip.y) / clip.sr, 3),
        "flags": [asdict(flag) for flag in predictor.flags_of_sound(clip.y, sr=clip.sr)],
        "models": models,
        "mel": mel,
        "timings_ms": {"total": round(total_ms, 1)},
    }
