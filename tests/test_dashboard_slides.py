"""Slides: what a browser may send, and the file that is made of it, through the route."""

import io
import json
import struct
import zlib
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder
from pptx import Presentation as open_pptx
from pptx.util import Inches

from dashboard.pages import present
from dashboard.presentation import presenting
from dashboard.presentation.scenes import (
    LIMITS,
    SIGNATURE,
    ScenesError,
    plain_png,
    read_presentation,
)
from dashboard.state import State
from pipeline.config import REPOSITORY

SMALL = replace(LIMITS, max_scenes=3, max_bytes=20_000, max_picture_bytes=2_000, max_side_px=100)


def chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png(
    width: int = 8,
    height: int = 4,
    *,
    depth: int = 8,
    colour: int = 0,
    header: bytes = b"",
    extra: bytes = b"",
) -> bytes:
    """Return a grey PNG with further chunks after its header; or one that says to be otherwise."""
    header = header or struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return SIGNATURE + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


SECOND_HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 0, 0, 0, 0))


def scene(**texts: Any) -> dict[str, Any]:
    return {
        "title": "The fall", "headline": "Scores fall by 39 points.", "more": "Whole songs.",
        "foot": "results abc", "notes": "Breathe.", "picture": "picture-0", **texts,
    }  # fmt: skip


def described(*scenes: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"title": "A talk", "mode": "light", "scenes": scenes, **more}).encode()


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    holder = type("App", (), {"server": app})()
    presenting.register_routes(holder, State(REPOSITORY / "results"), limits=SMALL)
    return app.test_client()


def post(client: FlaskClient, content: bytes | None, **pictures: bytes) -> Any:
    data = {name: (io.BytesIO(file), f"{name}.png") for name, file in pictures.items()}
    if content is not None:
        data["presentation"] = (io.BytesIO(content), "presentation.json")
    return client.post("/api/present/pptx", data=data)


def pictures(*files: bytes) -> dict[str, bytes]:
    return {f"picture-{number}": file for number, file in enumerate(files)}


def test_slides_have_titles_pictures_texts_and_notes(client: FlaskClient) -> None:
    scenes = [scene(), scene(title="The end", headline="", notes="", more="", picture="picture-1")]
    answer = post(client, described(*scenes), **pictures(png(), png(40, 4)))
    assert answer.status_code == 200
    assert answer.mimetype == presenting.PPTX
    assert answer.headers["Cache-Control"] == "no-store"
    file = open_pptx(io.BytesIO(answer.get_data()))
    first, last = file.slides
    assert file.core_properties.title == "A talk"
    assert first.shapes.title.text == "Scores fall by 39 points."
    assert last.shapes.title.text == "The end"
    assert {"The fall", "results abc"} <= {
        shape.text for shape in first.shapes if shape.has_text_frame
    }
    assert first.notes_slide.notes_text_frame.text == "Breathe.\n\nWhole songs."
    assert not last.has_notes_slide


def test_picture_keeps_its_ratio_within_the_slide_and_is_described(client: FlaskClient) -> None:
    answer = post(client, described(scene()), **pictures(png(90, 30)))
    file = open_pptx(io.BytesIO(answer.get_data()))
    (picture,) = [shape for shape in file.slides[0].shapes if shape.shape_type == 13]
    assert picture.width / picture.height == pytest.approx(3, rel=0.01)
    assert picture.left >= 0
    assert picture.left + picture.width <= file.slide_width
    assert picture.top + picture.height <= Inches(6.75)  # where the foot begins
    assert picture._element.nvPicPr.cNvPr.get("descr") == "Scores fall by 39 points. Whole songs."
    assert picture.image.blob == png(90, 30)


def test_dark_presentation_has_dark_slides(client: FlaskClient) -> None:
    answer = post(client, described(scene(), mode="dark"), **pictures(png()))
    slide = open_pptx(io.BytesIO(answer.get_data())).slides[0]
    assert str(slide.background.fill.fore_color.rgb) == "14181D"


def test_texts_that_no_xml_can_hold_are_left_out(client: FlaskClient) -> None:
    odd = scene(title="a\x00b\x1f", headline="<b>&\ud800 \U0001f3b5", notes="x\x0by\nz\uffff")
    answer = post(client, described(odd), **pictures(png()))
    slide = open_pptx(io.BytesIO(answer.get_data())).slides[0]
    assert slide.shapes.title.text == "<b>& \U0001f3b5"
    assert slide.notes_slide.notes_text_frame.text.startswith("xy\nz")


@pytest.mark.parametrize(
    ("content", "files", "code", "status"),
    [
        (None, [png()], "no_presentation", 422),
        (b"{", [png()], "not_json", 422),
        (b"[" * 100_000, [], "too_large", 413),
        (b"[]", [png()], "not_json", 422),
        (described(), [png()], "no_scenes", 422),
        (described(*[scene()] * 4), [png()], "too_many_scenes", 422),
        (json.dumps({"scenes": ["x"]}).encode(), [png()], "bad_scene", 422),
        (described(scene(picture="presentation")), [png()], "no_picture", 422),
        (described(scene(picture=["picture-0"])), [png()], "no_picture", 422),
        (described(scene(title=7)), [png()], "bad_text", 422),
        (described(scene(title="x" * 301)), [png()], "bad_text", 422),
        (described(scene()), [b"GIF89a" + bytes(40)], "bad_picture", 415),
        (described(scene()), [b""], "bad_picture", 415),
        (described(scene()), [png()[:-9]], "bad_picture", 415),
        (described(scene()), [png()[:30] + b"\xff" + png()[31:]], "bad_picture", 415),
        (described(scene()), [SIGNATURE + chunk(b"IEND", b"")], "bad_picture", 415),
        (described(scene()), [png(101, 2)], "bad_picture", 415),
        (described(scene()), [png(header=bytes(8))], "bad_picture", 415),
        (described(scene()), [png(colour=9)], "bad_picture", 415),
        (described(scene()), [png(colour=2, depth=4)], "bad_picture", 415),
        (described(scene()), [png(extra=SECOND_HEADER)], "bad_picture", 415),
        (described(scene()), [png(extra=chunk(b"gAMA", b""))], "bad_picture", 415),
        (described(scene()), [png(extra=chunk(b"tEXt", bytes(2_000)))], "too_large", 413),
        (described(scene()), [png(), bytes(20_000)], "too_large", 413),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(
    client: FlaskClient, content: bytes | None, files: list[bytes], code: str, status: int
) -> None:
    answer = post(client, content, **pictures(*files))
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert len(answer.get_json()["error"]) > 20


def test_page_says_that_slides_are_made_on_the_server() -> None:
    shown = json.dumps(present._tools(), cls=PlotlyJSONEncoder)
    assert present.SENT in shown
    assert "nothing is sent" not in json.dumps(present._empty(), cls=PlotlyJSONEncoder)


def test_deeply_nested_description_is_no_crash() -> None:
    with pytest.raises(ScenesError, match="must be JSON"):
        read_presentation(b"[" * 100_000, {})


def test_picture_is_written_anew_without_texts_and_profiles() -> None:
    secret = chunk(b"tEXt", b"Comment\0secret") + chunk(b"iCCP", b"p\0\0" + zlib.compress(b"x"))
    assert plain_png(png(extra=secret), "Scene 1") == png()


def test_picture_of_many_scenes_is_kept_once() -> None:
    presentation = read_presentation(described(*[scene()] * 60), pictures(png()))
    assert len(presentation.scenes) == 60
    assert len({id(one.picture) for one in presentation.scenes}) == 1


def test_bytes_behind_the_picture_are_refused() -> None:
    with pytest.raises(ScenesError, match="whole PNG"):
        plain_png(png() + b"PK\x03\x04" + bytes(40), "Scene 1")


def test_get_says_what_to_send(client: FlaskClient) -> None:
    answer = client.get("/api/present/pptx")
    assert answer.status_code == 405
    assert answer.get_json()["code"] == "method_not_allowed"


def test_too_many_files_from_one_address_are_held_back(client: FlaskClient) -> None:
    answers = [post(client, b"{") for _ in range(presenting.FILES_PER_MINUTE + 1)]
    assert answers[-1].status_code == 429
    assert answers[-1].get_json()["code"] == "rate_limited"
    assert answers[-1].headers["Retry-After"] == "60"
