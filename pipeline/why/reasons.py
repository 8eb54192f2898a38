"""What a results folder knows of answers, ready to say why a model gave one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.served import ServedModel
from pipeline.served_rows import Heard, WindowLength
from pipeline.why.pairs import Pairs, disagreement, read_pairs
from pipeline.why.sets import SetRule, read_set_rules
from pipeline.why.unusual import read_genre_scales
from pipeline.why.windows import carried

# Which statistics stand beside a model's answer; models of spectrograms know no features.
COMPARED: dict[str, WindowLength] = {
    "features_3s": 3,
    "features_30s": 30,
    "features_song": 30,
    "fused": 30,
}
Spans = Sequence[tuple[float, float]]


class Reasons:
    """The tables behind every "why", read once for all clips.

    Parameters
    ----------
    results : Path
    models : sequence of ServedModel

    Raises
    ------
    ResultsError
        If a table is damaged. One that is not there leaves its part of the answers null.
    """

    def __init__(self, results: Path, models: Sequence[ServedModel]) -> None:
        self._scales = {
            dataset: read_genre_scales(results, dataset)
            for dataset in {model.card["dataset"] for model in models}
        }
        self._sets: dict[str, SetRule] = read_set_rules(results)
        protocols = {
            model.card["id"]: str(model.card["honest_accuracy"].get("protocol")) for model in models
        }
        self._pairs: Pairs = read_pairs(results, protocols)

    def why(
        self, card: dict[str, Any], spans_s: Spans, proba: np.ndarray, heard: Heard
    ) -> dict[str, Any]:
        """Return ``why`` of one model, as ``POST /api/predict`` answers it.

        Returns
        -------
        dict
            ``windows``: of each window ``start_s, end_s, role, genre, margin``, see
            ``pipeline.why.windows``; ``rival``: the genre that would win without the windows that
            decided, or comes next; ``features``: those outside the usual range of the answered
            genre, the farthest first, see ``pipeline.why.unusual``; ``compared_with``:
            ``{genre, window_s, n}``, whose usual range. Both are null where there is nothing to
            compare with.
        """
        genres = card["genres"]
        share = carried(proba)
        answered = genres[int(proba.mean(axis=0).argmax())]
        windows = [
            {
                "start_s": start,
                "end_s": end,
                "role": role,
                "genre": genres[int(row.argmax())],
                "margin": round(float(margin), 4),
            }
            for (start, end), role, row, margin in zip(
                spans_s, share.role, proba, share.margin, strict=True
            )
        ]
        features, compared_with = self._features(card, answered, heard)
        return {
            "windows": windows,
            "rival": genres[share.rival],
            "features": features,
            "compared_with": compared_with,
        }

    def prediction_set(self, card: dict[str, Any], proba: np.ndarray) -> dict[str, Any] | None:
        """Return the genres of the model's 90 % set, see ``pipeline.why.sets``."""
        rule = self._sets.get(card["id"])
        return None if rule is None else rule.of(card["genres"], proba.mean(axis=0))

    def disagreement(self, answers: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """Return every two models that hear different genres, see ``pipeline.why.pairs``."""
        return disagreement(answers, self._pairs)

    def _features(
        self, card: dict[str, Any], genre: str, heard: Heard
    ) -> tuple[list[dict[str, Any]] | None, dict[str, Any] | None]:
        """Return the unusual features of the clip and whose usual range that is, or twice None."""
        length = COMPARED.get(card["representation"])
        if length is None or length not in heard.statistics:
            return None, None
        scale = self._scales[card["dataset"]].get(length, {}).get(genre)
        if scale is None:
            return None, None
        compared_with = {"genre": genre, "window_s": length, "n": scale.n}
        return scale.unusual(heard.statistics[length]), compared_with
