"""Which songs an answer picks: the first model's alone, or against that of the second."""

import pandas as pd

RIGHT, WRONG = "right", "wrong"
SAME, OTHER = "same", "other"
BOTH, FIRST = "right-right", "right-wrong"
SECOND, NEITHER = "wrong-right", "wrong-wrong"
OF_TWO = {
    SAME: "at one with the second",
    OTHER: "not at one with the second",
    BOTH: "right, as the second",
    FIRST: "right, the second wrong",
    SECOND: "wrong, the second right",
    NEITHER: "wrong, as the second",
}


def answered(tested: pd.DataFrame, answer: str) -> pd.Series:
    """Return which tracks were answered so.

    Parameters
    ----------
    tested : DataFrame
        Columns ``genre, answer_0, answer_1, ...``; an answer is missing where a model was not
        tested on a track, which then is not answered in any way.
    answer : str
        RIGHT or WRONG of the first model, or one of ``OF_TWO``; of the latter nothing is so where
        there is no second model.
    """
    if answer in (RIGHT, WRONG):
        return _one(tested, 0, answer)
    if "answer_1" not in tested:
        return pd.Series(False, index=tested.index)
    if answer in (SAME, OTHER):
        both = tested["answer_0"].notna() & tested["answer_1"].notna()
        return both & ((tested["answer_0"] == tested["answer_1"]) == (answer == SAME))
    first, _, second = answer.partition("-")
    return _one(tested, 0, first) & _one(tested, 1, second)


def narrowed(answer: str, kind: str) -> str:
    """Return the answer that picks of its songs those on which the first model is right, or wrong.

    Parameters
    ----------
    answer : str
        As in ``answered``; "" for any.
    kind : str
        RIGHT or WRONG.

    Returns
    -------
    str
        "" where no answer picks just these.
    """
    if answer in ("", kind) or answer.startswith(f"{kind}-"):
        return answer or kind
    return {SAME: BOTH, OTHER: FIRST}.get(answer, "") if kind == RIGHT else ""


def _one(tested: pd.DataFrame, place: int, answer: str) -> pd.Series:
    own = tested[f"answer_{place}"]
    return own.notna() & ((own == tested["genre"]) == (answer == RIGHT))


def answered_words(names: tuple[str, ...], answer: str) -> str:
    """Return the same in words: "Forest is right, Net wrong"."""
    first = names[0] if names else "no model"
    second = names[1] if len(names) > 1 else "no second model"
    if answer in (RIGHT, WRONG):
        return f"{first} is {answer}"
    if answer in (SAME, OTHER):
        return f"{first} and {second} {'agree' if answer == SAME else 'disagree'}"
    one, _, other = answer.partition("-")
    if one == other:
        return f"{first} and {second} are both {one}"
    return f"{first} is {one}, {second} {other}"
