"""One tab of a real browser that keeps account of everything that goes wrong in it.

Used by tests/browser. A page is settled when Dash has no callback under way and every figure in
sight is drawn; ``Visit.view`` is what a visitor sees of it, in a form that can be compared.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

PATIENCE_MS = 30_000
POLL_MS = 50
# Said by Chromium about drawing WebGL (the map in three dimensions) without a graphics card.
SOFTWARE_DRAWING = ("GPU stall due to ReadPixels", "willReadFrequently")

SETTLED = """() => {
  if (!window.store || !document.querySelector("#main > div:last-child *")) return false;
  const state = window.store.getState();
  const {stored, completed, ...queues} = state.callbacks;
  if (state.isLoading || Object.values(queues).some(queue => queue.length)) return false;
  return [...document.querySelectorAll(".card-picture")].every(picture => {
    if (picture.offsetParent === null) return true;
    const plot = picture.querySelector(".js-plotly-plot");
    return plot && plot.querySelector(".main-svg") && (plot.data || []).length > 0;
  });
}"""

VIEW = """() => {
  const shown = element => element.offsetParent !== null;
  const texts = selector => [...document.querySelectorAll(selector)]
    .filter(shown).map(element => element.textContent.trim());
  const plain = (key, value) => ArrayBuffer.isView(value) ? Array.from(value)
    : key === "uid" ? undefined : value;
  const digest = text => [...text].reduce((sum, c) => (31 * sum + c.charCodeAt(0)) | 0, 7);
  const controls = {};
  [...document.querySelectorAll('[id^="{"][id*=\\'"type":"control"\\']')]
    .filter(element => shown(element) || element.closest("details"))  // folded is there, too
    .forEach(element => {
    const chosen = element.matches("select, input[type=range]") ? [element]
      : [...element.querySelectorAll("input:checked")];
    controls[JSON.parse(element.id).name] = chosen.map(one => one.value).join(",");
  });
  const figures = {};
  [...document.querySelectorAll(".js-plotly-plot")].filter(shown).forEach(plot => {
    figures[plot.closest(".dash-graph").id] = {
      traces: plot.data.map(trace => [trace.type, trace.name || ""].join(" ")),
      digest: digest(JSON.stringify([plot.data, plot.layout.annotations], plain)),
    };
  });
  return {
    title: document.title, search: location.search, controls, figures,
    tables: texts(".show-table table").map(text => [text.length, digest(text)]),
    sentences: texts("main h1, main p, main .chip, main .card-extra li"),
    grid: [...document.querySelectorAll(".ag-center-cols-container .ag-row")]
      .sort((a, b) => a.getAttribute("row-index") - b.getAttribute("row-index"))
      .map(row => row.textContent),
  };
}"""


@dataclass
class Visit:
    """A tab on a server.

    Attributes
    ----------
    page : Page
        Of its own context: nothing is remembered from another visit.
    address : str
        The server's, without a path.
    problems : list of str
        Console messages of level warning and error, exceptions, failed requests, answers of
        status 400 and more, requests to other hosts. Tests assert that it is empty, or take out
        what they provoked.
    requests : list of str
        Method and address of every request.
    under_way : set of Request
        Those that have neither been answered in full nor failed.
    """

    page: Page
    address: str
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Listen before anything is loaded."""
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfinished", lambda request: self.under_way.discard(request))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)

    def open(self, path: str) -> "Visit":
        """Load a page, wait until it is drawn, and return this visit."""
        self.page.goto(self.address + path)
        return self.settle()

    def settle(self) -> "Visit":
        """Wait until no callback is under way and every figure in sight is drawn."""
        self.page.wait_for_function(SETTLED, polling=POLL_MS)
        return self

    def wait_until_quiet(self) -> None:
        """Wait until no request is under way, those of frames that were removed included."""
        for _ in range(PATIENCE_MS // POLL_MS):
            if not self.under_way:
                return
            self.page.wait_for_timeout(POLL_MS)
        raise TimeoutError(f"still under way: {[request.url for request in self.under_way]}")

    def view(self) -> dict[str, Any]:
        """Return title, query, choices, sentences, figures and tables as they are shown."""
        view: dict[str, Any] = self.page.evaluate(VIEW)
        return view

    def wait_for_change(self, before: dict[str, Any]) -> dict[str, Any]:
        """Return the settled view once it differs from ``before`` in more than its query."""
        self._wait_for_view(before, equal=False)
        self.settle()
        return self.view()

    def wait_for_view(self, wanted: dict[str, Any]) -> None:
        """Wait until exactly this is shown; the assertion names what differs."""
        try:
            self._wait_for_view(wanted, equal=True)
        except TimeoutError:
            shown = self.view()
            differs = {k: (wanted[k], shown[k]) for k in wanted if wanted[k] != shown[k]}
            assert not differs, f"shown otherwise than before: {json.dumps(differs)[:2000]}"

    def query(self) -> dict[str, str]:
        """Return the parameters in the address."""
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def scrolls_sideways(self) -> bool:
        """Return whether anything is wider than the window."""
        width: int = self.page.evaluate(
            "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width > 0

    def colour_mode(self) -> Literal["light", "dark"]:
        """Return the mode that the page says it is in."""
        mode: Literal["light", "dark"] = self.page.evaluate(
            "document.documentElement.dataset.bsTheme"
        )
        return mode

    def take_problem(self, pattern: str) -> None:
        """Remove the problems that a test provoked; there must be one."""
        expected = [problem for problem in self.problems if re.search(pattern, problem)]
        assert expected, f"nothing like {pattern!r} among {self.problems}"
        self.problems = [problem for problem in self.problems if problem not in expected]

    def _wait_for_view(self, view: dict[str, Any], *, equal: bool) -> None:
        """Poll in the browser until the view is, or is no longer, the one given."""
        self.page.wait_for_function(
            f"""([wanted, equal]) => {{
              const settled = ({SETTLED})(), now = ({VIEW})();
              if (!equal) delete now.search;
              return settled && (JSON.stringify(now) === wanted) === equal;
            }}""",
            arg=[_canonical(view, with_search=equal), equal],
            polling=POLL_MS,
        )

    def _console(self, message: ConsoleMessage) -> None:
        ignored = any(text in message.text for text in SOFTWARE_DRAWING)
        if message.type in ("warning", "error") and not ignored:
            self.problems.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")
        self.under_way.add(request)
        own = request.url.startswith((f"{self.address}/", f"blob:{self.address}/", "data:"))
        if not own:
            self.problems.append(f"request to another host: {request.url}")

    def _failed(self, request: Request) -> None:
        self.under_way.discard(request)
        # A player stops reading when it has enough for now; that is how media are loaded.
        is_media = request.url.startswith(("blob:", f"{self.address}/api/audio/"))
        if not (is_media and "ERR_ABORTED" in str(request.failure)):
            self.problems.append(f"request failed: {request.url} ({request.failure})")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"status {response.status}: {response.url}")


def _canonical(view: dict[str, Any], *, with_search: bool) -> str:
    """Return a view as JSON.stringify writes it."""
    kept = {name: value for name, value in view.items() if with_search or name != "search"}
    return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
