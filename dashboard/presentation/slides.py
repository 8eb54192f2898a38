"""A presentation as a PPTX file: one slide a scene. Must not import Dash."""

import io
from dataclasses import dataclass
from typing import Any

from PIL import Image
from pptx import Presentation as new_file
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Inches, Length, Pt

from dashboard import theme
from dashboard.presentation.scenes import Presentation, Scene, not_png

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)  # 16:9
MARGIN = Inches(0.6)
TITLE_ONLY = 5  # the layout of python-pptx's own template with a title and nothing else
# What Pillow, which python-pptx asks for a picture's size, says of pictures that it cannot read.
NOT_READ = (OSError, ValueError, Image.DecompressionBombError)
FONT = "Calibri"  # on every machine with PowerPoint; others replace it by one of equal widths


@dataclass(frozen=True)
class Box:
    """A rectangle on a slide."""

    left: int
    top: int
    width: int
    height: int


INNER_WIDTH = WIDTH - 2 * MARGIN
KICKER = Box(MARGIN, Inches(0.35), INNER_WIDTH, Inches(0.4))
HEADLINE = Box(MARGIN, Inches(0.75), INNER_WIDTH, Inches(1.25))
PICTURE = Box(MARGIN, Inches(2.05), INNER_WIDTH, Inches(4.6))
FOOT = Box(MARGIN, Inches(6.75), INNER_WIDTH, Inches(0.5))


def pptx_file(presentation: Presentation) -> bytes:
    """Return the file: titles that an outline shows, pictures with their text, speaker notes.

    Raises
    ------
    ScenesError
        If a picture cannot be read after all.
    """
    file = new_file()
    file.slide_width, file.slide_height = WIDTH, HEIGHT
    file.core_properties.title = presentation.title
    file.core_properties.author = "GenreLens"
    for number, scene in enumerate(presentation.scenes, start=1):
        try:
            _add_slide(file, scene, presentation.mode)
        except NOT_READ as error:
            raise not_png(f"Scene {number}") from error
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _add_slide(file: Any, scene: Scene, mode: theme.Mode) -> None:
    slide = file.slides.add_slide(file.slide_layouts[TITLE_ONLY])
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = _colour(theme.SURFACE[mode])
    title = slide.shapes.title
    _place(title, HEADLINE)
    _write(title, scene.headline or scene.title, _headline_size(scene.headline), theme.TEXT[mode])
    if scene.headline and scene.title:
        _write(_text_box(slide, KICKER), scene.title, Pt(14), theme.MUTED[mode])
    _write(_text_box(slide, FOOT), scene.foot, Pt(10), theme.MUTED[mode])
    _add_picture(slide, scene)
    notes = [text for text in (scene.notes, scene.more) if text]
    if notes:
        slide.notes_slide.notes_text_frame.text = "\n\n".join(notes)


def _add_picture(slide: Any, scene: Scene) -> None:
    """Put the picture into the middle of its box, as large as fits; its text is the sentence."""
    picture = slide.shapes.add_picture(io.BytesIO(scene.picture), 0, 0)
    scale = min(PICTURE.width / picture.width, PICTURE.height / picture.height)
    width, height = int(picture.width * scale), int(picture.height * scale)
    left = PICTURE.left + (PICTURE.width - width) // 2
    top = PICTURE.top + (PICTURE.height - height) // 2
    _place(picture, Box(left, top, width, height))
    described = " ".join(filter(None, (scene.headline, scene.more)))
    # python-pptx has no name for this attribute
    picture._element.nvPicPr.cNvPr.set("descr", described or scene.title)


def _headline_size(headline: str) -> Length:
    """Return a size at which the headline fits into three lines."""
    if len(headline) <= 110:
        return Pt(30)
    return Pt(24) if len(headline) <= 220 else Pt(18)


def _text_box(slide: Any, box: Box) -> Any:
    return slide.shapes.add_textbox(box.left, box.top, box.width, box.height)


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = box.left, box.top, box.width, box.height


def _write(shape: Any, text: str, size: Length, colour: str) -> None:
    """Write one paragraph a line, at the left, from the top."""
    frame = shape.text_frame
    frame.text = text
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = 0
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT  # the template's titles stand in the middle
        paragraph.font.size = size
        paragraph.font.name = FONT
        paragraph.font.color.rgb = _colour(colour)


def _colour(text: str) -> RGBColor:
    """Return "#rrggbb" as python-pptx wants it."""
    return RGBColor.from_string(text.removeprefix("#").upper())
