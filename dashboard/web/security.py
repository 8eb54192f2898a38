"""What browsers are told to refuse: headers of every answer.

The page may run only scripts that this server sends as files, and the few lines of Dash's that
start its renderer, known by their digest: what a visitor manages to inject does not run. Nothing
is asked of another host. A page that needs more (a microphone, say) edits the tables below.
"""

from functools import lru_cache

from dash import Dash
from flask import Response

from dashboard.web.visitors import is_https

# Per kind of content, from where it may come; what is not named follows "default-src".
POLICY: dict[str, tuple[str, ...]] = {
    "default-src": ("'self'",),
    "script-src": ("'self'",),  # and the digests of Dash's own lines
    "style-src": ("'self'", "'unsafe-inline'"),  # Plotly and AG Grid write styles themselves
    "img-src": ("'self'", "data:", "blob:"),  # pictures of figures on their way to a file
    "media-src": ("'self'", "blob:"),  # the visitor's own clip
    "connect-src": ("'self'", "data:", "blob:"),  # pictures of scenes that become slides
    "font-src": ("'self'", "data:"),  # AG Grid's icons
    "worker-src": ("'self'",),
    "frame-src": ("'self'",),  # Present reads pages of ours in frames
    "frame-ancestors": ("'self'",),
    "form-action": ("'self'",),
    "base-uri": ("'none'",),
    "object-src": ("'none'",),
}
PERMISSIONS = {
    "microphone": "(self)",  # a recording is a clip like any other
    "fullscreen": "(self)",  # Present
    "clipboard-write": "(self)",  # links, tables as Markdown
    **dict.fromkeys(
        ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
         "midi", "payment", "usb"),
        "()",
    ),
}  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",  # as frame-ancestors, for browsers that know no policy
    "Referrer-Policy": "same-origin",  # addresses tell what was looked at
    "Permissions-Policy": ", ".join(f"{name}={who}" for name, who in PERMISSIONS.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
HTTPS_ONLY = "max-age=31536000"  # a year; other names of the same domain are not ours to bind


MOST_BYTES = 8 * 2**20  # the answer to a long clip, which is drawn by a callback, has some 0.5 MB


def protect(app: Dash) -> None:
    """Give every answer of an app the headers; call this after the app's last callback is known.

    A request may have ``MOST_BYTES``; routes that take files allow more, or less, themselves.
    """
    app.server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES

    @lru_cache(maxsize=1)
    def policy() -> str:
        return content_policy(tuple(dict.fromkeys(app.csp_hashes())))

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy()
        response.headers.update(HEADERS)
        if is_https():
            response.headers["Strict-Transport-Security"] = HTTPS_ONLY
        return response


def content_policy(inline_scripts: tuple[str, ...]) -> str:
    """Return the value of the header.

    Parameters
    ----------
    inline_scripts : tuple of str
        Digests of the scripts that stand in the page itself ("'sha256-...'").
    """
    sources = {**POLICY, "script-src": (*POLICY["script-src"], *inline_scripts)}
    return "; ".join(" ".join((kind, *allowed)) for kind, allowed in sources.items())
