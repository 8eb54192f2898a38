"""The environment variables that the code looks at."""

import re

from pipeline.config import REPOSITORY

FOLDERS = ("dashboard", "pipeline")
NAMED = re.compile(r'"(GENRELENS_[A-Z_]+)"')


def variables_in_code() -> set[str]:
    """Return every ``GENRELENS_`` variable that stands as a string in the code."""
    texts = (
        path.read_text(encoding="utf-8")
        for folder in FOLDERS
        for path in (REPOSITORY / folder).rglob("*.py")
    )
    return {name for text in texts for name in NAMED.findall(text)}
