"""Numbers that an operator sets as environment variables, checked. Standard library only."""

import os


def whole_number(variable: str, default: int, *, least: int) -> int:
    """Return what a variable says, or the default where it is unset.

    Raises
    ------
    ValueError
        If it is no whole number, or less than ``least``.
    """
    text = os.environ.get(variable, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise ValueError(
            f"{variable} must be a whole number from {least} on, and {text!r} came. "
            f"Correct or unset it (then {default})."
        )
    return int(text)
