"""``GET /api/openapi.json``: every route for programs, described in OpenAPI 3.1.

Written by hand; a test walks the app's routes, and another sends what the document permits.
"""

from typing import Any

from dash import Dash
from flask import Response, request

from dashboard.web.replies import error_reply, json_reply
from pipeline.audio import ACCEPTED_FORMATS
from pipeline.config import LIMITS

ADDRESS = "/api/openapi.json"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Json = dict[str, Any]

ERRORS = {
    400: "The request is not as described.",
    401: "Nobody is signed in (private servers only).",
    403: "The request comes from a page of another site (private servers only).",
    404: "There is no such thing.",
    413: f"More than {LIMITS.max_bytes // 2**20} MB, or longer than {LIMITS.max_duration_s:g} s.",
    415: f"No audio that can be read. Accepted: {', '.join(ACCEPTED_FORMATS)}.",
    422: "The form lacks the file, or the clip is damaged or too short.",
    429: "Too many requests from one address; Retry-After says when to come back.",
    503: "The server is busy, starting, or has no results; Retry-After may say when.",
}
NUMBER, TEXT, WHOLE = ({"type": name} for name in ("number", "string", "integer"))
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
NULLABLE: Json = {"type": ["number", "null"]}
ANYTHING: Json = {"type": "object"}


def _object(required: Json, **optional: Json) -> Json:
    """Return the schema of an object with these properties; more may come with later versions."""
    properties = {**required, **optional}
    return {"type": "object", "required": list(required), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _named(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


SCHEMAS: Json = {
    "Error": _object({"error": TEXT, "code": TEXT}, request_id=TEXT),
    "Probabilities": {"type": "object", "additionalProperties": SHARE},
    "Window": _object(
        {"start_s": NUMBER, "end_s": NUMBER, "probabilities": _named("Probabilities")}
    ),
    "Model": _object(
        {
            "id": TEXT,
            "model": TEXT,
            "genre": TEXT,
            "probabilities": _named("Probabilities"),
            "windows": _list(_named("Window")),
            "honest_accuracy": ANYTHING,
            "ms": NUMBER,
        },
        why=_named("Why"),
        prediction_set={"anyOf": [_named("PredictionSet"), {"type": "null"}]},
    ),
    "Flag": _object(
        {"code": TEXT, "message": TEXT},
        spoils={"type": "string", "enum": ["answer", "scores", "nothing"]},
        reason=TEXT,
    ),
    "Score": _object({"value": NULLABLE, "ci_low": NULLABLE, "ci_high": NULLABLE}),
    "Why": _object(
        {
            "windows": _list(
                _object(
                    {
                        "start_s": NUMBER,
                        "end_s": NUMBER,
                        "role": {"type": "string", "enum": ["decided", "for", "against"]},
                        "genre": TEXT,
                        "margin": NUMBER,
                    }
                )
            ),
            "rival": TEXT,
            "features": {
                "type": ["array", "null"],
                "items": _object({"feature": TEXT, "value": NUMBER, "percentile": SHARE}),
            },
            "compared_with": {"type": ["object", "null"]},
        }
    ),
    "PredictionSet": _object(
        {
            "genres": _list(TEXT),
            "target": SHARE,
            "threshold": SHARE,
            "coverage": _named("Score"),
            "mean_size": NUMBER,
            "n_tracks": WHOLE,
            "id": TEXT,
        }
    ),
    "Disagreement": _object(
        {
            "a": TEXT,
            "b": TEXT,
            "genre_a": TEXT,
            "genre_b": TEXT,
            "known": {"type": ["object", "null"]},
        }
    ),
    "Answer": _object(
        {
            "duration_s": NUMBER,
            "flags": _list(_named("Flag")),
            "models": _list(_named("Model")),
            "closest": _list(ANYTHING),
            "timings_ms": {"type": "object", "additionalProperties": NUMBER},
        },
        mel=ANYTHING,
        disagreement=_list(_named("Disagreement")),
    ),
    "Results": _object(
        {
            "schema_version": WHOLE,
            "ids": _list(TEXT),
            "metadata": _list(ANYTHING),
            "results": _list(ANYTHING),
            "images": _list({}),
        }
    ),
    "Provenance": _object({"results": ANYTHING, "runs": _list(ANYTHING)}),
    "Story": _object(
        {
            "title": TEXT,
            "scenes": _list(_object({"address": TEXT, "title": TEXT, "notes": TEXT})),
            "skipped": _list({}),
        }
    ),
}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _file(*kinds: str) -> Json:
    return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}


def _operation(summary: str, content: Json, *errors: int, **further: Any) -> Json:
    """Return an operation that answers 200 with a content, or one of the errors."""
    answers: Json = {"200": {"description": "The answer.", "content": content}}
    for status in sorted({*errors, 401, 429}):
        answers[str(status)] = {"description": ERRORS[status], "content": _json(_named("Error"))}
    return {"summary": summary, "responses": answers, **further}


def _form(required: str, properties: Json) -> Json:
    schema = {"type": "object", "required": [required], "properties": properties}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


FILE = {"type": "string", "format": "binary"}
LINES = {
    "application/x-ndjson": {
        "schema": {
            "type": "string",
            "description": "Lines of JSON: progress, then the answer or the error.",
        }
    }
}
TRACK = [
    {"name": name, "in": "path", "required": True, "schema": TEXT}
    for name in ("dataset", "track_id")
]
RUNS = {
    "name": "runs",
    "in": "query",
    "schema": TEXT,
    "description": "Ids of runs, separated by commas; at most 20.",
}
SOUNDS = ("audio/wav", "audio/flac", "audio/mpeg", "audio/ogg", "audio/mp4")
RANGES: Json = {
    "206": {"description": "The part that was asked for.", "content": _file(*SOUNDS)},
    "416": {"description": "No such part.", "content": _json(_named("Error"))},
}
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
UPLOAD_ERRORS = (400, 403, 413, 415, 422, 503)


def _unless_silent(operation: Json) -> Json:
    """Return an operation on a clip that is refused where nothing can be heard."""
    described = f"{ERRORS[422]} So is one in which nothing can be heard: its code is “silent”."
    operation["responses"]["422"] = {**operation["responses"]["422"], "description": described}
    return operation


def _audio() -> Json:
    operation = _operation("The sound of a track", _file(*SOUNDS), 404, 503, parameters=TRACK)
    operation["responses"] |= RANGES
    return operation


PATHS: dict[str, Json] = {
    "/api/predict": {
        "post": _operation(
            "What every served model hears in a clip",
            {**_json(_named("Answer")), **LINES},
            *UPLOAD_ERRORS,
            requestBody=_form("file", {"file": FILE, "mel": {"type": "string", "enum": ["1"]}}),
        )
    },
    "/api/robustness": {
        "post": _unless_silent(
            _operation(
                "What the models hear in a clip that was compressed, filtered, detuned or cut",
                {**_json(ANYTHING), **LINES},
                *UPLOAD_ERRORS,
                requestBody=_form("file", {"file": FILE}),
            )
        )
    },
    "/api/explain": {
        "post": _unless_silent(
            _operation(
                "Where in a clip the models listened",
                {**_json(ANYTHING), **LINES},
                *UPLOAD_ERRORS,
                requestBody=_form("file", {"file": FILE}),
            )
        )
    },
    "/api/results": {"get": _operation("results.json", _json(_named("Results")), 503)},
    "/api/provenance": {
        "get": _operation(
            "Where runs come from", _json(_named("Provenance")), 400, 404, 503, parameters=[RUNS]
        )
    },
    "/api/audio/{dataset}/{track_id}": {"get": _audio()},
    "/api/spectrogram/{dataset}/{track_id}": {
        "get": _operation(
            "The mel spectrogram of a track", _file("image/png"), 404, 503, parameters=TRACK
        )
    },
    "/api/present/story": {
        "get": _operation("The ready-made presentation", _json(_named("Story")), 503)
    },
    "/api/present/pptx": {
        "post": _operation(
            "A presentation as slides",
            _file(PPTX),
            *(400, 403, 413, 422),
            requestBody=_form("presentation", {"presentation": FILE}),
        )
    },
    ADDRESS: {"get": _operation("This document", _json(ANYTHING))},
    "/healthz": {"get": _operation("Whether pages and predictions work", _json(ANYTHING), 503)},
    "/readyz": {"get": _operation("Whether requests should be sent here", _json(ANYTHING), 503)},
    "/metrics": {"get": _operation("Prometheus metrics", {"text/plain": {"schema": TEXT}}, 404)},
}


def document() -> Json:
    """Return the description of the routes."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "GenreLens",
            "version": "1",
            "description": "What genre models hear in a clip, and the results behind the pages.",
        },
        "paths": PATHS,
        "components": {"schemas": SCHEMAS},
    }


def register_routes(app: Dash) -> None:
    """Add the route, and an error for addresses and methods below /api that are none."""

    def openapi() -> Response:
        return json_reply(document())

    def unknown(unknown: str) -> Response:
        return error_reply(
            "not_found",
            f"There is no {request.method} /api/{unknown[:80]}. See {ADDRESS} for what there is.",
            404,
        )

    app.server.add_url_rule(ADDRESS, "openapi", openapi)
    app.server.add_url_rule("/api/<path:unknown>", "api_unknown", unknown, methods=METHODS)
