"""What the routes answer beside files: JSON, and every error as ``{"error", "code"}``.

An error also carries the id of its request, which the log has, too.
"""

import json
import threading
from typing import Any

from flask import Response, request

from dashboard.operation.record import current_id, note_code
from dashboard.web.client import stop_reading

DISCARDED_BYTES = 128 * 2**20  # of a body that is too large, so that the client reads our answer
BLOCK_BYTES = 65_536
DISCARD_S = 5.0
_DISCARDING = threading.BoundedSemaphore(4)  # threads that do so at the same time


def json_line(content: Any) -> str:
    """Return content as one line, its keys in the order that was given."""
    return json.dumps(content, allow_nan=False, separators=(",", ":")) + "\n"


def json_reply(content: Any, status: int = 200) -> Response:
    """Return content as a response."""
    return Response(json_line(content), status=status, mimetype="application/json")


def error_reply(code: str, message: str, status: int) -> Response:
    """Return an error: its short name, and what came, what is accepted, what to do."""
    response = json_reply(error_content(code, message), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def error_content(code: str, message: str) -> dict[str, str]:
    """Return an error as JSON, and remember its code for the log."""
    note_code(code)
    number = current_id()
    return {"error": message, "code": code, **({"request_id": number} if number else {})}


def rate_limited(what: str) -> Response:
    """Return status 429: "At most <what>; wait one", a minute."""
    response = error_reply("rate_limited", f"At most {what}; wait one.", 429)
    response.headers["Retry-After"] = "60"
    return unread_reply(response)


def only_post(message: str) -> Response:
    """Return status 405, for those who ask with GET."""
    response = error_reply("method_not_allowed", message, 405)
    response.headers["Allow"] = "POST"
    return response


def too_large(message: str) -> Response:
    """Return status 413, after reading what still comes: else the answer would be lost."""
    return unread_reply(error_reply("too_large", message, 413))


def unread_reply(response: Response) -> Response:
    """Return a response to a request whose body may not have been read, after throwing it away.

    A browser that is still sending sees no answer but a broken connection. Few threads do this,
    and not for long: who sends slowly does without.
    """
    if _DISCARDING.acquire(blocking=False):
        try:
            _discard_body()
        finally:
            _DISCARDING.release()
    return response


def _discard_body() -> None:
    left = min(request.content_length or 0, DISCARDED_BYTES)
    if not left:
        return
    connection = request.environ.get("gunicorn.socket")
    over = threading.Timer(DISCARD_S, stop_reading, (connection,))
    over.start()
    try:
        while left > 0:
            block = request.environ["wsgi.input"].read(min(BLOCK_BYTES, left))
            if not block:
                return
            left -= len(block)
    finally:
        over.cancel()
