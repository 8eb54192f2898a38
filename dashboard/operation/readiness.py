"""``GET /readyz``: whether this server would take a clip now; ``/healthz`` says whether it lives.

A load balancer sends visitors where the first answers 200. It never loads anything, and waits for
nothing but a broker, for a second at most.
"""

from flask import Response

from dashboard.prediction.live import Live
from dashboard.prediction.refusal import ServiceError
from dashboard.state import ResultsError, State
from dashboard.web.replies import error_reply, json_reply


def readyz(live: Live) -> Response:
    """Answer 200 when a prediction would begin, else 503 with the reasons."""
    live.start()
    reasons = unready(live)
    if not reasons:
        return json_reply({"status": "ready"})
    response = error_reply("not_ready", " ".join(reasons), 503)
    response.headers["Retry-After"] = "5"
    return response


def healthz(live: Live, state: State) -> Response:
    """Answer 200 when results and models are loaded, else 503 with what is missing.

    Results of a database that is away are still shown, and so they are without a broker or workers:
    200, and ``warning`` says so.
    """
    live.start()
    missing = []
    try:
        state.current()
    except ResultsError as error:
        missing.append(f"results: {error}")
    try:
        live.predictor(wait_s=0.5)
    except ServiceError as error:
        missing.append(f"models: {error}")
    if missing:
        body = {"status": "unavailable", "missing": missing, "code": "unavailable"}
        return json_reply({**body, "error": " ".join(missing)}, 503)
    warnings = [text for text in (state.warning, *broker_troubles(live)) if text]
    warning = {"warning": " ".join(warnings)} if warnings else {}
    return json_reply({"status": "ok", **warning}, 200)


def unready(live: Live) -> list[str]:
    """Return why a clip would not be taken now; an empty list where it would."""
    reasons = []
    if not live.is_loaded:
        reasons.append("The models are not loaded.")
    if live.line.stopping:
        reasons.append("This server is being stopped.")
    elif live.line.is_full:
        reasons.append("The line of clips is full.")
    return reasons + broker_troubles(live)


def broker_troubles(live: Live) -> list[str]:
    """Return why clips cannot be handed on now; an empty list where they can, or need not be."""
    trouble = live.broker.presence.trouble() if live.broker is not None else ""
    return [trouble] if trouble else []
