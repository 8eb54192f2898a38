"""Finished work, kept by the content of what went into it: a rerun computes only what changed.

A value's key is a digest of its inputs (arrays, parameters, package versions) and of the source of
the modules that compute it, without comments and docstrings. Values are written whole under another
name and renamed, so a kill at any moment leaves whole values only; one that cannot be read is
computed again. The folder is this machine's own: never share it, values are pickles.
"""

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import pickle
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.artifacts import write_atomic
from pipeline.config import cache_dir

COMPUTING_PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "lightgbm", "keras", "tensorflow")
_CHECKSUM_BYTES = 32


class Cache:
    """Values by key in a folder; with ``folder=None`` nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: str) -> tuple[bool, Any]:
        """Return (True, value), or (False, None) where there is none or it is damaged."""
        if self.folder is None:
            return False, None
        try:
            content = self._path(key).read_bytes()
        except OSError:
            return False, None
        checksum, value = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
        if hashlib.sha256(value).digest() != checksum:
            return False, None
        return True, pickle.loads(value)

    def put(self, key: str, value: Any) -> None:
        """Keep a value."""
        if self.folder is None:
            return
        pickled = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        content = hashlib.sha256(pickled).digest() + pickled
        write_atomic(self._path(key), lambda temporary: temporary.write_bytes(content))

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / key


def default_cache() -> Cache:
    """Return the cache in ``GENRELENS_CACHE``, else in ``.cache/`` of the repository."""
    return Cache(cache_dir())


def digest(*parts: Any) -> str:
    """Return a SHA-256 of values: text, numbers, arrays, tables, and lists or dicts of these.

    Raises
    ------
    TypeError
        If a part is of another type, whose content this function does not know.
    """
    state = hashlib.sha256()
    for part in parts:
        for piece in _pieces(part):
            state.update(len(piece).to_bytes(8, "little"))
            state.update(piece)
    return state.hexdigest()


@cache
def versions(packages: tuple[str, ...] = COMPUTING_PACKAGES) -> dict[str, str]:
    """Return the versions of packages, by default of those that models are fitted with."""
    return {name: importlib.metadata.version(name) for name in packages}


@cache
def source_digest(modules: tuple[str, ...], leave_out: Collection[str] = frozenset()) -> str:
    """Return a digest of the code of modules and of the pipeline's modules that they import.

    Parameters
    ----------
    modules : tuple of str
        Names such as "pipeline.evaluate".
    leave_out : frozenset of str
        Modules whose influence the caller's key holds otherwise.
    """
    waiting, code = list(modules), dict[str, str]()
    while waiting:
        name = waiting.pop()
        if name in code or name in leave_out:
            continue
        code[name], imported = _code(name)
        waiting += imported
    return digest(code)


def _pieces(part: Any) -> Iterator[bytes]:
    """Bytes that stand for a value; different values give different bytes."""
    if isinstance(part, np.ndarray):
        if part.dtype.kind == "O":
            part = part.astype(str)
        yield f"array {part.dtype.str} {part.shape}".encode()
        yield np.ascontiguousarray(part).tobytes()
    elif isinstance(part, pd.DataFrame):
        yield f"table {len(part)}".encode()
        for name in part.columns:
            yield str(name).encode()
            yield from _pieces(part[name].to_numpy())
    elif isinstance(part, pd.Series):
        yield from _pieces(part.index.to_numpy())
        yield from _pieces(part.to_numpy())
    elif isinstance(part, dict):
        yield f"dict {len(part)}".encode()
        for key in sorted(part, key=str):
            yield from _pieces(str(key))
            yield from _pieces(part[key])
    elif isinstance(part, list | tuple):
        yield f"list {len(part)}".encode()
        for item in part:
            yield from _pieces(item)
    elif part is None or isinstance(part, str | bool | int | float | np.generic):
        yield json.dumps([type(part).__name__, part if part is None else str(part)]).encode()
    elif isinstance(part, bytes):
        yield part
    else:
        raise TypeError(f"cannot tell the content of a {type(part).__name__}; give its parts")


@cache
def _code(name: str) -> tuple[str, tuple[str, ...]]:
    """Code of a module, and the modules that it imports.

    Read once: a file that is edited while this process runs is not the code that runs.
    """
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        return "", ()
    tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
    imported = tuple(other for other in _imported(tree) if _is_module(other))
    return ast.dump(_without_docstrings(tree)), imported


def _imported(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("pipeline"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipeline"):
            yield str(node.module)
            yield from (f"{node.module}.{name.name}" for name in node.names)


@cache
def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # the parent is a module, so this is a name in it
        return False


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            first = node.body[0] if node.body else None
            is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            if is_text and len(node.body) > 1:
                node.body = node.body[1:]
    return tree
