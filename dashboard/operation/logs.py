"""Log lines: text for people, or one JSON object a line with ``GENRELENS_LOG=json``.

Each line says time, level, the id of its request and, for a request, route, status, duration and
the code of its error. No line names a visitor's file, a client's address or a query string: routes
are logged by their template, and what a library or a stack trace quotes of them is replaced.
Standard library only: gunicorn's master loads this before there is an app.
"""

import json
import logging
import logging.config
import os
import time
from typing import Any

from dashboard.operation.record import CURRENT, current_id

LOG_VARIABLE = "GENRELENS_LOG"
FORMS = ("", "text", "json")
LEFT_OUT = "[left out]"
REQUEST_FIELDS = ("method", "route", "status", "duration_ms", "code")
# What libraries say of requests, by the start of the message, and what is said instead.
TELLING = {
    "Exception on ": "a request failed",
    "Error handling request": "a request failed while it was answered",
    "Invalid request from ": "a request was refused: it is not HTTP as it must be",
    "ratelimit ": "a client asks too often",
}


class Discreet(logging.Formatter):
    """A formatter that leaves out what the current request brought, and what libraries tell."""

    def message(self, record: logging.LogRecord) -> str:
        """Return the message of a record."""
        text = str(record.msg)
        told = next((TELLING[start] for start in TELLING if text.startswith(start)), None)
        return told or without_private(record.getMessage())

    def trace(self, record: logging.LogRecord) -> str:
        """Return the stack trace of a record; "" where it has none."""
        parts = []
        if record.exc_info and record.exc_info[0] is not None:
            parts.append(self.formatException(record.exc_info))
        if record.stack_info:
            parts.append(self.formatStack(record.stack_info))
        return without_private("\n".join(parts))


class JsonLines(Discreet):
    """One JSON object a line; keys without a value are left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        milliseconds = f"{int(record.msecs):03d}"
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "time": f"{moment}.{milliseconds}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "request_id": current_id(),
            "message": self.message(record),
            **{name: getattr(record, name, None) for name in REQUEST_FIELDS},
            "trace": self.trace(record),
        }
        return json.dumps({name: value for name, value in line.items() if value not in (None, "")})


class TextLines(Discreet):
    """A line for people: when, how bad, what, and the request's id in brackets."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, and its stack trace on lines of its own."""
        moment = time.strftime("%H:%M:%S", time.localtime(record.created))
        number, trace = current_id(), self.trace(record)
        line = f"{moment} {record.levelname.lower():7} {self.message(record)}"
        return line + (f" [{number}]" if number else "") + (f"\n{trace}" if trace else "")


def without_private(text: str) -> str:
    """Return a text without what the current request brought: names, addresses, queries."""
    record = CURRENT.get()
    for private in record.private if record else ():
        text = text.replace(private, LEFT_OUT)
    return text


def log_form() -> str:
    """Return what ``GENRELENS_LOG`` asks for: "json", "text", or "" for failures only, as text.

    Raises
    ------
    SystemExit
        If it is anything else.
    """
    form = os.environ.get(LOG_VARIABLE, "")
    if form not in FORMS:
        raise SystemExit(
            f"{LOG_VARIABLE} must be 'json' (one object a line), 'text' (a line for each request) "
            f"or unset (failures only), not {form!r}."
        )
    return form


def configuration(form: str) -> dict[str, Any]:
    """Return what ``logging.config.dictConfig`` and gunicorn's ``logconfig_dict`` take.

    Parameters
    ----------
    form : str
        See ``log_form``. With "", lines below warnings are not written.
    """
    level = "INFO" if form else "WARNING"
    lines = JsonLines if form == "json" else TextLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"{__name__}.{lines.__name__}"}},
        "handlers": {
            "lines": {
                "class": "logging.StreamHandler",
                "formatter": "lines",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"level": "WARNING", "handlers": ["lines"]},  # libraries: what goes wrong
        "loggers": {
            "dashboard": {"level": level},
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            "celery.apps.worker": {"level": level},  # that it is ready
            # Celery's processes that end; its library hands nothing on to the root.
            "multiprocessing": {"handlers": ["lines"], "propagate": False},
            "gunicorn.access": {"handlers": [], "propagate": False},  # requests.py logs requests
        },
    }


def configure() -> None:
    """Set this process's logs up as the environment says; gunicorn does it by itself."""
    logging.config.dictConfig(configuration(log_form()))
    logging.captureWarnings(True)
