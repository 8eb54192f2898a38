"""How fast the pages answer while eight people click: ``make bench-web``.

A real browser opens every page, changes each of its controls to some other options, opens a track,
and its callbacks' requests are recorded. Then eight threads stand for eight people, since eight
browsers on two cores would measure only themselves: each takes a page, sends the callbacks of
opening it as a browser does (six at a time), looks at it for some seconds, changes a control or
two, takes the next. Meanwhile the real browser follows the links of the bar, and measures how long
after a click a page can be used. Ends with status 1 if a bound is broken or a request failed.
"""

import argparse
import http.client
import json
import os
import random
import re
import statistics
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from gunicorn_server import Server, gunicorn_server  # noqa: E402  # path set above
from steps import other_options, press  # noqa: E402  # path set above
from visit import POLL_MS, Visit  # noqa: E402  # path set above

from dashboard.pages import PAGES  # noqa: E402  # path set above
from pipeline.config import results_dir  # noqa: E402  # path set above

PEOPLE = 8
CONNECTIONS = 6  # of a browser to one host
LOOKING_S = (2.0, 6.0)  # between two clicks
MEDIAN_MS, P95_MS, USABLE_S = 100.0, 250.0, 1.5
PATIENCE_MS = 120_000  # slow is measured, not an error
ROUNDS = 3  # of the real browser through all pages
SETTING_OUT_MS = 300  # until what a click asks for is under way
OPTIONS = 2  # of each control, besides the one chosen
CHANGES = 2  # of controls, on each page that a person opens
LEAST_CALLS = 20  # of each person, else too little was measured
EXTRA = {"/tracks": ("/tracks?track=rock.00003", "/tracks?answer=wrong&track=disco.00010")}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


NOTHING_UNDER_WAY = """() => {
  const {stored, completed, ...queues} = window.store.getState().callbacks;
  return !Object.values(queues).some(queue => queue.length);
}"""  # a choice may leave a card without a figure, which Visit.settle would wait for


@dataclass(frozen=True)
class Call:
    """One recorded request of a callback."""

    page: str
    output: str
    path: str
    body: str

    @property
    def name(self) -> str:
        """Page and first output, for the table."""
        first = self.output.strip(".").split("...")[0].split("@")[0]
        plain = re.sub(r"[{}\"]", "", first)
        return f"{self.page:9} {plain[:56]}"


class Recorder:
    """Keeps the callbacks that a page asks for, click by click."""

    def __init__(self, visit: Visit, page: str) -> None:
        self.clicks: list[list[Call]] = []  # the first is that of opening the page
        self._page = page
        self._heard: list[Call] = []
        visit.page.on("request", self._hear)

    def _hear(self, request: Request) -> None:
        if "/_dash-update-component" in request.url and request.post_data:
            parts = urlsplit(request.url)
            output = json.loads(request.post_data)["output"]
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            self._heard.append(Call(self._page, output, path, request.post_data))

    def click_ends(self) -> None:
        """Keep what was asked since the last click, if anything: some ask the server nothing."""
        if self._heard or not self.clicks:
            self.clicks.append(list(self._heard))
        self._heard.clear()


def recorded(browser: Browser, server: Server) -> dict[str, list[list[Call]]]:
    """Return, by page, the callbacks of opening it, then those of each click on a control."""
    calls = {}
    for page in PAGES:
        visit = Visit(browser.new_context().new_page(), server.address)
        visit.page.set_default_timeout(PATIENCE_MS)
        recorder = Recorder(visit, page.NAME)
        visit.open(page.PATH)
        recorder.click_ends()
        for name in sorted(visit.view()["controls"]):
            for option in other_options(visit, name)[:OPTIONS]:
                if option in other_options(visit, name):  # another choice may have taken it away
                    press(visit, name, option)
                    visit.page.wait_for_timeout(SETTING_OUT_MS)
                    visit.page.wait_for_function(NOTHING_UNDER_WAY, polling=POLL_MS)
                    recorder.click_ends()
        for path in EXTRA.get(page.PATH, ()):
            visit.open(path)
            recorder.click_ends()
        calls[page.NAME] = recorder.clicks
        visit.page.context.close()
    return calls


class Person(threading.Thread):
    """Opens one page after the other, changes something on it, and looks at it for a while."""

    def __init__(self, server: Server, calls: dict[str, list[list[Call]]], seed: int) -> None:
        super().__init__(daemon=True)
        self.times: list[tuple[Call, float]] = []
        self.errors: list[str] = []
        self.ended = threading.Event()
        self._server, self._calls = server, calls
        self._random = random.Random(seed)
        self._local = threading.local()

    def run(self) -> None:
        """Click until ``ended`` is set; what goes wrong is kept, and ends this person."""
        try:
            with ThreadPoolExecutor(CONNECTIONS) as connections:
                while not self.ended.is_set():
                    opened, *changes = self._calls[self._random.choice(sorted(self._calls))]
                    some = self._random.sample(changes, min(CHANGES, len(changes)))
                    for click in (opened, *some):
                        if self.ended.wait(self._random.uniform(*LOOKING_S)):
                            break
                        self.times += connections.map(self._send, click)
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    def _send(self, call: Call) -> tuple[Call, float]:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "br, gzip"}
        started = time.perf_counter()
        try:
            status = self._status(call, headers)
        except (http.client.RemoteDisconnected, ConnectionError):
            del self._local.connection  # kept open too long for the server: browsers do the same
            status = self._status(call, headers)
        if status not in (200, 204):
            raise RuntimeError(f"{call.name} was answered with {status}")
        return call, 1000 * (time.perf_counter() - started)

    def _status(self, call: Call, headers: dict[str, str]) -> int:
        if not hasattr(self._local, "connection"):
            host = urlsplit(self._server.address).netloc
            self._local.connection = http.client.HTTPConnection(host, timeout=60)
        self._local.connection.request("POST", call.path, call.body, headers)
        answer = self._local.connection.getresponse()
        answer.read()
        return int(answer.status)


def usable(browser: Browser, server: Server) -> dict[str, list[float]]:
    """Return, by page, the seconds from the click on its link until it can be used."""
    visit = Visit(browser.new_context().new_page(), server.address)
    visit.page.set_default_timeout(PATIENCE_MS)
    visit.open("/")
    times = defaultdict(list)
    for _ in range(ROUNDS):
        for page in [*PAGES[1:], PAGES[0]]:
            started = time.perf_counter()
            visit.page.locator(f"#bar-links a[href='{page.PATH}']").click()
            visit.page.locator(f".page-{page.NAME.lower()}").wait_for()
            visit.settle()
            times[page.NAME].append(time.perf_counter() - started)
            visit.page.wait_for_timeout(500)
    visit.page.context.close()
    return times


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(calls: list[tuple[Call, float]], pages: dict[str, list[float]]) -> bool:
    """Print the tables; return whether every bound is kept."""
    by_name = defaultdict(list)
    for call, milliseconds in calls:
        by_name[call.name].append(milliseconds)
    print(f"{'callback':66} {'n':>4} {'median':>7} {'95 %':>7}  ms")
    for name, values in sorted(by_name.items(), key=lambda item: -statistics.median(item[1])):
        middle, late = statistics.median(values), percentile(values, 0.95)
        print(f"{name:66} {len(values):4} {middle:7.0f} {late:7.0f}")
    every = [milliseconds for _call, milliseconds in calls]
    middle, late = statistics.median(every), percentile(every, 0.95)
    slow = {name: statistics.median(values) for name, values in pages.items()}
    bounds = [
        ("all callbacks, median (ms)", middle, MEDIAN_MS),
        ("all callbacks, 95th percentile (ms)", late, P95_MS),
        *[(f"{name} usable after the click (s)", value, USABLE_S) for name, value in slow.items()],
    ]
    print(f"\n{'':42} {'measured':>9} {'at most':>8}")
    for name, value, bound in bounds:
        print(f"{name:42} {value:9.2f} {bound:8.1f}{'' if value <= bound else '  TOO MUCH'}")
    return all(value <= bound for _name, value, bound in bounds)


def main() -> int:
    """Record, load, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    people_count = parser.parse_args().people
    chromium = os.environ["GENRELENS_BROWSER"]
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with gunicorn_server(results_dir().resolve()) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        calls = recorded(browser, server)
        people = [Person(server, calls, seed) for seed in range(people_count)]
        for person in people:
            person.start()
        pages = usable(browser, server)
        for person in people:
            person.ended.set()
        for person in people:
            person.join()
        browser.close()
    errors = [error for person in people for error in person.errors]
    errors += [
        f"one person had {len(person.times)} answers only"
        for person in people
        if len(person.times) < LEAST_CALLS and not person.errors
    ]
    for error in errors:
        print(f"FAILED: {error}")
    kept = report([time_ for person in people for time_ in person.times], pages)
    return int(bool(errors) or not kept)


if __name__ == "__main__":
    sys.exit(main())
