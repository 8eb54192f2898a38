"""What can be asked about a clip, and who answers: this process, or a worker behind the broker."""

import io
from collections.abc import Callable, Generator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from dashboard.memory import return_free_memory
from dashboard.prediction.broker import Broker
from dashboard.prediction.line import Place
from dashboard.prediction.live import Live
from dashboard.prediction.live_listening import listening_steps
from dashboard.prediction.live_robustness import robustness_steps
from dashboard.prediction.refusal import ServiceError
from pipeline.predict import Progress

Steps = Generator[Progress, None, dict[str, Any]]

GENRES, GENRES_AND_MEL, LISTENING, ROBUSTNESS = (
    "genres",
    "genres and mel",
    "listening",
    "robustness",
)
# From the models and a clip's bytes, which are freed as soon as they are decoded, to its answer.
QUESTIONS: Mapping[str, Callable[[Live, io.BytesIO], Steps]] = MappingProxyType(
    {
        GENRES: Live.steps,
        GENRES_AND_MEL: partial(Live.steps, with_mel=True),
        LISTENING: listening_steps,
        ROBUSTNESS: robustness_steps,
    }
)


def asked(live: Live, upload: io.BytesIO, question: str) -> Steps:
    """Yield the progress of a clip whose turn it is, and return its answer as JSON can hold it.

    Raises
    ------
    ServiceError
        If the clip cannot be used or takes too long; ``other_version`` for a question that is
        unknown here.
    """
    if question not in QUESTIONS:
        raise ServiceError(
            "other_version", "The server is being updated. Try again in a minute.", retry_after_s=60
        )
    try:
        return (yield from QUESTIONS[question](live, upload))
    finally:
        return_free_memory()


def answered(
    live: Live,
    place: Place,
    upload: io.BytesIO,
    question: str = GENRES,
    *,
    is_gone: Callable[[], bool] = lambda: False,
) -> Steps:
    """Yield the progress of a clip from the line to its answer, which is returned.

    Its place is left when the answer is there, or the reason why there is none.

    Raises
    ------
    ServiceError
        If the clip cannot be used, waits or takes too long, or its client ``is_gone``.
    """
    if live.broker is not None:
        return (yield from _handed_on(live, live.broker, place, upload, question, is_gone))
    try:
        live.predictor()
        yield from place.wait(is_gone=is_gone)
        answer = yield from asked(live, upload, question)
    finally:
        place.leave()
    answer["timings_ms"]["queued"] = round(1e3 * place.waited_s, 1)
    return answer


def _handed_on(
    live: Live,
    broker: Broker,
    place: Place,
    upload: io.BytesIO,
    question: str,
    is_gone: Callable[[], bool],
) -> Steps:
    """Answer through a broker, which has the clip and bounds how many wait: it leaves here."""
    try:
        with upload, upload.getbuffer() as content:
            job = broker.stored(content, visitor=place.visitor)
    finally:
        place.leave()
    return (
        yield from broker.answer(
            job,
            question=question,
            is_gone=is_gone,
            refuse_if_stopping=live.line.refuse_if_stopping,
        )
    )
