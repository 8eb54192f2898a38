"""An app with the live service only, for tests that send it clips."""

from typing import Any

from dash import Dash, html
from multipart import CONTENT_TYPE, multipart
from tiny_models import synthetic_clip, wav_bytes
from werkzeug.test import TestResponse

from dashboard.prediction.live import Live
from dashboard.prediction.uploads import register_routes
from dashboard.state import State

CLIP = wav_bytes(synthetic_clip(60, duration_s=6.0))


class Service:
    """An app with the live service only, and a way to send it clips."""

    def __init__(self, live: Live) -> None:
        self.live = live
        app = Dash(__name__)
        app.layout = html.Div()
        register_routes(app, State(live.results), live=live)
        self.server = app.server

    def post(
        self, content: bytes | None = CLIP, *, fields: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """Send a clip (or a form without one) and return the answer."""
        body = multipart(content, fields=fields)
        client = self.server.test_client()
        return client.post("/api/predict", data=body, content_type=CONTENT_TYPE, **options)


def check_error(response: TestResponse, status: int, code: str) -> str:
    """Check that an answer is a JSON error and return its message."""
    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert response.mimetype == "application/json"
    assert set(response.get_json()) >= {"error", "code"}
    message: str = response.get_json()["error"]
    assert message.endswith(".") or "/api/predict" in message
    return message
