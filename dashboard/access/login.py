"""The gate of a private server: without a session only the sign-in page and the probes answer."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote, urlsplit

from dash import Dash, html
from flask import Flask, Response, make_response, redirect, render_template_string, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import RateLimitExceeded

from dashboard.access.key import secret_key
from dashboard.access.users import is_password, mark, users
from dashboard.web.counting import limiter
from dashboard.web.replies import error_reply
from dashboard.web.visitors import is_https, stand_in

LOGIN, LOGOUT = "/login", "/logout"
# Who may see the metrics is asked by their own route.
OPEN = frozenset({LOGIN, "/healthz", "/readyz", "/metrics", "/_favicon.ico"})
OPEN_FOLDER = "/assets/"  # style and scripts, the same for everybody
FOR_PROGRAMS = ("/api/", "/_")
SESSION = timedelta(hours=12)
ATTEMPTS_PER_MINUTE, ATTEMPTS_PER_HOUR = 10, 60  # of an address
ATTEMPTS_AT_NAME_PER_HOUR = 200  # from all addresses
FORM_BYTES = 16_384
WRONG = "Name or password is wrong."
STALE = "This form was open for too long, or cookies are off. Try again."
OFTEN = "Too many attempts. Wait a minute, then try again."

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · GenreLens</title>
<link rel="icon" href="/assets/favicon.ico">
<script src="/assets/theme.js"></script>
<link rel="stylesheet" href="/assets/bootstrap.min.css">
<link rel="stylesheet" href="/assets/tokens.css">
<link rel="stylesheet" href="/assets/genrelens.css">
<link rel="stylesheet" href="/assets/login.css">
</head>
<body>
<main class="content login">
<h1>Sign in to GenreLens</h1>
<p class="login-message" role="alert">{{ message }}</p>
<form method="post" action="{{ action }}">
<input type="hidden" name="token" value="{{ token }}">
<label>Name <input name="name" autocomplete="username" required maxlength="64" autofocus></label>
<label>Password
<input name="password" type="password" autocomplete="current-password" required></label>
<button class="tool-button" type="submit">Sign in</button>
</form>
</main>
</body>
</html>
"""


class OwnSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, sent over https only where https is spoken."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether this visitor's browser speaks https."""
        return is_https()


def guard(app: Dash) -> None:
    """Sign with the key of all workers; put the gate before every route if there are users."""
    server: Flask = app.server
    server.secret_key = secret_key()
    if not users():
        return
    server.session_interface = OwnSessions()
    server.config.update(
        SESSION_COOKIE_NAME="genrelens",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION,
    )
    server.before_request(refused)
    limits = limiter(server)
    by_address = limits.limit(f"{ATTEMPTS_PER_MINUTE} per minute; {ATTEMPTS_PER_HOUR} per hour")
    by_name = limits.limit(f"{ATTEMPTS_AT_NAME_PER_HOUR} per hour", key_func=_attempted_name)
    attempt: Callable[[], Response] = by_address(by_name(sign_in))
    server.add_url_rule(LOGIN, "login", lambda: page(""), methods=["GET"])
    server.add_url_rule(LOGIN, "sign_in", lambda: _limited(attempt), methods=["POST"])
    server.add_url_rule(LOGOUT, "sign_out", sign_out, methods=["POST"])


def refused() -> Response | None:
    """Return why a request goes no further, or None for one that may."""
    if request.method not in ("GET", "HEAD", "OPTIONS") and _is_from_elsewhere():
        return error_reply("cross_origin", "This request comes from a page of another site.", 403)
    if request.path in OPEN or request.path.startswith(OPEN_FOLDER) or signed_in() is not None:
        return None
    if request.path.startswith(FOR_PROGRAMS) or request.method != "GET":
        return error_reply("not_signed_in", f"Sign in at {LOGIN} first.", 401)
    wanted = request.full_path.rstrip("?")
    return _led_to(f"{LOGIN}?next={quote(wanted, safe='')}")


def signed_in() -> str | None:
    """Return the name of the user of this session; None once the password is another."""
    name = session.get("user")
    known = mark(name) if isinstance(name, str) else None
    is_same = known is not None and secrets.compare_digest(known, str(session.get("mark")))
    return name if is_same else None


def page(message: str, status: int = 200) -> Response:
    """Return the sign-in page, with a token that its form must bring back."""
    token = session.setdefault("token", secrets.token_urlsafe(24))
    action = f"{LOGIN}?next={quote(inside(request.args.get('next', '')), safe='')}"
    text = render_template_string(PAGE, message=message, token=token, action=action)
    return _unkept(make_response(text, status))


def sign_in() -> Response:
    """Answer the form: to the page that was wanted, or the form again."""
    sent, expected = request.form.get("token", ""), session.get("token")
    if not expected or not secrets.compare_digest(sent.encode(), str(expected).encode()):
        return page(STALE, 400)
    name = request.form.get("name", "").strip()
    if not is_password(name, request.form.get("password", "")):
        return page(WRONG, 401)
    session.clear()  # what was signed before must not become a session
    session.permanent = True
    session.update(user=name, mark=mark(name))
    return _led_to(inside(request.args.get("next", "")))


def sign_out() -> Response:
    """End the session."""
    session.clear()
    return _led_to(LOGIN)


def inside(address: str) -> str:
    """Return an address of this server, or "/" for one that leads elsewhere."""
    is_odd = "\\" in address or any(ord(letter) < 33 or ord(letter) == 127 for letter in address)
    if is_odd or not address.startswith("/") or address.startswith("//"):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address


def sign_out_button() -> list[html.Form]:
    """Return the button of the bar, where somebody is signed in."""
    if not users() or signed_in() is None:
        return []
    button = html.Button("Sign out", type="submit", className="tool-button")
    return [html.Form(button, action=LOGOUT, method="POST", className="sign-out")]


def _limited(attempt: Callable[[], Response]) -> Response:
    request.max_content_length = FORM_BYTES  # before the limit by name reads the form
    try:
        return attempt()
    except RateLimitExceeded:
        response = page(OFTEN, 429)
        response.headers["Retry-After"] = "60"
        return response


def _attempted_name() -> str:
    return stand_in(f"name {request.form.get('name', '')[:64].strip()}")


def _is_from_elsewhere() -> bool:
    """Return whether a browser says that a page of another site made the request."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def _led_to(address: str) -> Response:
    """Return an answer that leads elsewhere, by GET."""
    return _unkept(make_response(redirect(address, 303)))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
