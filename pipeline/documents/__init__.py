"""Documents whose numbers come from ``results/``: what stands between two marks is computed.

A mark names what belongs there, and the next mark closes it; readers of the rendered page see
neither: ``<!-- score gtzan.features_3s.lightgbm.track_kfold track -->0.81 [...]<!-- / -->``.
``python -m pipeline document`` rewrites what stands between; a test fails when it would change.
"""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

from pipeline.config import REPOSITORY
from pipeline.documents import networks, numbers, tables
from pipeline.documents.sources import Sources, read_sources

DOCUMENTS = ("README.md", "docs/method.md", "docs/networks.md")
MARK = re.compile(r"<!-- (?P<what>[a-z][^>]*?) -->(?P<text>.*?)<!-- / -->", re.DOTALL)
FIELDS: dict[str, Callable[..., str]] = {**numbers.FIELDS, **tables.FIELDS, **networks.FIELDS}

__all__ = ["DOCUMENTS", "FIELDS", "MARK", "filled", "read_sources", "write_documents"]


def filled(text: str, sources: Sources) -> str:
    """Return a document with every marked place written anew.

    Raises
    ------
    ValueError
        If a mark names what there is not.
    """

    def written(found: re.Match[str]) -> str:
        name, *arguments = shlex.split(found["what"])
        try:
            content = FIELDS[name](sources, *arguments)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            problem = f"the mark <!-- {found['what']} --> cannot be filled: {error}"
            raise ValueError(problem) from error
        return f"<!-- {found['what']} -->{content}<!-- / -->"

    return MARK.sub(written, text)


def write_documents(folder: Path) -> list[str]:
    """Rewrite the documents from the results in ``folder``; return those that changed."""
    sources = read_sources(folder)
    changed = []
    for name in DOCUMENTS:
        path = REPOSITORY / name
        text = path.read_text(encoding="utf-8")
        fresh = filled(text, sources)
        if fresh != text:
            path.write_text(fresh, encoding="utf-8")
            changed.append(name)
    return changed
