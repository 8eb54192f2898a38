"""The live service of one worker: models kept loaded, a decoder kept ready, limits kept.

Nothing is loaded when the object is made; ``start`` begins in the background, and a request that
comes earlier waits for it. Flask stays in ``dashboard.prediction.uploads``.
"""

import base64
import io
import logging
import os
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from dashboard.memory import limit_memory_pools, return_free_memory, reuse_large_pieces
from dashboard.prediction.broker import Broker
from dashboard.prediction.decoder import DecodeError, Decoder
from dashboard.prediction.line import Line
from dashboard.prediction.refusal import ServiceError
from pipeline import artifacts
from pipeline.artifacts import ResultsError
from pipeline.audio import AudioError, Clip
from pipeline.config import ANALYSIS, LIMITS, UploadLimits
from pipeline.features.mel import FLOOR_DB, mel_drawing
from pipeline.predict import Predictor, Progress

LOAD_WAIT_S = 30.0
Made = TypeVar("Made")

logger = logging.getLogger(__name__)


class Live:
    """Models, decoder and limits of one worker.

    Parameters
    ----------
    results : Path
    decoder : Decoder, optional
    limits : UploadLimits
    line : Line, optional
        Predictions at once, and clips that wait.
    refresh : callable, optional
        Called before the models are looked at, to bring ``results`` up to date.
    broker : Broker, optional
        Hands clips to workers of other hosts, which then predict.
    """

    def __init__(
        self,
        results: Path,
        *,
        decoder: Decoder | None = None,
        limits: UploadLimits = LIMITS,
        line: Line | None = None,
        refresh: Callable[[], None] | None = None,
        broker: Broker | None = None,
    ) -> None:
        self.results = results
        self._refresh = refresh or (lambda: None)
        self.limits = limits
        self.broker = broker
        self.decoder = decoder or Decoder(timeout_s=limits.decode_timeout_s)
        self.line = line or Line(limits=limits)
        self._loading = threading.Lock()
        self._loaded: tuple[tuple[int, int], Predictor] | None = None
        self._started_by: int | None = None

    def start(self) -> None:
        """Load and warm everything in the background, once in each worker process."""
        if self._started_by != os.getpid():
            self._started_by = os.getpid()
            limit_memory_pools()
            threading.Thread(target=self._warm, name="genrelens-warm-up", daemon=True).start()

    def close(self) -> None:
        """End the waiting decoder process."""
        self.decoder.close()

    def predictor(self, *, wait_s: float = LOAD_WAIT_S) -> Predictor:
        """Return the models as they are now on disk.

        Raises
        ------
        ServiceError
            ``starting`` if another thread is still loading after ``wait_s``;
            ``results_unavailable`` if they cannot be loaded.
        """
        try:
            self._refresh()
            if not self._loading.acquire(timeout=wait_s):
                raise ServiceError(
                    "starting", "The models are still being loaded. Try again.", retry_after_s=5
                )
            try:
                return self._current()
            finally:
                self._loading.release()
        except ResultsError as error:
            raise ServiceError("results_unavailable", str(error)) from error

    @property
    def is_loaded(self) -> bool:
        """Whether models are loaded."""
        return self._loaded is not None

    def decoded(self, upload: io.BytesIO) -> Generator[Progress, None, Clip]:
        """Yield the progress of decoding and return the clip; the upload's memory is freed.

        Raises
        ------
        ServiceError
            If the file cannot be used.
        """
        yield Progress("decoding", 0, 1)
        try:
            with upload, upload.getbuffer() as content:
                clip = self.decoder.decode(content)
        except (DecodeError, AudioError) as error:
            raise ServiceError(error.code, str(error)) from error
        finally:
            self.decoder.prepare()  # the next clip's, beside what this clip takes now
        yield Progress("decoding", 1, 1)
        return clip

    def steps(
        self, upload: io.BytesIO, *, with_mel: bool = False
    ) -> Generator[Progress, None, dict[str, Any]]:
        """Yield the progress of a prediction and return its answer as JSON can hold it.

        The upload is closed, and its memory freed, as soon as it is decoded.

        Raises
        ------
        ServiceError
            If the clip cannot be used or takes too long.
        """
        predictor, started = self.predictor(), time.monotonic()
        try:
            clip = yield from self.decoded(upload)
            decoded = time.monotonic()
            with reuse_large_pieces():
                steps = predictor.steps(clip.y, sr=clip.sr, announced_s=clip.announced_s)
                prediction = yield from self.in_time(steps, started)
                timings_ms = prediction.timings_ms
                mel = _timed_mel(clip.y, sr=clip.sr, timings_ms=timings_ms) if with_mel else None
        except AudioError as error:
            raise ServiceError(error.code, str(error)) from error
        timings_ms.update(
            decoding=1e3 * (decoded - started), total=1e3 * (time.monotonic() - started)
        )
        answer = prediction.as_json()
        return answer if mel is None else {**answer, "mel": mel}

    def in_time(
        self, steps: Generator[Progress, None, Made], started: float
    ) -> Generator[Progress, None, Made]:
        """Pass steps on until the time is over; a step takes a few tenths of a second."""
        while True:
            if time.monotonic() - started > self.limits.total_timeout_s:
                raise ServiceError(
                    "timeout",
                    f"The analysis took more than {self.limits.total_timeout_s:g} s and was "
                    "stopped. Send a shorter piece, or try again when the server is less busy.",
                    retry_after_s=30,
                )
            try:
                progress = next(steps)
            except StopIteration as finished:
                made: Made = finished.value
                return made
            yield progress

    def _warm(self) -> None:
        self.decoder.prepare()
        try:
            self.predictor()
        except ServiceError as error:
            logger.warning("live prediction is not available: %s", error)

    def _current(self) -> Predictor:
        """Return the loaded models, loaded anew if ``run.json`` was replaced."""
        stamp = self._stamp()
        if self._loaded is None or self._loaded[0] != stamp:
            self._loaded = None  # old models do not answer under new results
            predictor = Predictor(self.results)
            predictor.warm_up()
            mel_drawing(np.zeros(ANALYSIS.sr, dtype=np.float32), sr=ANALYSIS.sr)
            self._loaded = stamp, predictor
            return_free_memory()  # reading the models needs more than keeping them
        return self._loaded[1]

    def _stamp(self) -> tuple[int, int]:
        try:
            status = (self.results / "run.json").stat()
        except OSError:
            artifacts.read_run(self.results)  # raises, with the advice of any missing file
            raise
        return status.st_mtime_ns, status.st_size


def _timed_mel(y: np.ndarray, *, sr: int, timings_ms: dict[str, float]) -> dict[str, Any]:
    """Return the mel spectrogram, and note how long it took."""
    started = time.monotonic()
    drawn = mel_json(y, sr=sr)
    timings_ms["mel"] = 1e3 * (time.monotonic() - started)
    return drawn


def mel_json(y: np.ndarray, *, sr: int) -> dict[str, Any]:
    """Return the mel spectrogram as the page draws it: 0..255 from the floor to the maximum."""
    image = mel_drawing(y, sr=sr)
    levels = np.round(255 * (1 - image.db / FLOOR_DB)).astype(np.uint8)
    return {
        "levels": base64.b64encode(levels.tobytes()).decode("ascii"),
        "shape": list(levels.shape),
        "floor_db": FLOOR_DB,
        "times_s": [round(float(t), 3) for t in image.times_s],
        "frequencies_hz": [round(float(f), 1) for f in image.frequencies_hz],
    }
