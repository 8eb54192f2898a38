"""The largest of some numbers, asked again and again while a block runs."""

import threading
from collections.abc import Callable, Iterable


class Followed:
    """Follows what ``read`` gives, every so many seconds, and keeps the largest in ``peak``.

    Parameters
    ----------
    read : callable
        Returns numbers, none where there is nothing to see.
    every_s : float
    """

    def __init__(self, read: Callable[[], Iterable[float]], every_s: float) -> None:
        self.peak = 0.0
        self._read, self._every_s = read, every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> "Followed":
        self._thread.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._ended.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._ended.wait(self._every_s):
            self.peak = max([self.peak, *self._read()])
