"""Ten thousand damaged or hostile uploads, each found again by its number.

``hostile(seed)`` gives the family that a file belongs to, and its bytes.
"""

import io
from collections.abc import Callable
from functools import cache

import hostile_headers as headers
import numpy as np
import soundfile
from damage import KINDS as DAMAGED_KINDS
from damage import clip as sound_clip
from damage import damaged

Rng = np.random.Generator
KINDS = (*DAMAGED_KINDS, "AU")
MAGICS = (
    b"RIFF\0\0\0\0WAVE", b".snd", b"fLaC", b"OggS", b"caff", b"riff\x2e\x91\xcf\x11", b"ID3\x04",
    b"\0\0\0\x20ftypM4A ", b"\0\0\0\x20ftypisom", b"\0\0\0\x14ftypqt  ", b"\xff\xf1", b"\xff\xfb",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"\x1a\x45\xdf\xa3", b"FORM\0\0\0\0AIFF",
    b"RIFX\0\0\0\0WAVE",
)  # fmt: skip
OTHERS = (
    b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"%PDF-1.7\n", b"PK\x03\x04", b"MZ\x90\0",
    b"<!DOCTYPE html><script>alert(1)</script>", b"\x1f\x8b\x08", b"#!/bin/sh\n", b"\x7fELF",
)  # fmt: skip
PLAYLISTS = (
    "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
    "ffconcat version 1.0\nfile '{target}'\n",
    '<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet mimeType="audio/mp4">'
    '<Representation id="0"><BaseURL>{target}</BaseURL></Representation></AdaptationSet>'
    "</Period></MPD>",
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 {target}\nm=audio 5004 RTP/AVP 0\n",
    "[playlist]\nFile1={target}\nNumberOfEntries=1\n",
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{target}"/></svg>',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "{target}">]><a>&x;</a>',
)  # fmt: skip
TARGETS = ("file:///etc/passwd", "/etc/passwd", "http://127.0.0.1:1/a.ts", "concat:/a|/b",
           "subfile,,start,0,end,9,,:/etc/passwd", "pipe:0", "tcp://127.0.0.1:1")  # fmt: skip


@cache
def clip(kind: str) -> bytes:
    """Return two seconds of sound in a format."""
    if kind != "AU":
        return sound_clip(kind)
    y, sr = soundfile.read(io.BytesIO(sound_clip("WAV")))
    stream = io.BytesIO()
    soundfile.write(stream, y, sr, format="AU")
    return stream.getvalue()


def any_clip(rng: Rng) -> bytes:
    """Return a sound clip of any kind."""
    return clip(KINDS[int(rng.integers(0, len(KINDS)))])


def mutated(rng: Rng) -> bytes:
    """Return a clip with bytes flipped, cut, repeated, or lengths that lie."""
    kind = KINDS[int(rng.integers(0, len(KINDS)))]
    content = clip(kind)
    number = int(rng.integers(0, 2**31))
    # The fields of AU that state anything are in its head, which "_flipped_head" changes.
    return damaged(kind, content, number) if kind != "AU" else _damaged_au(content, rng)


def _damaged_au(content: bytes, rng: Rng) -> bytes:
    changed = bytearray(content)
    for place in rng.integers(4, 28 if rng.integers(0, 2) else len(content), rng.integers(1, 9)):
        changed[place] = int(rng.integers(0, 256))
    return bytes(
        changed[: int(rng.integers(0, len(changed)))] if rng.integers(0, 3) == 0 else changed
    )


def beginning(rng: Rng) -> bytes:
    """Return only the beginning of a clip."""
    return any_clip(rng)[: int(rng.integers(0, 400))]


def noise_behind_magic(rng: Rng) -> bytes:
    """Return noise that begins like a format."""
    return MAGICS[int(rng.integers(0, len(MAGICS)))] + rng.bytes(int(rng.integers(0, 40_000)))


def polyglot(rng: Rng) -> bytes:
    """Return a file that is two things at once, or one that claims to be another."""
    other = OTHERS[int(rng.integers(0, len(OTHERS)))]
    first, second = any_clip(rng), any_clip(rng)
    half = len(first) // 2
    ways = (other + first, first + other * 50, first + second, first[:48] + second,
            second[:12] + first[12:], first[:half] + other + first[half:])  # fmt: skip
    return ways[int(rng.integers(0, len(ways)))]


def playlist(rng: Rng) -> bytes:
    """Return a list that names another file or address, as it is or behind a tag or a magic."""
    text = PLAYLISTS[int(rng.integers(0, len(PLAYLISTS)))]
    content = text.format(target=TARGETS[int(rng.integers(0, len(TARGETS)))]).encode()
    ways = (content, headers.id3(b"") + content, noise_behind_magic(rng)[:12] + content,
            headers.chunk(b"RIFF", b"WAVE" + headers.chunk(b"data", content)))  # fmt: skip
    return ways[int(rng.integers(0, len(ways)))]


def nested(rng: Rng) -> bytes:
    """Return a WAV file whose samples are said to be coded, and are another file."""
    code = int(rng.choice([1, 0x50, 0x55, 0xFF, 0x160, 0x2000, 0xF1AC, 0x674F, 0xFFFE]))
    fields = int(code).to_bytes(2, "little") + bytes.fromhex("0200 44ac0000 10b10200 0400 1000")
    sound = any_clip(rng)
    for _ in range(int(rng.integers(1, 4))):
        body = b"WAVE" + headers.chunk(b"fmt ", fields) + headers.chunk(b"data", sound)
        sound = headers.chunk(b"RIFF", body)
    return sound


def bomb(rng: Rng) -> bytes:
    """Return hours of silence, or a piece of them, or zeros without a head."""
    kind = ("FLAC", "OGG", "")[int(rng.integers(0, 3))]
    if not kind:
        return bytes(int(rng.integers(0, 4 * 2**20)))
    content = headers.silence(kind)
    return content if rng.integers(0, 2) else content[: int(rng.integers(0, len(content)))]


def tiny(rng: Rng) -> bytes:
    """Return some bytes."""
    return rng.bytes(int(rng.integers(0, 40)))


# Family, what makes it, and how many of thirty files are of it.
FAMILIES: tuple[tuple[str, Callable[[Rng], bytes], int], ...] = (
    ("mutated", mutated, 11), ("cut", beginning, 1), ("WAV header", headers.wav, 2),
    ("WAV chunks", headers.many_chunks, 1), ("samples", headers.odd_samples, 1),
    ("AU header", headers.au, 1), ("AIFF header", headers.aiff, 1), ("boxes", headers.boxes, 1),
    ("elements", headers.matroska, 1), ("noise", noise_behind_magic, 2), ("polyglot", polyglot, 2),
    ("playlist", playlist, 1), ("nested", nested, 1), ("bomb", bomb, 1), ("tiny", tiny, 1),
    ("tags", lambda rng: headers.tagged(rng, any_clip(rng)), 1),
    ("FLAC metadata", lambda rng: headers.flac_metadata(rng, clip("FLAC")), 1),
)  # fmt: skip
_IN_TURN = [(name, make) for name, make, share in FAMILIES for _ in range(share)]


def hostile(seed: int) -> tuple[str, bytes]:
    """Return the family and the bytes of a file."""
    name, make = _IN_TURN[seed % len(_IN_TURN)]
    return name, make(np.random.default_rng([7, seed]))
