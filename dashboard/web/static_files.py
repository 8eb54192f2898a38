"""What the browser loads besides data: fingerprinted, compressed once, not asked for twice.

Scripts and styles get a fingerprint of their content in their URL, so that every host gives a file
the same URL, and a browser that has it never asks again ("immutable"). A URL without the right
fingerprint is answered, too, but has to be checked at each visit ("no-cache"). A file's compressed
forms are made once per process and kept.
"""

import gzip
import hashlib
import mimetypes
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import brotli
from dash import Dash
from flask import Response, abort, request
from werkzeug.security import safe_join

from dashboard.operation.requests import UNWATCHED

IMMUTABLE = "public, max-age=31536000, immutable"  # a year: browsers keep nothing for longer
# Brotli's 9 would save another hundredth of the bytes, for five times the time.
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=6),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}
TEXT = {".js", ".css", ".svg", ".ico", ".json", ".txt"}  # sound and pictures are compressed already
EXTENSION = "genrelens-static-files"  # key in flask's app.extensions; dashboard.serving reads it
SUITES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
ASSETS = "_dash_assets.static"
# Loaded with the page: Dash would ask for them later, one after the other, without a fingerprint.
EARLY = ("dash/dcc/async-graph.js", "dash_ag_grid/async-community.js")
UNUSED = "dash/dash_table/"  # tables are dash-ag-grid's
BUNDLE = re.compile(
    r"/_dash-component-suites/(?P<package>\w+)/(?P<start>[^\"']+?)\.v[\w-]+m[0-9a-f]+\.(?P<end>[\w.]+)"
)
ASSET = re.compile(r"/assets/(?P<name>[^\"'?]+)(?:\?m=[\d.]+)?(?=[\"'])")


def digest(content: bytes) -> str:
    """Return the fingerprint of a content: twelve hexadecimal digits."""
    return hashlib.blake2b(content, digest_size=6).hexdigest()


@dataclass
class File:
    """One file: as it is, its fingerprint, and what has been compressed of it so far."""

    content: bytes
    mimetype: str
    fingerprint: str
    _encoded: dict[str, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def read(cls, path: Path) -> "File":
        """Return a file; its mimetype follows from its name."""
        content = path.read_bytes()
        mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return cls(content, mimetype, digest(content))

    def encoded(self, encoding: str) -> bytes:
        """Return the content in an encoding of ``ENCODERS``, compressed at the first call."""
        with self._lock:
            if encoding not in self._encoded:
                self._encoded[encoding] = ENCODERS[encoding](self.content)
            return self._encoded[encoding]


class StaticFiles:
    """The scripts and styles of one app, in place of Dash's own way to serve them."""

    def __init__(self, app: Dash) -> None:
        self._app = app
        self._assets = Path(app.config.assets_folder)
        self._files: dict[Path, tuple[tuple[int, int], File]] = {}
        views = app.server.view_functions
        self._send_asset = views[ASSETS]
        views[ASSETS] = self.asset
        views[SUITES] = self.bundle
        app.server.extensions[EXTENSION] = self

    def asset(self, filename: str) -> Response:
        """Answer a request for a file of assets/."""
        path = self._asset(filename)
        if path is None:
            answer: Response = self._send_asset(filename=filename)  # knows of ranges, and of 404
            return answer
        return self._answer(self._file(path), request.args.get("m", ""))

    def bundle(self, package_name: str, fingerprinted_path: str) -> Response:
        """Answer a request for a script of Dash's or of a component library."""
        named = re.fullmatch(r"(.+?)\.v[\w-]+m([0-9a-fA-F]+)\.(.+)", fingerprinted_path)
        path = f"{named[1]}.{named[3]}" if named else fingerprinted_path
        if path not in self._app.registered_paths.get(package_name, ()):
            abort(404)
        file = self._file(_package_folder(package_name) / path)
        return self._answer(file, named[2] if named else "")

    def linked(self, html: str) -> str:
        """Return a page whose links carry the fingerprints, with the scripts that are due early."""
        html = re.sub(rf'<script src="[^"]*/{UNUSED}[^"]*"></script>\n?', "", html)
        html = ASSET.sub(lambda link: self.asset_url(link["name"]), html)
        html = BUNDLE.sub(
            lambda link: self.bundle_url(f"{link['package']}/{link['start']}.{link['end']}"), html
        )
        early = "".join(f'<script src="{self.bundle_url(name)}"></script>\n' for name in EARLY)
        first = html.find('<script src="/_dash-component-suites/')
        return html[:first] + early + html[first:] if first >= 0 else html

    def asset_url(self, name: str) -> str:
        """Return the address of a file of assets/; without a fingerprint where there is none."""
        path = self._asset(name)
        return f"/assets/{name}" + (f"?m={self._file(path).fingerprint}" if path else "")

    def bundle_url(self, name: str) -> str:
        """Return the address of a script "package/path/name.js"."""
        package, _, path = name.partition("/")
        folder, _, file_name = path.rpartition("/")
        stem, _, ending = file_name.partition(".")
        version = re.sub(r"[^\w-]", "_", str(getattr(sys.modules[package], "__version__", "0")))
        fingerprint = self._file(_package_folder(package) / path).fingerprint
        start = f"{folder}/{stem}" if folder else stem
        return f"/_dash-component-suites/{package}/{start}.v{version}m{fingerprint}.{ending}"

    def warm(self) -> None:
        """Compress everything that a first visit loads, before there is one."""
        page = self._app.server.test_client().get("/", environ_base=UNWATCHED)
        html = page.get_data(as_text=True)
        with self._app.server.test_client() as client:
            for url in re.findall(
                r'(?:src|href)="(/(?:assets|_dash-component-suites)/[^"]+)"', html
            ):
                for encoding in ENCODERS:
                    client.get(
                        url, headers={"Accept-Encoding": encoding}, environ_base=UNWATCHED
                    ).close()

    def _asset(self, name: str) -> Path | None:
        """Return where a text of assets/ lies; None for what is no text, or not there."""
        path = Path(safe_join(str(self._assets), name) or "")
        return path if path.suffix in TEXT and path.is_file() else None

    def _file(self, path: Path) -> File:
        """Return a file from memory as long as it has not changed on disk."""
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        kept = self._files.get(path)
        if kept is None or kept[0] != stamp:
            kept = self._files[path] = (stamp, File.read(path))
        return kept[1]

    def _answer(self, file: File, asked: str) -> Response:
        """Return a file in the best encoding that the browser takes."""
        encoding = next((name for name in ENCODERS if request.accept_encodings[name] > 0), "")
        content = file.encoded(encoding) if encoding else file.content
        answer = Response(content, mimetype=file.mimetype)
        if encoding:
            answer.headers["Content-Encoding"] = encoding
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["Cache-Control"] = IMMUTABLE if asked == file.fingerprint else "no-cache"
        answer.set_etag(f"{file.fingerprint}-{encoding or 'plain'}")
        answer.make_conditional(request)
        return answer


def _package_folder(package: str) -> Path:
    """Return where a package that is imported lies; Dash imports all that it serves."""
    origin = sys.modules[package].__file__
    assert origin is not None, f"{package} is not a package of files"
    return Path(origin).parent
