"""``GET /metrics``: the numbers of all workers of this host, for Prometheus.

Shown to private addresses that ask the server itself. A request that came through a proxy is
refused whatever its address, since behind a proxy the whole world has a private one.
"""

import ipaddress
import os
from collections.abc import Iterable

from flask import Response, request
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dashboard.operation.metrics import REGISTRY
from dashboard.operation.shared_numbers import FOLDER_VARIABLE
from dashboard.prediction.live import Live
from dashboard.state import ResultsError, State
from dashboard.web.replies import error_reply

METRICS_VARIABLE = "GENRELENS_METRICS"
CHOICES = ("", "open", "off")
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


def metrics(host: "HostNumbers") -> Response:
    """Answer with all numbers, or 404 to who must not see them."""
    if not may_be_shown():
        return error_reply(
            "not_found",
            "Metrics are shown to private addresses that ask the server itself, not through a "
            f"proxy. {METRICS_VARIABLE}=open shows them to everybody.",
            404,
        )
    registry = CollectorRegistry()
    if os.environ.get(FOLDER_VARIABLE):
        MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    registry.register(host)
    response = Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    response.headers["Cache-Control"] = "no-store"
    return response


def may_be_shown() -> bool:
    """Return whether the client of this request may see the metrics."""
    choice = metrics_choice()
    if choice:
        return choice == "open"
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_private
    except ValueError:
        return False  # a socket file has no address


def metrics_choice() -> str:
    """Return ``GENRELENS_METRICS``: "open", "off", or "" for private addresses only.

    Raises
    ------
    SystemExit
        If it is anything else.
    """
    choice = os.environ.get(METRICS_VARIABLE, "")
    if choice not in CHOICES:
        raise SystemExit(
            f"{METRICS_VARIABLE} must be 'open', 'off' or unset (private addresses only), "
            f"not {choice!r}."
        )
    return choice


class HostNumbers(Collector):
    """Numbers that are read when they are asked for: the line of clips, the results shown."""

    def __init__(self, live: Live, state: State) -> None:
        self._live = live
        self._state = state

    def collect(self) -> Iterable[Metric]:
        """Yield the numbers."""
        counts = self._live.line.counts()
        clips = GaugeMetricFamily(
            "genrelens_clips", "Clips on this host, by what becomes of them.", labels=["state"]
        )
        for name in ("arriving", "waiting", "running"):
            clips.add_metric([name], getattr(counts, name))
        yield clips
        yield GaugeMetricFamily(
            "genrelens_clip_bytes", "Bytes held for these clips.", value=counts.n_bytes
        )
        yield GaugeMetricFamily(
            "genrelens_clips_at_once", "Predictions at a time.", value=self._live.line.at_once
        )
        try:
            results = self._state.current()
        except ResultsError:
            return
        run = results.run
        facts = {"commit": str(run.get("commit") or ""), "runs": str(len(results.metadata))}
        yield InfoMetricFamily("genrelens_results", "The results that are shown.", value=facts)
