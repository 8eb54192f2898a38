"""A TCP proxy that loses a connection after so many bytes, as a network does."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator


class CutProxy:
    """Passes bytes between clients and a server until ``limit`` bytes came from clients.

    Then it resets every connection and refuses new ones.
    """

    def __init__(self, target: tuple[str, int], *, limit: int) -> None:
        self._target = target
        self._left = limit
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut = False
        self._start(self._accept)

    def close(self) -> None:
        """End every connection and thread."""
        self._cut()
        for thread in self._threads:
            thread.join(timeout=10)

    def _start(self, function, *arguments) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.cut:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            with self._lock:
                self._sockets += [client, server]
            self._start(self._pass_on, client, server, True)
            self._start(self._pass_on, server, client, False)

    def _pass_on(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if counted:
                    with self._lock:
                        self._left -= len(data)
                        over = self._left < 0
                    if over:
                        self._cut()
                        return
                target.sendall(data)

    def _cut(self) -> None:
        self.cut = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for one in sockets:
            with contextlib.suppress(OSError):
                # a reset, not an orderly end
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextlib.contextmanager
def cut_proxy(target: tuple[str, int], *, limit: int) -> Iterator[CutProxy]:
    """Run a proxy before a server."""
    proxy = CutProxy(target, limit=limit)
    try:
        yield proxy
    finally:
        proxy.close()
