"""What an answer's flags take from its sentences, in words.

``answer`` is the JSON of ``POST /api/predict``, or another answer about a clip with its ``flags``.
Flags are described in ``pipeline.flags``; an answer of a server before an upgrade lacks ``spoils``.
"""

from typing import Any

Answer = dict[str, Any]
Flag = dict[str, Any]


def spoilt_by(answer: Answer) -> Flag | None:
    """Return the flag for which nothing that the models say can be relied on, if there is one."""
    return _first(answer, "answer")


def cautioned(answer: Answer, sentence: str) -> str:
    """Return a sentence about what the models say, after why not to rely on it, if so."""
    flag = spoilt_by(answer)
    return sentence if flag is None else f"Do not rely on this: {flag['reason']}. {sentence}"


def measured_elsewhere(answer: Answer) -> str:
    """Return the end of a sentence on a score that does not hold for this clip; "" where it does.

    "was measured on tracks unlike this one: the clip is in their training data."
    """
    flag = spoilt_by(answer) or _first(answer, "scores")
    return "" if flag is None else f"was measured on tracks unlike this one: {flag['reason']}."


def _first(answer: Answer, spoils: str) -> Flag | None:
    flags = answer.get("flags") or ()
    return next((flag for flag in flags if flag.get("spoils") == spoils), None)
