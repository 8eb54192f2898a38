"""What a file is by its first bytes, so that a refusal can say what came.

Standard library only.
"""

import re

AUDIO_KINDS = frozenset(
    {"a WAV file", "an AIFF file", "an AU file", "a FLAC file", "an Ogg file", "an MP3 file",
     "a CAF file", "a W64 file", "an M4A file", "an MP4 file", "a QuickTime (MOV) file",
     "an AAC file", "a WMA (ASF) file", "a WebM file", "a Matroska (MKV) file"}
)  # fmt: skip

# Pattern of the first bytes -> what to call the file. The first match wins.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"(RIFF|RIFX|RF64)....WAVE", "a WAV file"),
    (rb"FORM....AIF[FC]", "an AIFF file"),
    (rb"\.snd|dns\.", "an AU file"),
    (rb"fLaC", "a FLAC file"),
    (rb"OggS", "an Ogg file"),
    (rb"caff", "a CAF file"),
    (rb"riff\x2e\x91\xcf\x11", "a W64 file"),
    (rb"....ftyp(hei|hev|mif|msf|avi|crx)", "an image"),
    (rb"....ftypM4[AB]", "an M4A file"),
    (rb"....(ftypqt|moov|mdat|wide|pnot)", "a QuickTime (MOV) file"),
    (rb"....ftyp", "an MP4 file"),
    (rb"\xff[\xf0\xf1\xf8\xf9]", "an AAC file"),
    (rb"ID3|\xff[\xe2-\xef\xf2-\xf7\xfa-\xff]", "an MP3 file"),
    (rb"\x30\x26\xb2\x75", "a WMA (ASF) file"),
    (rb"\x1a\x45\xdf\xa3.{,60}webm", "a WebM file"),
    (rb"\x1a\x45\xdf\xa3", "a Matroska (MKV) file"),
    (rb"MThd", "a MIDI file: notes, not sound"),
    (rb"%PDF", "a PDF document"),
    (rb"PK\x03\x04|PK\x05\x06", "a ZIP archive (or an office document): unpack it first"),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ", "a packed archive: unpack it first"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|BM....\x00\x00\x00\x00", "an image"),
    (rb"II\*\x00|MM\x00\*|RIFF....WEBP", "an image"),
    (rb"RIFF....AVI ", "an AVI video"),
    (rb"version https://git-lfs", "a Git LFS pointer: run `git lfs pull` for the file itself"),
    (rb"(?i)\s*(<!doctype html|<html|<head|<body)", "an HTML page"),
    (rb"(?i)\s*(<\?xml|<svg)", "an XML document"),
    (rb"\x7fELF|MZ\x90", "a program"),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.DOTALL), kind) for pattern, kind in _SIGNATURES)


def file_kind(head: bytes) -> str | None:
    """Return what a file is by its first bytes, with its article; None if they say nothing.

    Parameters
    ----------
    head : bytes
        The beginning of the file; some hundred bytes are enough.
    """
    content = head.removeprefix(b"\xef\xbb\xbf")  # byte order mark before text
    for pattern, kind in _COMPILED:
        if pattern.match(content):
            return kind
    return "a text file" if content and _is_text(content) else None


def _is_text(content: bytes) -> bool:
    """Tell whether all bytes are printable ASCII or white space."""
    return not content.translate(None, bytes(range(32, 127)) + b"\t\n\r\f")
