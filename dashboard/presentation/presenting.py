"""``POST /api/present/pptx`` and ``GET /api/present/story``: slides, and the ready-made story.

Nothing is kept: the pictures stay in memory until the file is sent. Every error is ``{"error",
"code"}``.
"""

from dash import Dash
from flask import Blueprint, Response, request
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from dashboard.presentation import story
from dashboard.presentation.scenes import LIMITS, ScenesError, ScenesLimits, read_presentation
from dashboard.state import ResultsError, State
from dashboard.web.counting import limiter
from dashboard.web.replies import error_reply, json_reply, only_post, rate_limited, too_large

FIELD = "presentation"
FILES_PER_MINUTE = 20
RATE = f"{FILES_PER_MINUTE} files a minute from one address"
POST_ONLY = f"Send a presentation with POST, as a multipart form with the field '{FIELD}'."
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def register_routes(app: Dash, state: State, *, limits: ScenesLimits = LIMITS) -> None:
    """Add both routes to the app."""
    blueprint = Blueprint("presenting", __name__)
    limit = limiter(app.server).limit(f"{FILES_PER_MINUTE} per minute")
    blueprint.add_url_rule(
        "/api/present/pptx", "pptx", limit(lambda: pptx(limits)), methods=["POST"]
    )
    blueprint.add_url_rule(
        "/api/present/pptx", "only_post", lambda: only_post(POST_ONLY), methods=["GET"]
    )
    blueprint.add_url_rule("/api/present/story", "story", lambda: ready_made(state))
    blueprint.register_error_handler(ScenesError, _scenes_error)
    blueprint.register_error_handler(RequestEntityTooLarge, lambda _error: too_large(_size(limits)))
    blueprint.register_error_handler(RateLimitExceeded, lambda _error: rate_limited(RATE))
    blueprint.register_error_handler(HTTPException, _http_error)
    app.server.register_blueprint(blueprint)


def pptx(limits: ScenesLimits) -> Response:
    """Answer with the slides of the presentation that was sent."""
    request.max_content_length = limits.max_bytes
    described = request.files.get(FIELD)
    if described is None:
        raise ScenesError(
            "no_presentation",
            f"A multipart form with JSON in the file field '{FIELD}' and a PNG for each scene is "
            "needed; no such field came.",
        )
    files = {name: file for name, file in request.files.items() if name != FIELD}
    pictures = {name: file.stream.read() for name, file in files.items()}
    presentation = read_presentation(described.stream.read(), pictures, limits)
    from dashboard.presentation.slides import (
        pptx_file,  # python-pptx: 20 MB that few servers ever need
    )

    response = Response(pptx_file(presentation), mimetype=PPTX)
    response.headers["Content-Disposition"] = 'attachment; filename="genrelens.pptx"'
    response.headers["Cache-Control"] = "no-store"
    return response


def ready_made(state: State) -> Response:
    """Answer with the scenes of the ready-made presentation, by address, and those left out."""
    try:
        told = story.tell(state.current())
    except ResultsError as error:
        return error_reply("results_unavailable", str(error), 503)
    response = json_reply(
        {
            "title": told.title,
            "scenes": [
                {"address": scene.address, "title": scene.title, "notes": scene.notes}
                for scene in told.scenes
            ],
            "skipped": list(told.skipped),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _scenes_error(error: ScenesError) -> Response:
    return error_reply(error.code, str(error), error.status)


def _http_error(error: HTTPException) -> Response:
    name = error.name.lower().replace(" ", "_")
    return error_reply(name, f"{error.description} Send a multipart form.", error.code or 500)


def _size(limits: ScenesLimits) -> str:
    return (
        f"All pictures together may have at most {limits.max_bytes // 2**20} MB. Hide some scenes "
        "and export in two parts."
    )
