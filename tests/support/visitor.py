"""A visitor's plain request to a real server: status, headers and text of the answer."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """What came; ``headers`` do not mind how their names are written."""

    status: int
    headers: Message
    text: str

    @classmethod
    def of(cls, received: bytes) -> "Answer":
        """Return the answer in the bytes of a connection."""
        first, _, rest = received.partition(b"\r\n")
        head, _, body = rest.partition(b"\r\n\r\n")
        return cls(int(first.split()[1]), BytesHeaderParser().parsebytes(head), body.decode())


def asked(
    address: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Ask a server, without following where it leads; certificates are not looked at."""
    parts = urlsplit(address)
    where = parts.hostname or "", parts.port
    if parts.scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            *where, timeout=60, context=context
        )
    else:
        connection = http.client.HTTPConnection(*where, timeout=60)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body, headers=dict(headers or {}))
        found = connection.getresponse()
        return Answer(found.status, found.headers, found.read().decode(errors="replace"))
    finally:
        connection.close()
