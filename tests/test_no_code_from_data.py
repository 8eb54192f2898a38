"""Nothing that the web process reads can become code: no pickles, no eval, no shell.

The sources of the dashboard, and of what it imports of the pipeline, are read and not run.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_imports import module_files, reached

MODULES = {
    "cloudpickle", "code", "codeop", "dill", "joblib", "jsonpickle", "marshal", "pickle",
    "ruamel", "runpy", "shelve", "torch", "yaml",
}  # fmt: skip
FUNCTIONS = {"eval", "exec", "compile", "__import__"}
METHODS = {"read_pickle", "to_pickle", "system", "popen", "load_module", "exec_module"}
ARGUMENTS = {"allow_pickle", "shell"}  # that may be named only to say False


def findings(source: str) -> list[str]:
    """Return what in a source could run what is read."""
    return [found for node in ast.walk(ast.parse(source)) for found in _in_node(node)]


def _in_node(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (a.name for a in node.names if a.name.split(".")[0] in MODULES)
    elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
        yield str(node.module)
    elif isinstance(node, ast.Name) and node.id in FUNCTIONS:
        yield node.id
    elif isinstance(node, ast.Attribute) and node.attr in METHODS:
        yield node.attr
    elif isinstance(node, ast.keyword) and node.arg in ARGUMENTS:
        if not (isinstance(node.value, ast.Constant) and node.value.value is False):
            yield str(node.arg)


def online(repository: Path) -> list[Path]:
    """Return the sources that the web process may load."""
    start = module_files(repository / "dashboard")
    return sorted(reached(repository, start, inside_functions=True))


def test_nothing_online_runs_what_it_reads(repository: Path) -> None:
    found = {
        str(path.relative_to(repository)): what
        for path in online(repository)
        if (what := findings(path.read_text()))
    }
    assert found == {}


def test_the_pipeline_that_runs_online_is_looked_at(repository: Path) -> None:
    looked_at = {str(path.relative_to(repository)) for path in online(repository)}
    assert {
        "dashboard/app.py", "pipeline/predict.py", "pipeline/audio/container.py",
        "pipeline/artifacts/__init__.py", "pipeline/store/__init__.py",
    } <= looked_at  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "def f():\n    import yaml",
        "eval('1')",
        "run = exec",
        "pd.read_pickle('x')",
        "np.load('x', allow_pickle=True)",
        "np.load('x', allow_pickle=trusted)",
        "subprocess.run('ls', shell=True)",
        "os.system('ls')",
    ],
)
def test_every_spelling_is_found(source: str) -> None:
    assert findings(source)


@pytest.mark.parametrize(
    "source", ["re.compile('x')", "np.load('x', allow_pickle=False)", "model.eval", "import codecs"]
)
def test_the_harmless_is_not_found(source: str) -> None:
    assert findings(source) == []
