"""How often one address may ask for anything that the server has to think about.

Uploads, drawings and slides have lower limits of their own, where their routes are.
"""

from dash import Dash
from flask import Response
from flask_limiter import RateLimitExceeded

from dashboard.web.counting import limiter
from dashboard.web.replies import rate_limited
from pipeline.config import LIMITS

CALLBACKS = "/_dash-update-component"  # Dash's name of its route
COUNTED = (CALLBACKS, "api_results", "api_provenance", "presenting.story", "openapi")


def limit_rates(app: Dash, per_minute: int = LIMITS.callbacks_per_minute) -> None:
    """Count what an address asks for, all of these routes together; 429 beyond the limit."""
    shared = limiter(app.server).shared_limit(f"{per_minute} per minute", scope="thinking")
    for endpoint in COUNTED:
        app.server.view_functions[endpoint] = shared(app.server.view_functions[endpoint])

    def exceeded(_error: RateLimitExceeded) -> Response:
        return rate_limited(f"{per_minute} requests a minute from one address")

    app.server.register_error_handler(RateLimitExceeded, exceeded)
