"""Clips of five formats, and a thousand ways to damage them, each found again by its number."""

import io
import struct

import numpy as np
import soundfile
from media import media

KINDS = ("WAV", "MP3", "FLAC", "OGG", "M4A")
EXTREMES = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
M4A_BOXES = (b"ftyp", b"mdat", b"moov", b"mvhd", b"trak", b"tkhd", b"edts", b"elst", b"mdia",
             b"mdhd", b"hdlr", b"minf", b"dinf", b"dref", b"stbl", b"stsd", b"mp4a", b"esds",
             b"stts", b"stsc", b"stsz", b"stco", b"udta", b"meta", b"ilst")  # fmt: skip
OGG_POLYNOMIAL = 0x04C11DB7


def clip(kind: str) -> bytes:
    """Return two seconds of noise and a tone, stereo for every other format."""
    sr = 22_050
    rng = np.random.default_rng(KINDS.index(kind))
    y = 0.3 * np.sin(2 * np.pi * 440 * np.arange(2 * sr) / sr) + rng.normal(0, 0.05, 2 * sr)
    if KINDS.index(kind) % 2:
        y = np.stack([y, 0.5 * y], axis=1)
    if kind == "M4A":
        return media(y, sr, container="ipod", codec="aac")
    stream = io.BytesIO()
    soundfile.write(stream, y, sr, format=kind)
    return stream.getvalue()


def damaged(kind: str, content: bytes, seed: int) -> bytes:
    """Return a clip with bytes flipped, cut, or with lengths that lie: in turn, by ``seed``."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    change = (_flipped, _cut, _lying, _flipped_head, _shuffled)[seed % 5]
    result = change(bytearray(content), kind, rng)
    # Half of the damaged Ogg files get right checksums, or libsndfile would skip every bad page.
    return _with_checksums(result) if kind == "OGG" and seed // 5 % 2 else bytes(result)


def _flipped(content: bytearray, _kind: str, rng: np.random.Generator) -> bytearray:
    """Change single bytes anywhere: from a few to one in a hundred."""
    n = int(rng.integers(1, max(2, len(content) // 100)))
    for place in rng.integers(0, len(content), n):
        content[place] ^= int(rng.integers(1, 256))
    return content


def _flipped_head(content: bytearray, kind: str, rng: np.random.Generator) -> bytearray:
    """Change bytes where the decoder learns what it has before it."""
    start = content.find(b"moov") if kind == "M4A" else 4
    for place in rng.integers(start, min(start + 600, len(content)), int(rng.integers(1, 12))):
        content[place] = int(rng.integers(0, 256))
    return content


def _cut(content: bytearray, _kind: str, rng: np.random.Generator) -> bytearray:
    """Cut the end, the beginning after the first bytes, or a piece out of the middle."""
    start, end = sorted(int(place) for place in rng.integers(0, len(content), 2))
    way = int(rng.integers(0, 3))
    if way == 0:
        return content[:end]
    return content[: start if way == 1 else 48] + content[end:]


def _shuffled(content: bytearray, _kind: str, rng: np.random.Generator) -> bytearray:
    """Copy a piece over another place, or repeat it."""
    length = int(rng.integers(1, len(content) // 4))
    source, target = rng.integers(0, len(content) - length, 2)
    piece = content[source : source + length]
    if rng.integers(0, 2):
        return content[:target] + piece + content[target:]
    content[target : target + length] = piece
    return content


def _lying(content: bytearray, kind: str, rng: np.random.Generator) -> bytearray:
    """Write other numbers into the fields that state lengths and counts."""
    fields = _length_fields(bytes(content), kind)
    for number in rng.permutation(len(fields))[: int(rng.integers(1, 4))]:
        place, width, order = fields[number]
        value = int(rng.choice(EXTREMES)) if rng.integers(0, 3) else int(rng.integers(0, 2**32))
        value %= 256**width
        content[place : place + width] = value.to_bytes(width, order)
    return content


def _length_fields(content: bytes, kind: str) -> list[tuple[int, int, str]]:
    """Return place, width and byte order of each stated length."""
    if kind == "WAV":  # sizes of the file, of "fmt " and of the data; channels, rate, alignment
        data = content.find(b"data") + 4
        fields = [(4, 4), (16, 4), (22, 2), (24, 4), (28, 4), (32, 2), (34, 2), (data, 4)]
        return [(place, width, "little") for place, width in fields]
    if kind == "FLAC":  # block sizes, frame sizes, rate, total samples; the metadata's own length
        fields = [(5, 3), (8, 2), (10, 2), (12, 3), (15, 3), (18, 3), (21, 5)]
        return [(place, width, "big") for place, width in fields]
    if kind == "MP3":  # frames and bytes in the Xing header, and the first frames' own headers
        tag = max(content.find(b"Xing"), content.find(b"Info"), 0)
        frames = [place for place in range(4, 2000) if content[place : place + 1] == b"\xff"]
        return [(tag + 8, 4, "big"), (tag + 12, 4, "big")] + [(p + 1, 3, "big") for p in frames]
    if kind == "OGG":  # the position at the end of a page, its number, its count of segments
        pages = [place for place in range(len(content)) if content[place : place + 4] == b"OggS"]
        fields = [(6, 8), (14, 4), (18, 4), (26, 1), (27, 1)]
        return [(p + place, width, "little") for p in pages for place, width in fields]
    boxes = [content.find(name) for name in M4A_BOXES if name in content]
    # A box's size stands before its name; counts and durations follow version and flags.
    return [(p + place, 4, "big") for p in boxes for place in (-4, 8, 12, 16, 20)]


def _with_checksums(content: bytearray) -> bytes:
    """Return Ogg pages whose checksums fit what they hold now."""
    starts = [p for p in range(len(content) - 27) if content[p : p + 4] == b"OggS"]
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        content[start + 22 : start + 26] = bytes(4)
        content[start + 22 : start + 26] = struct.pack("<I", _ogg_checksum(content[start:end]))
    return bytes(content)


def _ogg_checksum(page: bytes) -> int:
    checksum = 0
    for byte in page:
        checksum = (checksum << 8) & 0xFFFFFFFF ^ _OGG_TABLE[checksum >> 24 ^ byte]
    return checksum


def _ogg_entry(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1) & 0xFFFFFFFF ^ (OGG_POLYNOMIAL if value >> 31 else 0)
    return value


_OGG_TABLE = [_ogg_entry(byte) for byte in range(256)]
