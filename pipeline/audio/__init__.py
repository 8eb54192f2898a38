"""Sound in: files -> mono samples at the analysis rate, and the windows to cut them into.

Files are read and resampled block by block, so that a long clip never needs more memory than its
result and one block (``stream_windows`` and ``inspect``: than one window); the header's length is
not trusted. Whatever cannot be used is an ``AudioError`` with a short code. Runs inside a small
decoder process: only numpy, soundfile (libsndfile) and soxr may be imported here, and PyAV
(FFmpeg) only when a file needs it.

    errors.py     AudioError
    formats.py    what is accepted, and which library reads it
    recording.py  opening, blocks, checks, resampling
    sndfile.py    libsndfile
    ffmpeg.py     FFmpeg, which opens files through container.py
    mono.py       the mean of the channels
    clip.py       decode, inspect, is_silent
    segments.py   windows, stream_windows
"""

from pipeline.audio.clip import SILENCE, Clip, Inspection, decode, inspect, is_silent
from pipeline.audio.errors import AudioError, ErrorCode
from pipeline.audio.formats import ACCEPTED_FORMATS, AUDIO_SUFFIXES
from pipeline.audio.recording import BLOCK_SAMPLES, MAX_AMPLITUDE, validate_samples
from pipeline.audio.segments import Window, stream_windows, window_samples, windows

__all__ = [
    "ACCEPTED_FORMATS",
    "AUDIO_SUFFIXES",
    "BLOCK_SAMPLES",
    "MAX_AMPLITUDE",
    "SILENCE",
    "AudioError",
    "Clip",
    "ErrorCode",
    "Inspection",
    "Window",
    "decode",
    "inspect",
    "is_silent",
    "stream_windows",
    "validate_samples",
    "window_samples",
    "windows",
]
