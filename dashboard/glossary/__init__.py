"""What every number on the pages means, in two sentences each; the Help page shows all of them.

This is the only place that explains a metric. A term's id is its anchor on the page
("/help#log-loss"). ``keys`` are the names that the results know it by: a metric of the scores, or
"<analysis>.<column>"; a test holds that nothing which the results score is without an entry.
"""

from dashboard.glossary.others import COMPARISON, DATA, INSIDE
from dashboard.glossary.scores import ANSWERS, CLUSTERS, PROBABILITIES
from dashboard.glossary.term import Group, Term

HELP = "/help"
GROUPS: tuple[Group, ...] = (ANSWERS, PROBABILITIES, COMPARISON, CLUSTERS, INSIDE, DATA)
TERMS: dict[str, Term] = {name: term for group in GROUPS for name, term in group.terms.items()}
_ANCHORS = {key: name for name, term in TERMS.items() for key in term.keys}


def help_href(anchor: str) -> str:
    """Return the address of a place on the Help page."""
    return f"{HELP}#{anchor}"


def metric_href(key: str) -> str | None:
    """Return where the Help page explains what the results call ``key``; None where nowhere."""
    anchor = _ANCHORS.get(key)
    return None if anchor is None else help_href(anchor)


def protocol_anchor(protocol: str) -> str:
    """Return the anchor of a protocol on the Help page, "fault-filtered"."""
    return protocol.replace("_", "-")


def page_anchor(path: str) -> str:
    """Return the anchor of how to read a page, "read-compare"."""
    return f"read-{path.strip('/') or 'overview'}"
