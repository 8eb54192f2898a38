"""What client and workers must have in common, and what is said where they differ."""

import hashlib
import importlib.metadata
import platform
import socket
from dataclasses import dataclass
from functools import cache

from pipeline.cache import COMPUTING_PACKAGES
from pipeline.config import REPOSITORY

PACKAGES = (*COMPUTING_PACKAGES, "crepes", "joblib", "soundfile", "soxr", "av", "distributed")
SCHEDULER_COMMAND = "`.venv/bin/python -m dask scheduler --no-dashboard`"
WORKER_COMMAND = (
    "`.venv/bin/python -m dask worker {address} --nworkers -1 --nthreads 1 --no-dashboard`"
)


class ClusterError(Exception):
    """A cluster cannot do the work; the message names the address and what to do."""


@dataclass(frozen=True)
class Facts:
    """What the outcome of a unit depends on beside its arguments.

    Attributes
    ----------
    python : str
        "3.11": patch releases do not change numbers.
    packages : tuple of (str, str)
        Names and versions, "missing" where a package is not installed.
    code : str
        Digest of the files of this package.
    """

    python: str
    packages: tuple[tuple[str, str], ...]
    code: str


@cache
def own_facts() -> Facts:
    """Return the facts of this process, as they were when it first asked.

    Asked before the first unit: files that change later are not the code that runs.
    """
    return Facts(
        python=".".join(platform.python_version_tuple()[:2]),
        packages=tuple((name, _version(name)) for name in PACKAGES),
        code=code_digest(),
    )


def code_digest() -> str:
    """Return a digest of every module of ``pipeline``."""
    state = hashlib.sha256()
    for path in sorted((REPOSITORY / "pipeline").rglob("*.py")):
        state.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0")
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def objections(expected: Facts) -> list[str]:
    """Return why this process must not work for a client with the facts given; [] if it may."""
    own = own_facts()
    found = [] if own.python == expected.python else [f"Python {own.python}, not {expected.python}"]
    wanted = dict(expected.packages)
    found += [
        f"{name} {version}, not {wanted[name]}"
        for name, version in own.packages
        if version != wanted.get(name, version)
    ]
    if own.code != expected.code:
        found.append(f"another version of this code, in {REPOSITORY} on {socket.gethostname()}")
    return found


def refusal(worker: str, found: list[str]) -> ClusterError:
    """Return the error that says why a worker cannot take part."""
    return ClusterError(
        f"worker {worker} has {'; '.join(found)}. Every machine needs the same commit, the "
        "packages of pipeline/requirements.txt and the same Python; then start the worker again."
    )


def no_code(worker: str, error: Exception) -> ClusterError:
    """Return the error for a worker that cannot run this code at all."""
    return ClusterError(
        f"worker {worker} cannot run this code ({error}). Start it inside the folder of GenreLens, "
        f"at the same commit, with {WORKER_COMMAND.format(address='ADDRESS')}"
    )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
