"""What runs on a worker: one unit, in one thread, by the client's own code."""

import os
import pickle
import socket
from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

from pipeline.cluster.agreement import Facts, objections, refusal
from pipeline.cluster.parcels import unpacked
from pipeline.locations import LocationError

# read by libraries that are loaded later; those that are loaded already are told by threadpoolctl
THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS",
)  # fmt: skip
DATA_ADVICE = (
    "Workers read clips themselves: give every machine the folder under the same path, or name "
    "the clips by an fsspec URL (s3://...) or in MongoDB."
)


def value_of(content: bytes) -> Any:
    """Return a value that units share; done anew wherever the workers that held it died."""
    return pickle.loads(content)


def run_parcel(expected: Facts, parcel: bytes, *shared: Any) -> Any:
    """Return the outcome of a task.

    Raises
    ------
    ClusterError
        If this worker's code or packages are not the client's, or it works in several threads.
    LocationError
        If the unit reads a clip that is not there for this worker.
    """
    from distributed import get_worker

    worker = get_worker()
    name = f"{worker.address} on {socket.gethostname()}"
    found = objections(expected) + thread_objections(worker.state.nthreads)
    if found:
        raise refusal(name, found)
    limit_threads()
    function, arguments = unpacked(parcel, shared)
    try:
        return function(**arguments)
    except LocationError as error:
        reader = f"worker {name}"
        raise LocationError(error.location, error.reason, reader, DATA_ADVICE) from error
    except Exception as error:  # whatever a unit raises goes on, with its place
        error.add_note(f"on worker {name}")
        raise


def thread_objections(n_threads: int) -> list[str]:
    """Return why a worker with so many threads cannot take part; [] with one.

    Units set global seeds and draw with matplotlib: each needs a process of its own.
    """
    return [] if n_threads == 1 else [f"{n_threads} threads, not 1 (start it with --nthreads 1)"]


def limit_threads() -> None:
    """Let numeric libraries of this process use one thread, as joblib's processes do."""
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    threadpool_limits(limits=1)
