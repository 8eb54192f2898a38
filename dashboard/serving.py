"""Settings of gunicorn, shared by ``make run`` and the Procfile (``--config``).

One worker with threads: callbacks are short, and predictions spend their time in code that
releases the interpreter lock. Clips that wait hold a thread each, so there are some more. Must not
import the app: gunicorn reads this file before it forks.
"""

import logging
import os
import shutil
import sys
import tempfile
import threading

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from dashboard.memory import return_large_pieces
from dashboard.operation import logs, shared_numbers
from dashboard.prediction import capacity
from dashboard.prediction.tickets import FOLDER_VARIABLE
from pipeline.config import LIMITS

# before the worker loads NumPy: predictions run side by side, one core each
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# before it loads Arrow, whose own pool keeps what the largest table needed: 50 MB less
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

STATIC_FILES = "genrelens-static-files"  # as in web.static_files, not to be imported
wsgi_app = "dashboard.app:server"
workers = capacity.web_workers()
worker_class = "dashboard.web.patience.PatientWorker"
threads = capacity.threads()
limit_request_line = 8190  # bytes: a list of songs by their ids, see pages.tracks_choices
timeout = 90  # seconds; a prediction answers or gives up after 60
# seconds that a worker has to finish what runs; clips that wait are refused
graceful_timeout = int(LIMITS.total_timeout_s) + 5
logconfig_dict = logs.configuration(logs.log_form())  # its access log stays off
control_socket_disable = True  # it would be one file for all gunicorns of a user

_own_line: list[str] = []  # folder of the line, if it was made here


def on_starting(_server: Arbiter) -> None:
    """Make what workers share, before there is one.

    All of them share one line; several gunicorns of a host do if its folder is named.
    """
    shared_numbers.share_numbers()
    if FOLDER_VARIABLE not in os.environ:
        os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="genrelens-line-")
        _own_line.append(os.environ[FOLDER_VARIABLE])


def child_exit(_server: Arbiter, worker: Worker) -> None:
    """Forget what a worker that ended was using."""
    shared_numbers.forget_worker(worker.pid)


def on_exit(_server: Arbiter) -> None:
    """Remove what workers shared; the folder of the line only if it was made here."""
    shared_numbers.remove_numbers()
    for folder in _own_line:
        shutil.rmtree(folder, ignore_errors=True)


def post_fork(_server: Arbiter, _worker: Worker) -> None:
    """Keep a worker small from the start."""
    return_large_pieces()


def post_worker_init(worker: Worker) -> None:
    """Compress what first visits load; print where the pages are, once the first worker answers."""
    static_files = getattr(worker.wsgi, "extensions", {}).get(STATIC_FILES)
    if static_files is not None:  # a stand-in of a test is no Flask app
        threading.Thread(target=static_files.warm, name="warm", daemon=True).start()
    if worker.age > 1:
        return
    for address in worker.cfg.address:
        if isinstance(address, tuple):
            host, port = address[:2]
            # A browser cannot open the address that stands for all of them.
            shown = "localhost" if host in ("0.0.0.0", "::") else host
            shown = f"[{shown}]" if ":" in shown else shown
            announce(f"GenreLens is at http://{shown}:{port} (Ctrl-C stops it)")


def announce(text: str) -> None:
    """Say something to who started the server: on the terminal, or as a line of JSON."""
    if logs.log_form() == "json":
        logging.getLogger(__name__).info(text)
    else:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
