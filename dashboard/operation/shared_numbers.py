"""The folder in which the workers of one gunicorn keep their counts, so that any can show all.

``prometheus_client`` looks for it when it is imported: gunicorn's master makes it before it starts
a worker, and removes it when it ends. Standard library only, since the master calls this.
"""

import os
import shutil
import tempfile

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # named by prometheus_client


def share_numbers() -> None:
    """Make the folder; always a new one, for counts of a server that is gone are not ours."""
    os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="genrelens-metrics-")


def forget_worker(pid: int) -> None:
    """Remove what a worker that ended was using; what it has counted stays."""
    from prometheus_client import multiprocess  # the master needs it only now

    if os.environ.get(FOLDER_VARIABLE):
        multiprocess.mark_process_dead(pid)


def remove_numbers() -> None:
    """Remove the folder."""
    shutil.rmtree(os.environ.pop(FOLDER_VARIABLE, ""), ignore_errors=True)
