"""Which files are read, by which library, and how a message names them.

libsndfile comes first. FFmpeg (through PyAV) reads what libsndfile does not know, and gets a
second try at files that libsndfile cannot open, such as a WAV that holds an uncommon codec.
"""

from typing import NamedTuple

import soundfile

# By name, the endings of their files: they serve to find files, and what is in a file decides.
_SNDFILE_FORMATS = {
    "WAV": ".wav .wave", "FLAC": ".flac", "OGG": ".ogg .oga", "MP3": ".mp3",
    "AIFF": ".aif .aiff .aifc", "AU": ".au .snd", "CAF": ".caf", "W64": ".w64", "RF64": ".rf64",
}  # fmt: skip
_FFMPEG_FORMATS = {
    "M4A": ".m4a .m4b", "AAC": ".aac", "WMA": ".wma .asf", "OPUS": ".opus",
    "MP4": ".mp4 .m4v .3gp", "MOV": ".mov", "MKV": ".mkv .mka", "WEBM": ".webm",
}  # fmt: skip
ACCEPTED_FORMATS: tuple[str, ...] = (
    *(name for name in _SNDFILE_FORMATS if name in soundfile.available_formats()),
    *_FFMPEG_FORMATS,
)
AUDIO_SUFFIXES: tuple[str, ...] = tuple(
    suffix
    for name, suffixes in {**_SNDFILE_FORMATS, **_FFMPEG_FORMATS}.items()
    if name in ACCEPTED_FORMATS
    for suffix in suffixes.split()
)


class FFmpegFormat(NamedTuple):
    """What FFmpeg makes of a kind of file: our name, and the demuxers to try, in this order."""

    name: str
    demuxers: tuple[str, ...]


# Every kind of ``pipeline.signatures.AUDIO_KINDS``. A demuxer that is not named here never runs.
FFMPEG_KINDS: dict[str, FFmpegFormat] = {
    "a WAV file": FFmpegFormat("WAV", ("wav",)),
    "an AIFF file": FFmpegFormat("AIFF", ("aiff",)),
    "an AU file": FFmpegFormat("AU", ("au",)),
    "a FLAC file": FFmpegFormat("FLAC", ("flac",)),
    "an Ogg file": FFmpegFormat("OGG", ("ogg",)),
    "an MP3 file": FFmpegFormat("MP3", ("mp3", "aac")),  # an ID3 tag may stand before either
    "a CAF file": FFmpegFormat("CAF", ("caf",)),
    "a W64 file": FFmpegFormat("W64", ("w64",)),
    "an M4A file": FFmpegFormat("M4A", ("mov",)),
    "an MP4 file": FFmpegFormat("MP4", ("mov",)),
    "a QuickTime (MOV) file": FFmpegFormat("MOV", ("mov",)),
    "an AAC file": FFmpegFormat("AAC", ("aac",)),
    "a WMA (ASF) file": FFmpegFormat("WMA", ("asf",)),
    "a WebM file": FFmpegFormat("WEBM", ("matroska",)),
    "a Matroska (MKV) file": FFmpegFormat("MKV", ("matroska",)),
}


def is_left_to_ffmpeg(kind: str | None) -> bool:
    """Return whether libsndfile does not know this kind of file at all."""
    return kind in FFMPEG_KINDS and FFMPEG_KINDS[kind].name in _FFMPEG_FORMATS


def accepted() -> str:
    """Return the sentence that ends a refusal."""
    return f"Accepted: {', '.join(ACCEPTED_FORMATS)}."
