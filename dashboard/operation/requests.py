"""Every request gets an id, a line in the log, and its place in the metrics.

As WSGI middleware: what answers before a route does (a login, a limit, a fault of routing) is seen
too, and a stream is seen until its end. Routes are named by their templates, which are few.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request, request_started
from werkzeug.exceptions import InternalServerError
from werkzeug.wsgi import ClosingIterator

from dashboard.operation.metrics import count_prediction, count_request
from dashboard.operation.record import CURRENT, Record, current_id, note_code, request_id
from dashboard.web.replies import error_reply

HEADER = "X-Request-Id"
PREDICTION = ("POST", "/api/predict")
UNWATCHED = {"genrelens.unwatched": "yes"}  # in the environ of what a worker asks itself
BEHIND_US = frozenset({"broker_away", "no_worker", "worker_lost"})  # codes of what failed there
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})  # asked for every few seconds

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def watch_requests(server: Flask) -> None:
    """Watch everything that a server answers from now on, and answer its failures."""
    server.wsgi_app = Watch(server.wsgi_app)  # type: ignore[method-assign]  # Flask's way
    server.register_error_handler(InternalServerError, _failure)
    request_started.connect(_note_route, server)


class Watch:
    """The middleware."""

    def __init__(self, app: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if UNWATCHED.items() <= environ.items():
            return self._app(environ, start_response)
        answer = Answer(environ)

        def start(status: str, headers: list[tuple[str, str]], *details: Any) -> Any:
            answer.status = int(status[:3])
            headers.append((HEADER, answer.record.id))
            return start_response(status, headers, *details)

        try:
            body = self._app(environ, start)
        except BaseException:
            answer.finish()
            raise
        if isinstance(body, environ.get("wsgi.file_wrapper", ())):
            answer.finish()  # the server hands a file to the system only if it comes as it is
            return body
        return ClosingIterator(body, answer.finish)


class Answer:
    """One request while it is answered."""

    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.started = time.perf_counter()
        self.status = 500  # unless the app says otherwise
        self.record = Record(request_id(environ.get("HTTP_X_REQUEST_ID", "")))
        for name in ("REMOTE_ADDR", "QUERY_STRING"):
            self.record.keep_private(environ.get(name))
        for address in environ.get("HTTP_X_FORWARDED_FOR", "").split(","):
            self.record.keep_private(address.strip())
        CURRENT.set(self.record)

    def finish(self) -> None:
        """Log and count the request."""
        seconds = time.perf_counter() - self.started
        method, route = self.environ["REQUEST_METHOD"], self.record.route
        log_request(method, self.status, seconds, self.record)
        count_request(method, route, self.status, seconds)
        if (method, route) == PREDICTION:
            count_prediction(self.record.code, self.record.timings_ms)
        CURRENT.set(None)


def log_request(method: str, status: int, seconds: float, record: Record) -> None:
    """Write the line of a request: a failure as an error, a probe that went well not at all.

    What an operator must mend without a request having failed here is a warning.
    """
    route = record.route
    if route in PROBES and status < 400:
        return
    facts = {
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(1e3 * seconds, 1),
        "code": record.code,
    }
    level = logging.WARNING if record.code in BEHIND_US else logging.INFO
    level = logging.ERROR if status == 500 else level
    text = f"{method} {route} {status} in {1e3 * seconds:.0f} ms"
    logger.log(level, "%s", f"{text} ({record.code})" if record.code else text, extra=facts)


def _note_route(_server: Flask, **_details: Any) -> None:
    """Remember the template of the route, before anything can answer in its place."""
    record = CURRENT.get()
    if record and request.url_rule:
        record.route = request.url_rule.rule


def _failure(_error: InternalServerError) -> Response:
    """Answer what nobody expected: the log has the stack trace under the request's number."""
    message = failure_text("The server failed on this.", current_id())
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) != "text/html":
        return error_reply("internal", message, 500)
    note_code("internal")
    return Response(f"<!doctype html><title>GenreLens</title><p>{message}</p>", 500)


def failure_text(failed: str, number: str) -> str:
    """Return what a visitor is told when the server failed: a sentence, and what to do."""
    return (
        f"{failed} Reload the page and try again; if that does not help, tell those who run the "
        f"server the number of this request, {number or 'none'}: their log says why."
    )
