"""Which modules of ours a module imports, read from its source; for tests about the sources."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path


def module_files(package: Path) -> list[Path]:
    """Return the modules of a package; there must be some."""
    files = sorted(package.rglob("*.py"))
    assert files, f"no module found in {package}"
    return files


def statements(tree: ast.AST, *, inside_functions: bool) -> Iterator[ast.AST]:
    """Yield the nodes of a module; optionally only what runs when it is imported."""
    for node in ast.iter_child_nodes(tree):
        yield node
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if inside_functions or not is_function:
            yield from statements(node, inside_functions=inside_functions)


def imported(source: str, *, inside_functions: bool = True) -> set[str]:
    """Return the dotted names that a module imports, ``from a import b`` as ``a.b``."""
    names: set[str] = set()
    for node in statements(ast.parse(source), inside_functions=inside_functions):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the direction; write the full name"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_path(repository: Path, name: str) -> Path | None:
    """Return the file of the longest prefix of a dotted name that is a module of ours."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        base = repository.joinpath(*parts[:length])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                return path
    return None


def reached(
    repository: Path, start: Iterable[Path], *, inside_functions: bool
) -> dict[Path, set[str]]:
    """Return every module of ours that some modules lead to, with the names that it imports.

    Importing ``a.b`` runs the ``__init__`` of ``a``, which is followed, too.
    """
    waiting, found = list(start), dict[Path, set[str]]()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        names = found[path] = imported(path.read_text(), inside_functions=inside_functions)
        for name in names:
            parts = name.split(".")
            if parts[0] in ("dashboard", "pipeline"):
                prefixes = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
                waiting += [target for one in prefixes if (target := module_path(repository, one))]
    return found
