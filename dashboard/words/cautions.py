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


def with_score(answer: Answer, scored: str, what: str) -> str:
    """Return a sentence that tells a score, followed by that it does not hold for this clip, if so.

    Parameters
    ----------
    scored : str
        The sentence; left out where nothing that the models say can be relied on.
    what : str
        What its score is, "how often the models are right".
    """
    spoilt = spoilt_by(answer)
    flag = spoilt or _first(answer, "scores")
    if flag is None:
        return scored
    elsewhere = f"was measured on tracks unlike this one: {flag['reason']}."
    return f"{what[0].upper()}{what[1:]} {elsewhere}" if spoilt else f"{scored} That {elsewhere}"


def _first(answer: Answer, spoils: str) -> Flag | None:
    flags = answer.get("flags") or ()
    return next((flag for flag in flags if flag.get("spoils") == spoils), None)
