"""An answer of tiny models to a clip, as the store of the Predict page holds it."""

import json
from typing import Any

from tiny_models import shared_results, synthetic_clip

from dashboard.prediction.live import mel_json
from pipeline.config import ANALYSIS
from pipeline.predict import Predictor


def real_answer() -> dict[str, Any]:
    """Return a new answer to 14 s, which a test may change."""
    y = synthetic_clip(80, duration_s=14.0)
    prediction = Predictor(shared_results()).predict(y, sr=ANALYSIS.sr)
    prediction.timings_ms["total"] = 432.1
    content = {**prediction.as_json(), "mel": mel_json(y, sr=ANALYSIS.sr)}
    answer: dict[str, Any] = json.loads(json.dumps(content))
    return answer
