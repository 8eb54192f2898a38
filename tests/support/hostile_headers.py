"""Headers that lie or ask for the impossible: WAV, AU, AIFF, MP4, Matroska, ID3, FLAC."""

import io
import struct
from collections.abc import Sequence
from functools import cache

import numpy as np
import soundfile

RATES_HZ = (0, 1, 999, 1_000, 8_000, 44_100, 192_000, 192_001, 768_001, 4_000_000_000, 2**32 - 1)
CHANNELS = (0, 1, 2, 8, 9, 16, 255, 1_024, 65_535)
BITS = (0, 1, 4, 7, 8, 12, 16, 24, 32, 64, 65_535)
CODES = (0, 1, 2, 3, 6, 7, 0x11, 0x31, 0x50, 0x55, 0x160, 0xFFFE, 0xFFFF)
SIZES = (0, 1, 3, 4_000, 2**31 - 1, 2**31, 2**32 - 1)
ARTWORK_BYTES = 8 * 2**20
SILENCE_S = {"FLAC": 2 * 3600, "OGG": 15 * 60}

Rng = np.random.Generator


def wav(rng: Rng) -> bytes:
    """Return a WAV file whose format chunk says anything."""
    code, channels = likely(rng, 1, CODES), likely(rng, 2, CHANNELS)
    rate, bits = likely(rng, 44_100, RATES_HZ), likely(rng, 16, BITS)
    align = likely(rng, channels * bits // 8 % 65_536, (0, 1, 65_535))
    fields = struct.pack("<HHIIHH", code, channels, rate, rate * align % 2**32, align, bits)
    extension = rng.bytes(int(rng.choice([0, 2, 24]))) if rng.integers(0, 2) else b""
    sound = rng.bytes(int(rng.integers(0, 400_000)))
    stated = likely(rng, len(sound), SIZES)
    body = b"WAVE" + chunk(b"fmt ", fields + extension)
    body += b"data" + struct.pack("<I", stated) + sound
    name = (b"RIFF", b"RIFF", b"RIFX", b"RF64")[int(rng.integers(0, 4))]
    return name + struct.pack("<I", likely(rng, len(body), SIZES)) + body


def likely(rng: Rng, usual: int, others: Sequence[int]) -> int:
    """Return the usual number four times of five, else another: one lie passes further than six."""
    return usual if rng.random() < 0.8 else int(rng.choice(others))


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a chunk of a WAV file."""
    return name + struct.pack("<I", len(content)) + content


def many_chunks(rng: Rng) -> bytes:
    """Return a WAV file with thousands of chunks that nobody reads, and sound after them or not."""
    fields = struct.pack("<HHIIHH", 1, 1, 22_050, 44_100, 2, 16)
    body = b"WAVE" + chunk(b"fmt ", fields) + chunk(b"junk", b"") * int(rng.integers(1, 50_000))
    body += chunk(b"data", rng.bytes(60_000)) if rng.integers(0, 2) else b""
    return b"RIFF" + struct.pack("<I", len(body)) + body


def odd_samples(rng: Rng) -> bytes:
    """Return a WAV file of float samples that are no sound: NaN, infinite, huge, tiny, constant."""
    kinds = [np.nan, np.inf, -np.inf, 3e38, 1e6, -1e6, 1e-42, 1.0, 0.0]
    y = np.full(44_100, kinds[int(rng.integers(0, len(kinds)))], np.float32)
    if rng.integers(0, 2):
        y[rng.random(len(y)) < 0.5] *= -1
    if rng.integers(0, 2):
        y[rng.random(len(y)) < 0.9] = 0.01
    stream = io.BytesIO()
    soundfile.write(stream, y, 22_050, format="WAV", subtype="FLOAT")
    return stream.getvalue()


def au(rng: Rng) -> bytes:
    """Return an AU file whose header says anything."""
    start, size = likely(rng, 24, (0, 23, 28, 2**31, 2**32 - 1)), int(rng.choice(SIZES))
    coding, channels = likely(rng, 3, range(30)), likely(rng, 2, CHANNELS)
    rate = likely(rng, 44_100, RATES_HZ)
    magic = b".snd" if rng.integers(0, 2) else b"dns."
    order = ">" if magic == b".snd" else "<"
    head = struct.pack(f"{order}5I", start, size, coding, rate, channels)
    return magic + head + rng.bytes(int(rng.integers(0, 400_000)))


def aiff(rng: Rng) -> bytes:
    """Return an AIFF file whose rate, a number of 80 bits, is anything."""
    usual = bytes.fromhex("400eac44000000000000")  # 44,100 Hz
    rate = (usual, usual, rng.bytes(10), b"\x7f\xff" + b"\xff" * 8)[int(rng.integers(0, 4))]
    channels, bits = likely(rng, 1, (0, 2, -1)), likely(rng, 16, (0, 8, 24, 32, 77))
    common = struct.pack(">hIh", channels, 99_999, bits)
    body = b"AIFF" + b"COMM" + struct.pack(">I", 18) + common + rate
    sound = rng.bytes(200_000)
    body += b"SSND" + struct.pack(">III", len(sound) + 8, int(rng.choice(SIZES)), 0) + sound
    return b"FORM" + struct.pack(">I", len(body)) + body


def boxes(rng: Rng) -> bytes:
    """Return an MP4 file of boxes within boxes, with sizes that lead nowhere."""
    content = rng.bytes(64)
    names = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"meta", b"free", b"moof")
    for _ in range(int(rng.integers(1, 3_000))):
        size = len(content) + 8
        if rng.random() < 0.001:
            size = int(rng.choice(SIZES))
        content = struct.pack(">I", size) + names[int(rng.integers(0, len(names)))] + content
    return struct.pack(">I", 16) + b"ftypM4A \x00\x00\x00\x00" + content


def matroska(rng: Rng) -> bytes:
    """Return a Matroska file of elements without an end, within each other."""
    head = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"
    ids = (b"\x18\x53\x80\x67", b"\x16\x54\xae\x6b", b"\xae", b"\x1f\x43\xb6\x75", b"\xa3", b"\xec")
    parts = [head]
    for _ in range(int(rng.integers(1, 2_000))):
        parts += [ids[int(rng.integers(0, len(ids)))], b"\x01" + b"\xff" * 7, rng.bytes(3)]
    return b"".join(parts)


def tagged(rng: Rng, sound: bytes) -> bytes:
    """Return sound behind ID3 tags: huge, endless, of a false length, or one within another."""
    way = int(rng.integers(0, 4))
    if way == 0:  # artwork
        return (
            id3(b"APIC" + struct.pack(">I", ARTWORK_BYTES) + b"\0\0" + bytes(ARTWORK_BYTES)) + sound
        )
    if way == 1:  # a chain
        return id3(b"") * int(rng.integers(1, 20_000)) + sound
    if way == 2:  # longer than the file
        return id3(b"TIT2", length=2**28 - 1) + sound
    return id3(id3(id3(b"<script>alert(1)</script>"))) + sound


def id3(content: bytes, *, length: int | None = None) -> bytes:
    """Return an ID3 tag; its length has seven bits to the byte."""
    size = len(content) if length is None else length
    return b"ID3\x03\x00\x00" + bytes(size >> shift & 127 for shift in (21, 14, 7, 0)) + content


def flac_metadata(rng: Rng, flac: bytes) -> bytes:
    """Return a FLAC file with blocks of metadata that are many, large, or say what cannot be."""
    kind = int(rng.integers(1, 127))
    size = int(rng.choice([0, 4, 200, 2**20, 2**24 - 1]))
    stated = size if rng.integers(0, 2) else int(rng.integers(0, 2**24))
    block = bytes([kind]) + stated.to_bytes(3, "big") + bytes(size)
    counts = b"\x04" + (12).to_bytes(3, "big") + bytes(4) + b"\xff\xff\xff\xff" + bytes(4)
    extra = counts if rng.integers(0, 3) == 0 else block * (1 if size > 2**20 else 30)
    return flac[:42].replace(b"\x80", b"\x00", 1) + extra + flac[42:]


@cache
def silence(kind: str) -> bytes:
    """Return silence beyond the longest clip in a small file: two hours as FLAC."""
    stream = io.BytesIO()
    with soundfile.SoundFile(stream, "w", 8_000, 1, format=kind) as file:
        for _ in range(SILENCE_S[kind] // 100):
            file.write(np.zeros(800_000, dtype=np.int16))
    return stream.getvalue()
