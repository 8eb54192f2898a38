"""Tasks -> their outcomes, by whatever workers a scheduler has at the time.

A worker may die or join at any moment. Dask cannot say which of the units that a dead worker held
killed it, so each of them is tried again by itself when the others are done: an innocent one then
succeeds, and one that goes on killing is named.
"""

import pickle
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import CancelledError
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from pipeline.cluster.agreement import WORKER_COMMAND, ClusterError, own_facts
from pipeline.cluster.parcels import Parcels
from pipeline.cluster.worker import run_parcel, value_of
from pipeline.tasks import Outcomes, Task

MAX_DEATHS = 3  # workers that one unit may take with it
UNITS_PER_THREAD = 3  # given out at once: the next one is there when a worker ends one
LOOK_S = 2.0  # how often workers are counted
NO_WORKERS_S = 60.0  # one that is started again needs some seconds


class Cluster:
    """A connected cluster; what ``tasks.run_tasks`` takes as ``jobs``."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self.address = address

    def n_threads(self) -> int:
        """Return how many units can be done at the same time at present."""
        return sum(self._client.nthreads().values())

    def outcomes(self, tasks: Sequence[Task]) -> Outcomes:
        """Yield the place of each task with its outcome, as they are done, each once.

        Raises
        ------
        ClusterError
            If the scheduler is lost, no worker is left, or a unit kills worker after worker.
        Exception
            Whatever a unit raises, with a note that names the unit and the worker.
        """
        run = _Run(self._client, self.address, tasks)
        try:
            yield from run.outcomes()
        finally:
            run.cancel()


class _Run:
    """The state of one series of tasks: each waits, runs, is set apart, or is done."""

    def __init__(self, client: Any, address: str, tasks: Sequence[Task]) -> None:
        self._client, self._address, self._tasks = client, address, tasks
        self._parcels = Parcels(tasks)
        self._sent: dict[int, Any] = {}  # number of a shared value -> its future
        self._waiting = deque(range(len(tasks)))
        self._apart: deque[int] = deque()
        self._tried_alone: set[int] = set()
        self._deaths: Counter[int] = Counter()
        self._running: dict[str, tuple[int, Any]] = {}
        self._ended: SimpleQueue[Any] = SimpleQueue()
        self._limit = 0
        self._looked, self._last_seen = float("-inf"), time.monotonic()

    def outcomes(self) -> Outcomes:
        while self._waiting or self._running or self._apart:
            self._look()
            self._give_out()
            try:
                future = self._ended.get(timeout=LOOK_S)
            except Empty:
                continue
            place, _ = self._running.pop(future.key)
            there, outcome = self._collected(place, future)
            if there:
                yield place, outcome

    def cancel(self) -> None:
        if self._running and self._client.status == "running":
            self._client.cancel([future for _, future in self._running.values()])
        self._running.clear()

    def _look(self) -> None:
        """Count the workers, now and then."""
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return
        if self._client.status != "running":
            raise self._scheduler_lost()
        try:
            threads = sum(self._client.nthreads().values())
        except OSError as error:
            raise self._scheduler_lost() from error
        self._looked = now
        if threads:
            self._last_seen = now
            self._limit = UNITS_PER_THREAD * threads
        elif now - self._last_seen > NO_WORKERS_S:
            raise ClusterError(
                f"no worker is left at {self._address} for {NO_WORKERS_S:g} s. Start some with "
                f"{WORKER_COMMAND.format(address=self._address)} and run the command again: "
                "what was finished is kept."
            )

    def _give_out(self) -> None:
        while self._waiting and len(self._running) < self._limit:
            self._submit(self._waiting.popleft())
        if self._apart and not self._running and not self._waiting:
            self._tried_alone.add(self._apart[0])
            self._submit(self._apart.popleft())

    def _submit(self, place: int) -> None:
        parcel, numbers = self._parcels.pack(place)
        future = self._client.submit(
            run_parcel,
            own_facts(),
            parcel,
            *map(self._shared, numbers),
            key=f"{getattr(self._tasks[place].function, '__name__', 'unit')}-{uuid4().hex}",
        )
        self._running[future.key] = place, future
        future.add_done_callback(self._ended.put)

    def _shared(self, number: int) -> Any:
        """Return the future of a shared value.

        It is a task of its own and not scattered data, which would be lost with the workers that
        hold it: the scheduler keeps its bytes and has it made anew.
        """
        import dask

        sent = self._sent.get(number)
        if sent is None or sent.status in ("error", "cancelled"):
            content = pickle.dumps(self._parcels.shared[number], protocol=5)
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
                sent = self._client.submit(value_of, content, key=f"shared-{uuid4().hex}")
            self._sent[number] = sent
        return sent

    def _collected(self, place: int, future: Any) -> tuple[bool, Any]:
        """Return (True, outcome), or (False, None) if the unit must be done again."""
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        try:
            return True, future.result()
        except KilledWorker as error:
            self._set_apart(place, error)
            return False, None
        except (CancelledError, CommClosedError) as error:
            raise self._scheduler_lost() from error
        except Exception as error:  # whatever a unit raises goes on, with its name
            if self._client.status != "running":
                raise self._scheduler_lost() from error
            error.add_note(f"in the unit {self._tasks[place].label!r}")
            raise

    def _set_apart(self, place: int, error: Any) -> None:
        self._deaths[place] += error.allowed_failures + 1
        if place in self._tried_alone and self._deaths[place] >= MAX_DEATHS:
            raise ClusterError(
                f"the unit {self._tasks[place].label!r} killed {self._deaths[place]} workers in a "
                f"row, the last at {error.last_worker.address}: it may need more memory than they "
                "have. Look into the worker's log; what was finished is kept."
            ) from error
        self._apart.append(place)

    def _scheduler_lost(self) -> ClusterError:
        return ClusterError(
            f"the scheduler at {self._address} was lost. Start it and its workers again and run "
            "the command again: what was finished is kept."
        )
