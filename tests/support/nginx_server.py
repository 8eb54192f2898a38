"""A real nginx with the repository's settings, changed only in what a test machine lacks."""

import contextlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gunicorn_server import free_port

from pipeline.config import REPOSITORY

SETTINGS = REPOSITORY / "docs" / "deploy" / "nginx.conf"
START_S = 10.0


@dataclass(frozen=True)
class Nginx:
    """A running nginx: its address, the folder it writes to, and what it logged so far."""

    address: str
    folder: Path

    def log(self) -> str:
        """Return all that it wrote to stderr."""
        return (self.folder / "stderr").read_text()


@contextlib.contextmanager
def nginx_server(service: str) -> Iterator[Nginx]:
    """Run the proxy before a service.

    Parameters
    ----------
    service : str
        Address of the server that is asked.
    """
    port = free_port()
    text = SETTINGS.read_text(encoding="utf-8")
    text = text.replace("http://web:8050", service).replace(
        "listen 8080", f"listen 127.0.0.1:{port}"
    )
    with run_nginx(text, port) as running:
        yield running


@contextlib.contextmanager
def run_nginx(text: str, port: int, scheme: str = "http") -> Iterator[Nginx]:
    """Run nginx with settings whose folder is ``/tmp/``; it answers when the block begins."""
    folder = Path(tempfile.mkdtemp(prefix="genrelens-nginx-"))
    folder.chmod(0o755)  # its workers may be another user
    text = re.sub(r" /tmp/([\w.]+;)", rf" {folder}/\1", text)
    settings = folder / "nginx.conf"
    settings.write_text(re.sub(r"include \S+mime.types;", "", text))
    with (folder / "stderr").open("ab") as log:
        process = subprocess.Popen(
            ["nginx", "-p", folder, "-c", settings, "-g", "daemon off;"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait(port, process, folder / "stderr")
        yield Nginx(f"{scheme}://127.0.0.1:{port}", folder)
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nginx did not start: {log.read_text()}")
