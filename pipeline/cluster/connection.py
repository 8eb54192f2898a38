"""A scheduler's address -> a cluster that is connected, checked and ready to work."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.cluster.agreement import (
    SCHEDULER_COMMAND,
    WORKER_COMMAND,
    ClusterError,
    no_code,
    objections,
    own_facts,
    refusal,
)
from pipeline.cluster.run import Cluster
from pipeline.cluster.worker import thread_objections

CONNECT_S = 8.0
FIRST_WORKER_S = 30.0  # workers on other machines may be starting just now
_LOCAL = re.compile(r"local:([1-9]\d*)")
_ADDRESS = re.compile(r"(?!local:)(?:(?:tcp|tls)://)?(?:[^\s/:]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")
_LEAVE_CTRL_C_TO_THE_CLIENT = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"


@contextmanager
def connected(where: str, *, first_worker_s: float = FIRST_WORKER_S) -> Iterator[Cluster]:
    """Give a cluster for as long as it is needed.

    Parameters
    ----------
    where : str
        Address of a running scheduler, ``tcp://host:8786``; or ``local:N`` for N processes of this
        machine that are started now and end with the context.
    first_worker_s : float
        How long to wait for a worker where the scheduler has none.

    Raises
    ------
    ClusterError
        If there is no such scheduler, it has no workers, or one of them is not like this process.
    """
    local = _LOCAL.fullmatch(where)
    if local is None and _ADDRESS.fullmatch(where) is None:
        raise ClusterError(
            f"a scheduler is named as tcp://host:8786, or local:N for N processes of this machine; "
            f"got {where!r}"
        )
    client_of_it = _local_client(int(local[1])) if local else _remote_client(where)
    with _quiet(), client_of_it as client:
        _validate_scheduler(client, where)
        _validate_workers(client, where, first_worker_s)
        yield Cluster(client, where)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the client from printing into the progress bar what this package says or repairs."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _local_client(n_workers: int) -> Iterator[Any]:
    from distributed import Client, LocalCluster

    with (
        TemporaryDirectory(prefix="genrelens-cluster-") as folder,
        LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any free port: runs may go on side by side
            local_directory=folder,
            preload=[_LEAVE_CTRL_C_TO_THE_CLIENT],
            silence_logs=logging.ERROR,  # lines of every worker would tear the progress bar apart
            scheduler_kwargs={"allowed_failures": 0},  # the client counts, see ``run``
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def _remote_client(address: str) -> Iterator[Any]:
    from distributed import Client

    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except OSError as error:
        raise ClusterError(
            f"no scheduler answers at {address} within {CONNECT_S:g} s. Start one on that machine "
            f"with {SCHEDULER_COMMAND}, or correct the address."
        ) from error
    with client:
        yield client


def _validate_scheduler(client: Any, where: str) -> None:
    versions = client.get_versions()
    own, its = versions["client"]["packages"], versions["scheduler"]["packages"]
    differing = [
        f"{name} {its[name]}, not {own[name]}"
        for name in ("dask", "distributed")
        if its[name] != own[name]
    ]
    if differing:
        raise ClusterError(
            f"the scheduler at {where} has {'; '.join(differing)}. Start it from an environment "
            f"with the packages of pipeline/requirements.txt: {SCHEDULER_COMMAND}"
        )


def _validate_workers(client: Any, where: str, first_worker_s: float) -> None:
    """Refuse workers that cannot give the client's numbers; later ones are checked as they work."""
    try:
        client.wait_for_workers(1, timeout=first_worker_s)
    except TimeoutError as error:
        raise ClusterError(
            f"the scheduler at {where} has no workers. Start some, on each machine, with "
            f"{WORKER_COMMAND.format(address=where)}"
        ) from error
    threads = client.nthreads()
    answers = client.run(objections, own_facts(), on_error="return")
    for address, found in answers.items():
        if isinstance(found, Exception):
            raise no_code(address, found) from found
        if found := found + thread_objections(threads.get(address, 1)):
            raise refusal(address, found)
