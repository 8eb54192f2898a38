"""How much a worker holds once visitors have looked at everything: part of ``make bench-web``.

A real browser opens every page, then changes each control of each page to two other options; the
worker's resident memory is read after each page. Ends with status 1 over the bound.
"""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from gunicorn_server import Server, gunicorn_server  # noqa: E402  # path set above
from steps import other_options, press  # noqa: E402  # path set above
from visit import Visit  # noqa: E402  # path set above

from dashboard.pages import PAGES  # noqa: E402  # path set above
from pipeline.config import results_dir  # noqa: E402  # path set above

BOUND_MB = 400  # of the 512 MB of a small host
OPTIONS = 2  # of each control, besides the one chosen
PATIENCE_MS = 120_000
LOOKING_MS = 500  # after each change, while the server answers
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def resident_mb(pid: int) -> float:
    """Return the memory that a process holds, in MB (2**20 bytes)."""
    said = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return int(said.stdout) / 1024


def look_at_everything(visit: Visit, server: Server) -> float:
    """Open pages and change controls; print and return what the worker holds at most."""
    most = 0.0

    def measured(what: str) -> float:
        now = resident_mb(server.worker())
        print(f"{what:40} {now:6.0f} MB", flush=True)
        return max(most, now)

    for page in PAGES:
        visit.open(page.PATH)
        most = measured(f"{page.NAME} opened")
    for place in range(OPTIONS):
        for page in PAGES:
            visit.open(page.PATH)
            for name in sorted(visit.view()["controls"]):
                options = other_options(visit, name)
                if len(options) > place:
                    press(visit, name, options[place])
                    visit.page.wait_for_timeout(LOOKING_MS)
            most = measured(f"{page.NAME}, option {place + 1} of each control")
    return most


def main() -> int:
    """Look at everything, and compare with the bound."""
    with gunicorn_server(results_dir().resolve()) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["GENRELENS_BROWSER"], args=ARGUMENTS
        )
        visit = Visit(browser.new_page(), server.address)
        visit.page.set_default_timeout(PATIENCE_MS)
        print(f"{'started':40} {resident_mb(server.worker()):6.0f} MB")
        most = look_at_everything(visit, server)
        browser.close()
    kept = most <= BOUND_MB
    print(f"at most {most:.0f} MB, bound {BOUND_MB} MB{'' if kept else '  TOO MUCH'}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
