"""A multipart form as the bytes of a request, for tests that speak to a real server."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

BOUNDARY = "genrelens-test-boundary"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(
    content: bytes | None,
    *,
    fields: Mapping[str, str] | None = None,
    filename: str = "clip.wav",
) -> bytes:
    """Return the body of a form with one file (or none) in the field "file", and other fields."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in (fields or {}).items()
    ]
    if content is not None:
        head = (
            f'Content-Disposition: form-data; name="file"; filename="{filename}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + content)
    opening = f"--{BOUNDARY}\r\n".encode()
    return b"".join(opening + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def post_clip(
    address: str,
    content: bytes,
    *,
    fields: Mapping[str, str] | None = None,
    accept: str | None = None,
    client: str | None = None,
    timeout_s: float = 90,
) -> tuple[int, str]:
    """Send a clip to ``address``/api/predict and return status and text of the answer."""
    headers = {"Content-Type": CONTENT_TYPE}
    if accept:
        headers["Accept"] = accept
    if client:
        headers["X-Forwarded-For"] = client
    request = urllib.request.Request(
        f"{address}/api/predict",
        data=multipart(content, fields=fields),
        headers=headers,
        method="POST",
    )
    return _answer(request, timeout_s)


def get(address: str, *, timeout_s: float = 30) -> tuple[int, str]:
    """Return status and text of a page."""
    return _answer(urllib.request.Request(address), timeout_s)


def last_line(text: str) -> dict[str, Any]:
    """Return the last line of an NDJSON stream."""
    content: dict[str, Any] = json.loads(text.rstrip("\n").rsplit("\n", 1)[-1])
    return content


def _answer(request: urllib.request.Request, timeout_s: float) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
