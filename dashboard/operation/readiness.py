"""``GET /readyz``: whether this server would take a clip now; ``/healthz`` says whether it lives.

A load balancer sends visitors where it answers 200. It never loads anything, and waits for nothing
but a broker, for a second at most.
"""

from flask import Response

from dashboard.prediction.live import Live
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
