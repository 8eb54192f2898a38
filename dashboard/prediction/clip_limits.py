"""Channels and sampling rate that an upload may have, asked before anything is decoded.

Runs inside the decoder process. Recordings of our own data may be wider: see ``pipeline.audio``.
"""

from pipeline.audio.recording import opened
from pipeline.config import LIMITS, UploadLimits


class TooWideError(Exception):
    """A clip has more channels, or a higher rate, than is decoded here; ``code`` says which."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def validate_width(content: bytes, limits: UploadLimits = LIMITS) -> None:
    """Return when a clip has no more channels and no higher rate than the limits.

    Raises
    ------
    TooWideError
        With the code ``too_many_channels`` or ``rate_too_high``.
    AudioError
        If it cannot be opened at all.
    """
    with opened(content) as recording:
        channels, sr = recording.channels, recording.original_sr
    if channels > limits.max_channels:
        raise TooWideError(
            "too_many_channels",
            f"A clip may have at most {limits.max_channels} channels; this one has {channels}. "
            "Export it in stereo or mono.",
        )
    if sr > limits.max_rate_hz:
        raise TooWideError(
            "rate_too_high",
            f"The sampling rate may be at most {limits.max_rate_hz} Hz; this clip has {sr}. "
            "Export it at 44100 Hz.",
        )
