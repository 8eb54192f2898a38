"""``GET /api/audio/<dataset>/<track_id>`` and ``/api/spectrogram/...``: what a track sounds like.

Files come from the data folder (``dashboard.sound.recordings``), for tracks that the results name
and no others. Ranges, conditional requests and HEAD are answered; errors are ``{"error", "code"}``.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from dash import Dash
from flask import Blueprint, Response, abort, make_response, request, send_file
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable, ServiceUnavailable

from dashboard.rows.track_list import known_tracks
from dashboard.sound.recordings import KINDS, advice, picture_of, sound_of
from dashboard.sound.spectrogram_png import spectrogram_png
from dashboard.state import ResultsError, State
from dashboard.web.counting import limiter
from dashboard.web.replies import error_reply, rate_limited
from pipeline.audio import AudioError, decode
from pipeline.config import ANALYSIS, LIMITS
from pipeline.features.mel import FLOOR_DB, mel_drawing

MAX_AGE_S = 3600
PNG = "image/png"
KEPT_PICTURES = 32  # drawn from sound; some 50 kB each
DRAWINGS_PER_MINUTE = 60  # for one address; a file is decoded for each
Draw = Callable[[Path, int], bytes]


def register_media(app: Dash, state: State) -> None:
    """Add the routes to an app."""
    blueprint = Blueprint("media", __name__)
    limit = limiter(app.server).limit(f"{DRAWINGS_PER_MINUTE} per minute")
    draw = limit(drawn_spectrogram)
    blueprint.add_url_rule(
        "/api/audio/<dataset>/<track_id>", "audio", lambda **names: audio(state, **names)
    )
    blueprint.add_url_rule(
        "/api/spectrogram/<dataset>/<track_id>",
        "spectrogram",
        lambda **names: spectrogram(state, draw, **names),
    )
    blueprint.register_error_handler(NotFound, _not_found)
    blueprint.register_error_handler(RequestedRangeNotSatisfiable, _bad_range)
    blueprint.register_error_handler(ServiceUnavailable, _no_results)
    blueprint.register_error_handler(RateLimitExceeded, lambda _error: rate_limited(_rate()))
    app.server.register_blueprint(blueprint)


def audio(state: State, dataset: str, track_id: str) -> Response:
    """Answer with a track's sound, or the part of it that was asked for."""
    validate_known(state, dataset, track_id)
    path = sound_of(dataset, track_id)
    if path is None:
        abort(404, f"The sound of {track_id} is not here. {advice(dataset)}")
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        request.environ.pop("HTTP_RANGE", None)  # for what is no one range of bytes: the whole
    return _kept(send_file(path, mimetype=KINDS[path.suffix.lower()], conditional=True))


def spectrogram(state: State, draw: Draw, dataset: str, track_id: str) -> Response:
    """Answer with the archive's picture of a track, else one that is drawn from its sound."""
    validate_known(state, dataset, track_id)
    picture = picture_of(dataset, track_id)
    if picture is not None:
        return _kept(send_file(picture, mimetype=PNG, conditional=True))
    sound = sound_of(dataset, track_id)
    if sound is None:
        abort(404, f"Neither picture nor sound of {track_id} is here. {advice(dataset)}")
    try:
        drawn = draw(sound, sound.stat().st_mtime_ns)
    except AudioError as error:
        abort(404, f"The sound of {track_id} cannot be drawn: {error}")
    response = make_response(drawn)
    response.mimetype = PNG
    response.add_etag()
    response.make_conditional(request)
    return _kept(response)


@lru_cache(maxsize=KEPT_PICTURES)
def drawn_spectrogram(sound: Path, _changed_ns: int) -> bytes:
    """Return the mel spectrogram of a file as PNG; drawn again when the file changes.

    Raises
    ------
    AudioError
        If the file cannot be decoded, or is longer than an upload may be.
    """
    clip = decode(sound, sr=ANALYSIS.sr, max_duration_s=LIMITS.max_duration_s)
    return spectrogram_png(mel_drawing(clip.y, sr=clip.sr).db, floor_db=FLOOR_DB)


def validate_known(state: State, dataset: str, track_id: str) -> None:
    """Answer 404 unless the results name the track, 503 while there are none."""
    try:
        results = state.current()
    except ResultsError as error:
        abort(503, str(error))
    if dataset not in results.datasets or track_id not in known_tracks(results, dataset):
        abort(404, "The results hold no such track.")


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"private, max-age={MAX_AGE_S}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _not_found(error: NotFound) -> Response:
    return error_reply("not_found", str(error.description), 404)


def _no_results(error: ServiceUnavailable) -> Response:
    return error_reply("results_unavailable", str(error.description), 503)


def _bad_range(error: RequestedRangeNotSatisfiable) -> Response:
    message = f"The file has {error.length} bytes; ask for a range of bytes within them."
    response = error_reply("range_not_satisfiable", message, 416)
    response.headers["Content-Range"] = f"bytes */{error.length}"
    return response


def _rate() -> str:
    return f"{DRAWINGS_PER_MINUTE} pictures a minute are drawn for one address"
