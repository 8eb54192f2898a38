"""One tiny results folder for all tests that only read it: writing one takes seconds."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from tiny_results import write_tiny_results

from dashboard.state import Results, load_results


@functools.cache
def shared_tiny_results() -> Results:
    """Return the results of a folder that is written once; do not change it."""
    folder = Path(tempfile.mkdtemp(prefix="genrelens-tiny-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return load_results(write_tiny_results(folder))
