"""``POST /api/predict``, ``/api/robustness``, ``/api/explain``: a clip in, JSON out, nothing kept.

Uploads stay in memory. With ``Accept: application/x-ndjson`` the answer is a stream of lines: the
progress, then the answer or the error. Every error is ``{"error", "code"}``.
"""

import contextlib
import io
import logging
import os
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

from dash import Dash
from flask import Blueprint, Flask, Request, Response, request
from flask_limiter import RateLimitExceeded
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from dashboard.operation.exposition import HostNumbers, metrics
from dashboard.operation.readiness import healthz, readyz
from dashboard.operation.record import current_id, keep_private, note_timings
from dashboard.operation.requests import failure_text
from dashboard.prediction import broker
from dashboard.prediction.live import Live
from dashboard.prediction.questions import (
    GENRES,
    GENRES_AND_MEL,
    LISTENING,
    ROBUSTNESS,
    Steps,
    answered,
)
from dashboard.prediction.refusal import ServiceError
from dashboard.state import State
from dashboard.web.arrivals import LEAST_BYTES_PER_S, is_unread
from dashboard.web.client import is_gone
from dashboard.web.counting import limiter
from dashboard.web.replies import (
    error_content,
    error_reply,
    json_line,
    json_reply,
    only_post,
    rate_limited,
    too_large,
    unread_reply,
)
from dashboard.web.visitors import visitor

LIVE_EXTENSION = "genrelens.live"  # key in flask's app.extensions
NDJSON = "application/x-ndjson"
FIELD = "file"
POST_ONLY = f"Send a clip with POST, as a multipart form with the field '{FIELD}'."
FORM_OVERHEAD_BYTES = 65_536  # boundaries, headers and small fields around the file

logger = logging.getLogger(__name__)


class MemoryRequest(Request):
    """A request whose uploaded files never touch the disk, whatever their size."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """Return memory; Werkzeug's own choice is a temporary file beyond 500 kB."""
        return io.BytesIO()


def register_routes(app: Dash, state: State, *, live: Live | None = None) -> Live:
    """Add the live service to an app and return it.

    Under gunicorn it starts loading at once, in the background; elsewhere with its first request.

    Parameters
    ----------
    app : Dash
    state : State
    live : Live, optional
        Tests give one with a decoder that misbehaves or with other limits.
    """
    service = live or Live(
        state.results_dir, refresh=state.refresh, broker=broker.from_environment()
    )
    server: Flask = app.server
    server.request_class = MemoryRequest
    server.extensions[LIVE_EXTENSION] = service
    server.register_blueprint(_blueprint(server, service, state))
    if os.environ.get("SERVER_SOFTWARE", "").startswith("gunicorn"):
        service.start()
    return service


def _blueprint(server: Flask, live: Live, state: State) -> Blueprint:
    """Return the routes, with errors as JSON."""
    blueprint = Blueprint("live", __name__)
    per_minute = f"{live.limits.requests_per_minute} per minute"
    limit = limiter(server).shared_limit(per_minute, scope="clips")
    blueprint.add_url_rule(
        "/api/predict", "predict", limit(lambda: predict(live)), methods=["POST"]
    )
    blueprint.add_url_rule(
        "/api/robustness",
        "robustness",
        limit(lambda: replied(live, lambda: ROBUSTNESS)),
        methods=["POST"],
    )
    blueprint.add_url_rule(
        "/api/explain", "explain", limit(lambda: replied(live, lambda: LISTENING)), methods=["POST"]
    )
    uploads = {"predict": "only_post", "robustness": "only_post_robustness",
               "explain": "only_post_explain"}  # fmt: skip
    for path, name in ((f"/api/{route}", name) for route, name in uploads.items()):
        blueprint.add_url_rule(path, name, lambda: only_post(POST_ONLY), methods=["GET"])
    blueprint.add_url_rule("/healthz", "healthz", lambda: healthz(live, state))
    blueprint.add_url_rule("/readyz", "readyz", lambda: readyz(live))
    host = HostNumbers(live, state)
    blueprint.add_url_rule("/metrics", "metrics", lambda: metrics(host))
    blueprint.register_error_handler(ServiceError, _service_error)
    blueprint.register_error_handler(RequestEntityTooLarge, lambda _error: too_large(_size(live)))
    blueprint.register_error_handler(RateLimitExceeded, lambda _error: rate_limited(_rate(live)))
    blueprint.register_error_handler(HTTPException, _http_error)
    return blueprint


def predict(live: Live) -> Response:
    """Answer one upload with what the models hear."""
    return replied(live, lambda: GENRES_AND_MEL if request.values.get("mel") == "1" else GENRES)


def replied(live: Live, question: Callable[[], str]) -> Response:
    """Answer one upload: plain JSON, or lines of progress for who accepts them.

    Parameters
    ----------
    question : callable
        Which of ``QUESTIONS`` it is; called once the form is there.
    """
    live.start()
    place = live.line.enter(_announced_bytes(live), visitor=visitor())
    leave = cleanup(place.leave)
    try:
        upload = _upload(live)
        gone = is_gone(request.environ)
        steps = answered(live, place, upload, question(), is_gone=gone)
        if request.accept_mimetypes.best_match(["application/json", NDJSON]) == NDJSON:
            response = Response(_lines(steps), mimetype=NDJSON)
            response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the progress back
            response.call_on_close(leave.pop_all().close)  # a visitor may leave before a line
        else:
            response = json_reply(_finished(steps, gone), 200)
    finally:
        leave.close()
    response.headers["Cache-Control"] = "no-store"
    return response


def cleanup(*functions: Callable[[], object]) -> contextlib.ExitStack:
    """Return what calls functions, in this order, when it is closed."""
    stack = contextlib.ExitStack()
    for function in reversed(functions):
        stack.callback(function)
    return stack


def _announced_bytes(live: Live) -> int:
    """Return how many bytes the request will bring; nothing of it has been read yet."""
    most = live.limits.max_bytes + FORM_OVERHEAD_BYTES
    announced = most if request.content_length is None else request.content_length
    if announced > most:
        raise RequestEntityTooLarge
    return announced


def _upload(live: Live) -> io.BytesIO:
    """Return the uploaded file."""
    request.max_content_length = live.limits.max_bytes + FORM_OVERHEAD_BYTES
    storage = _form_files().get(FIELD)
    keep_private(storage.filename if storage else None)
    if storage is None or not storage.filename:
        raise _no_file()
    upload = cast(io.BytesIO, storage.stream)  # see MemoryRequest
    if upload.getbuffer().nbytes > live.limits.max_bytes:
        raise RequestEntityTooLarge
    storage.stream = io.BytesIO()  # flask closes it before a stream has begun; the upload is ours
    return upload


def _no_file() -> ServiceError:
    """Return why the form holds no file: it was ended on its way, or has none."""
    if is_unread(request.environ["wsgi.input"]):
        return ServiceError(
            "cut_off",
            "The upload broke off, or brought less than "
            f"{LEAST_BYTES_PER_S // 1000} kB a second. Send it over a faster connection, or less.",
        )
    return ServiceError(
        "no_file",
        f"A multipart form with the audio file in the field '{FIELD}' is needed; none came. "
        f"With curl: curl -F {FIELD}=@song.wav ADDRESS/api/predict",
    )


def _form_files() -> MultiDict[str, FileStorage]:
    """Return the files of the form, which is read now."""
    try:
        return request.files
    except RequestEntityTooLarge:
        is_too_long = request.content_length is None and cast(Any, request.stream).is_exhausted
        if is_too_long:
            raise
        raise ServiceError(
            "form_too_large",
            f"A form may have {request.max_form_parts} fields, and "
            f"{(request.max_form_memory_size or 0) // 1000} kB in those that are no file; this one "
            f"has more. Only '{FIELD}' is needed.",
        ) from None


def _finished(steps: Steps, is_gone: Callable[[], bool]) -> dict[str, Any]:
    """Run all steps and return what they give, or end them when nobody waits for that any more."""
    with contextlib.closing(steps):
        while True:
            try:
                next(steps)
            except StopIteration as finished:
                answer: dict[str, Any] = finished.value
                note_timings(answer["timings_ms"])
                return answer
            if is_gone():
                raise ServiceError("gone", "The client closed the connection.")


def _lines(steps: Steps) -> Iterator[str]:
    """Yield progress, then the answer or the error, each as a line of JSON."""
    try:
        while True:
            progress = next(steps)
            yield json_line({"step": progress.step, "done": progress.done, "total": progress.total})
    except StopIteration as finished:
        note_timings(finished.value["timings_ms"])
        yield json_line({"answer": finished.value})
    except ServiceError as error:
        later = {} if error.retry_after_s is None else {"retry_after_s": error.retry_after_s}
        yield json_line({**error_content(error.code, str(error)), "status": error.status, **later})
    except Exception:  # what nobody expected: status 200 has been sent, so the last line says it
        logger.exception("a prediction failed")
        message = failure_text("The server failed on this clip.", current_id())
        yield json_line({**error_content("internal", message), "status": 500})


def _service_error(error: ServiceError) -> Response:
    response = unread_reply(error_reply(error.code, str(error), error.status))
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    name = error.name.lower().replace(" ", "_")
    return error_reply(name, f"{error.description} Send a multipart form to /api/predict.", status)


def _rate(live: Live) -> str:
    return f"{live.limits.requests_per_minute} clips a minute from one address"


def _size(live: Live) -> str:
    return (
        f"A file may have at most {live.limits.max_bytes // 2**20} MB; this one is larger. Send a "
        "shorter piece, or a compressed format such as MP3 or OGG."
    )
