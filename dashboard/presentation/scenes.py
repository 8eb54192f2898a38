"""What a browser sends to get slides: checked field by field, pictures written anew.

Nothing that comes from there is trusted; ``read_presentation`` raises what people can act on.
"""

import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.theme import Mode, as_mode

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Of a PNG, what its pixels need: texts, profiles and animations are left out.
KEPT_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT"}
)
# Depths that a PNG may have for each colour type: grey, RGB, palette, grey and RGB with alpha.
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not in any XML


@dataclass(frozen=True)
class ScenesLimits:
    """What one request may hold."""

    max_scenes: int = 60
    max_title: int = 300  # characters
    max_text: int = 10_000  # characters
    max_picture_bytes: int = 6 * 2**20
    max_bytes: int = 48 * 2**20  # of the whole request
    max_side_px: int = 6_000


LIMITS = ScenesLimits()


class ScenesError(Exception):
    """Why there are no slides: a short ``code``, an HTTP ``status``, a message for people."""

    def __init__(self, code: str, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Scene:
    """One scene of a presentation.

    Attributes
    ----------
    title, headline, more, foot : str
        Small words above, the large sentence, further sentences, where the numbers come from.
    notes : str
        For the speaker.
    picture : bytes
        PNG.
    """

    title: str
    headline: str
    more: str
    foot: str
    notes: str
    picture: bytes


@dataclass(frozen=True)
class Presentation:
    """What becomes a file: scenes in their order, drawn for a light or a dark wall."""

    title: str
    mode: Mode
    scenes: tuple[Scene, ...]


def read_presentation(
    content: bytes, pictures: Mapping[str, bytes], limits: ScenesLimits = LIMITS
) -> Presentation:
    """Return the presentation that a request describes.

    Parameters
    ----------
    content : bytes
        JSON: ``title``, ``mode`` and ``scenes``, each with the texts of a ``Scene`` and, as
        ``picture``, the name of one of the pictures.
    pictures : mapping of str to bytes
    limits : ScenesLimits

    Raises
    ------
    ScenesError
        If anything is not as described, or beyond the limits.
    """
    described = _json_object(content)
    scenes = described.get("scenes")
    if not isinstance(scenes, list) or not scenes:
        raise ScenesError("no_scenes", "“scenes” must be a list with at least one scene.")
    if len(scenes) > limits.max_scenes:
        raise ScenesError(
            "too_many_scenes",
            f"A presentation may have at most {limits.max_scenes} scenes; {len(scenes)} came. "
            "Hide or remove some.",
        )
    plain = _plain_pictures(scenes, pictures, limits)
    return Presentation(
        title=_text(described, "title", "The presentation", limits.max_title),
        mode=as_mode(described.get("mode")),
        scenes=tuple(
            _scene(scene, f"Scene {number}", plain, limits)
            for number, scene in enumerate(scenes, start=1)
        ),
    )


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        described = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ScenesError("not_json", f"“presentation” must be JSON ({error}).") from error
    if not isinstance(described, dict):
        raise ScenesError("not_json", "“presentation” must be an object with title and scenes.")
    return described


def _plain_pictures(
    scenes: Sequence[object], pictures: Mapping[str, bytes], limits: ScenesLimits
) -> dict[str, bytes]:
    """Return the pictures that scenes name, each written anew once, however many name it."""
    plain: dict[str, bytes] = {}
    for number, scene in enumerate(scenes, start=1):
        name = scene.get("picture") if isinstance(scene, dict) else None
        if isinstance(name, str) and name in pictures and name not in plain:
            plain[name] = plain_png(pictures[name], f"Scene {number}", limits)
    return plain


def _scene(
    described: object, whose: str, pictures: Mapping[str, bytes], limits: ScenesLimits
) -> Scene:
    if not isinstance(described, dict):
        raise ScenesError("bad_scene", f"{whose} must be an object with texts and a picture.")
    name = described.get("picture")
    if not isinstance(name, str) or name not in pictures:
        raise ScenesError("no_picture", f"{whose} names no picture that came with the request.")
    return Scene(
        title=_text(described, "title", whose, limits.max_title),
        headline=_text(described, "headline", whose, limits.max_text),
        more=_text(described, "more", whose, limits.max_text),
        foot=_text(described, "foot", whose, limits.max_text),
        notes=_text(described, "notes", whose, limits.max_text),
        picture=pictures[name],
    )


def _text(described: Mapping[str, Any], name: str, whose: str, longest: int) -> str:
    """Return one text without what no document can hold; absent is empty."""
    value = described.get(name, "")
    if not isinstance(value, str):
        raise ScenesError("bad_text", f"{whose}: “{name}” must be text.")
    if len(value) > longest:
        raise ScenesError(
            "bad_text",
            f"{whose}: “{name}” has {len(value)} characters, at most {longest} fit. Shorten it.",
        )
    return NOT_TEXT.sub("", value)


def plain_png(content: bytes, whose: str, limits: ScenesLimits = LIMITS) -> bytes:
    """Return a PNG made of nothing but its pixels.

    Raises
    ------
    ScenesError
        If it is no whole PNG, or too large.
    """
    if len(content) > limits.max_picture_bytes:
        raise ScenesError(
            "too_large",
            f"{whose}: a picture may have at most {limits.max_picture_bytes // 2**20} MB.",
            413,
        )
    chunks = list(_chunks(content, whose))
    names = [name for name, _ in chunks]
    once = names.count(b"IHDR") == names.count(b"IEND") == 1  # sides are read of the first only
    if names[:1] != [b"IHDR"] or names[-1:] != [b"IEND"] or b"IDAT" not in names or not once:
        raise not_png(whose)
    sides = _sides(chunks[0][1], whose)
    if not all(0 < side <= limits.max_side_px for side in sides):
        raise ScenesError(
            "bad_picture",
            f"{whose}: a picture may have at most {limits.max_side_px} pixels a side, "
            f"not {sides[0]} by {sides[1]}.",
            415,
        )
    return SIGNATURE + b"".join(chunk for name, chunk in chunks if name in KEPT_CHUNKS)


def _sides(header: bytes, whose: str) -> tuple[int, int]:
    """Return width and height of a header whose every field has a value that PNG knows."""
    fields = header[8:-4]
    if len(fields) != 13:
        raise not_png(whose)
    width, height, depth, colour, *methods, interlace = struct.unpack(">IIBBBBB", fields)
    if depth not in DEPTHS.get(colour, ()) or any(methods) or interlace > 1:
        raise not_png(whose)
    return width, height


def _chunks(content: bytes, whose: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and bytes of each chunk; length and checksum must be right up to the last."""
    if not content.startswith(SIGNATURE):
        raise not_png(whose)
    place = len(SIGNATURE)
    while place < len(content):
        end = place + 12 + int.from_bytes(content[place : place + 4], "big")
        chunk = content[place:end]
        if len(chunk) != end - place or chunk[-4:] != zlib.crc32(chunk[4:-4]).to_bytes(4, "big"):
            raise not_png(whose)
        yield chunk[4:8], chunk
        place = end


def not_png(whose: str) -> ScenesError:
    """Return the refusal of a picture that is damaged or no PNG."""
    return ScenesError("bad_picture", f"{whose}: the picture must be a whole PNG file.", 415)
