"""Whether workers are there behind a broker: they leave a sign of life in Redis, which expires.

One sign stands for all workers: it says that there is one, not how many, so that clocks of hosts
need not agree. Redis is imported when it is asked.
"""

import logging
import threading
import time
from typing import Any

SIGN = "genrelens:workers"
SIGN_S = 12  # without a sign for so long, no worker lives
KEPT_S = 3.0  # that an answer is kept: probes ask often
ASK_S = 1.0
AWAY = "The server that hands clips to the workers does not answer."
NO_WORKER = "No worker is there that analyses clips."

logger = logging.getLogger(__name__)


def keep_sign(redis: Any) -> threading.Event:
    """Renew the sign in a thread until the event that is returned is set, or this process ends.

    A broker that is away for a while is told again when it is back.
    """
    ended = threading.Event()
    renew_sign(redis)

    def renew() -> None:
        while not ended.wait(SIGN_S / 4):
            renew_sign(redis)

    threading.Thread(target=renew, name="genrelens-sign", daemon=True).start()
    return ended


def renew_sign(redis: Any) -> None:
    """Say that a worker lives."""
    from redis.exceptions import RedisError

    try:
        redis.set(SIGN, 1, ex=SIGN_S)
    except RedisError as error:
        logger.warning("no sign of life could be left: %s", error)


class Presence:
    """The broker and its workers as a probe sees them.

    Parameters
    ----------
    address : str
        Of Redis.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._redis: Any = None
        self._said: tuple[float, str] | None = None  # when and what

    def trouble(self) -> str:
        """Return why no clip would be answered now; "" where it would. It takes about a second."""
        with self._lock:
            if self._said is None or time.monotonic() - self._said[0] >= KEPT_S:
                trouble = self._asked()
                self._said = time.monotonic(), trouble
            return self._said[1]

    def forget(self) -> None:
        """Ask anew next time."""
        with self._lock:
            self._said = None

    def close(self) -> None:
        """Close the connection."""
        if self._redis is not None:
            self._redis.close()

    def _asked(self) -> str:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError
        from redis.retry import Retry

        if self._redis is None:
            self._redis = Redis.from_url(
                self._address, socket_connect_timeout=ASK_S, socket_timeout=ASK_S,
                retry=Retry(NoBackoff(), 0),
            )  # fmt: skip
        try:
            return "" if self._redis.exists(SIGN) else NO_WORKER
        except RedisError:
            return AWAY
