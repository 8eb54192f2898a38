"""The one error that unusable sound gives, with a short name for each reason.

Standard library only.
"""

from typing import Literal

ErrorCode = Literal[
    "empty", "not_audio", "broken", "too_short", "too_long", "not_finite", "unreadable"
]


class AudioError(Exception):
    """A clip cannot be used.

    Attributes
    ----------
    code : str
        Short name of the reason, one of ``ErrorCode``.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type["AudioError"], tuple[str, str]]:
        """Return how to rebuild the error: it travels from the decoder process to the server."""
        return type(self), (self.code, str(self))


def too_short(duration_s: float, min_duration_s: float) -> AudioError:
    """Return the error of a clip that ends too early."""
    return AudioError(
        "too_short",
        f"a clip must last at least {min_duration_s:g} s; this one has {duration_s:.2f} s. "
        "Send a longer piece.",
    )
