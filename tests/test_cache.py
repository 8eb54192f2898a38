"""Finished work is found again by its content, and only whole."""

import hashlib
import importlib.metadata
import pickle
import sys

import numpy as np
import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline import cache as module
from pipeline.artifacts import write_atomic
from pipeline.cache import Cache, default_cache, digest, source_digest, versions
from pipeline.config import CACHE_VARIABLE

DATASET = small_dataset()
KEY = "ab" * 32
VALUES = {
    "text": "1",
    "number": 1,
    "float": 1.0,
    "truth": True,
    "nothing": None,
    "bytes": b"1",
    "list": ["1"],
    "nested list": [["1"]],
    "dict": {"1": "1"},
    "ints": np.array([1]),
    "floats": np.array([1.0]),
    "row": np.array([[1, 2]]),
    "column": np.array([[1], [2]]),
    "names": np.array(["1"], dtype=object),
    "series": pd.Series([1]),
    "series by name": pd.Series([1], index=["a"]),
    "table": pd.DataFrame({"a": [1]}),
    "other column": pd.DataFrame({"b": [1]}),
}


def test_same_content_has_the_same_digest():
    frame = pd.DataFrame({"a": [1.5, 2.0], "b": ["x", "y"]})
    parts = [frame, {"b": 1, "a": [True, None]}, np.arange(4.0)]
    again = [frame.copy(), {"a": [True, None], "b": 1}, np.arange(8.0)[:4]]
    assert digest(*parts) == digest(*again)
    assert digest(np.asfortranarray(np.eye(3))) == digest(np.eye(3))


def test_different_values_have_different_digests():
    found = {name: digest(value) for name, value in VALUES.items()}
    assert len(set(found.values())) == len(VALUES)
    assert digest("ab", "c") != digest("a", "bc") != digest(["a", "bc"])


def test_one_changed_number_changes_the_digest():
    X = DATASET.tables["features_3s"].X
    changed = X.copy()
    changed[-1, -1] = np.nextafter(changed[-1, -1], np.float32(np.inf))
    assert digest(X) != digest(changed)


def test_unknown_types_are_refused_instead_of_taken_for_equal():
    with pytest.raises(TypeError, match="cannot tell the content of a object"):
        digest({"a": object()})


def test_a_value_comes_back(tmp_path):
    cache = Cache(tmp_path / "cache")
    assert cache.get(KEY) == (False, None)
    cache.put(KEY, {"a": np.arange(3)})
    there, value = cache.get(KEY)
    assert there and value["a"].tolist() == [0, 1, 2]
    cache.put(KEY, None)
    assert cache.get(KEY) == (True, None)


def test_a_cache_without_a_folder_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cache = Cache(None)
    cache.put(KEY, 1)
    assert cache.get(KEY) == (False, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:10],
        lambda content: b"",
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: bytes(32) + content[32:],
    ],
    ids=["half", "no checksum", "empty", "one bit", "other checksum"],
)
def test_a_damaged_file_is_as_none(tmp_path, damage):
    cache = Cache(tmp_path)
    cache.put(KEY, list(range(1000)))
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get(KEY) == (False, None)
    cache.put(KEY, "again")
    assert cache.get(KEY) == (True, "again")


def test_values_are_checked_before_they_are_unpickled(tmp_path):
    cache = Cache(tmp_path)
    cache.put(KEY, 1)
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    content = path.read_bytes()
    assert content[:32] == hashlib.sha256(content[32:]).digest()
    assert pickle.loads(content[32:]) == 1


def test_put_is_atomic(tmp_path, monkeypatch):
    """A kill while the file is written leaves the old value, and nothing that can be read."""
    cache = Cache(tmp_path)
    cache.put(KEY, "old")

    def killed(path, write):
        def half(temporary):
            write(temporary)
            temporary.write_bytes(temporary.read_bytes()[:20])
            raise KeyboardInterrupt

        write_atomic(path, half)

    monkeypatch.setattr(module, "write_atomic", killed)
    with pytest.raises(KeyboardInterrupt):
        cache.put(KEY, "new")
    assert cache.get(KEY) == (True, "old")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_the_folder_is_that_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    assert default_cache().folder == tmp_path
    monkeypatch.delenv(CACHE_VARIABLE)
    assert default_cache().folder.name == ".cache"


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Return a function that writes modules of a made-up package and digests its entry."""
    package = "pipeline_of_a_test"
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))

    def of(leave_out: frozenset[str] = frozenset(), **texts: str) -> str:
        for name, text in texts.items():
            (folder / f"{name}.py").write_text(text.replace("PACKAGE", package))
        for known in (source_digest, module._code, module._is_module):
            known.cache_clear()
        left = frozenset(f"{package}.{name}" for name in leave_out)
        return source_digest((f"{package}.entry",), left)

    yield of
    for known in (source_digest, module._code, module._is_module):
        known.cache_clear()
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]


ENTRY = """\"\"\"Entry.\"\"\"
from PACKAGE import helper
from PACKAGE.other import value

def f(x):
    \"\"\"Return x.\"\"\"
    return helper.g(x) + value  # a reason
"""
HELPER = "def g(x):\n    from PACKAGE.deep import h\n    return h(x)\n"
REST = {"helper": HELPER, "other": "value = 1\n", "deep": "def h(x):\n    return x\n"}


def test_comments_docstrings_and_layout_do_not_count(sources):
    first = sources(entry=ENTRY, **REST)
    other = ENTRY.replace("Return x.", "Give it back.").replace("Entry.", "Begin here.")
    assert sources(entry=other.replace("  # a reason", "\n")) == first


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("entry", ENTRY.replace("+ value", "- value")),
        ("other", "value = 2\n"),
        ("helper", HELPER.replace("h(x)", "h(x) + 1")),
        ("deep", "def h(x):\n    return -x\n"),
    ],
)
def test_code_counts_wherever_it_is_imported(sources, name, text):
    first = sources(entry=ENTRY, **REST)
    assert sources(**{name: text}) != first


def test_code_that_is_left_out_does_not_count_nor_what_only_it_imports(sources):
    left_out = frozenset({"helper"})
    first = sources(left_out, entry=ENTRY, **REST)
    assert sources(left_out, helper="def g(x):\n    return 3\n", deep="a = 1\n") == first
    assert sources(left_out, other="value = 2\n") != first


def test_a_file_edited_meanwhile_is_not_the_code_that_runs(sources, tmp_path):
    first = sources(entry=ENTRY, **REST)
    (tmp_path / "pipeline_of_a_test" / "deep.py").write_text("def h(x):\n    return 7\n")
    source_digest.cache_clear()
    assert source_digest(("pipeline_of_a_test.entry",)) == first


def test_versions_are_of_the_installed_packages():
    assert set(versions()) == set(module.COMPUTING_PACKAGES)
    assert versions(("numpy",)) == {"numpy": importlib.metadata.version("numpy")}
