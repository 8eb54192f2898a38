"""The card of Explore on one clip: six pictures of the same sound."""

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.formats import format_count
from dashboard.figures.clip_panels import clip_panels_figure
from dashboard.sound.clips import MOST_OFFERED, clip_parameter, clip_view, examples
from dashboard.sound.recordings import heard
from dashboard.words import explore_sentences
from pipeline.audio import AudioError

COLUMNS_OF_WAVEFORM = ["Time, s", "Smallest sample", "Largest sample"]


def update_clip(dataset: str, clip: str, mode: object) -> CardContent:
    """Return the pictures of a clip; a damaged file says what is wrong with it.

    The table holds the outline of the waveform: the other pictures have fifty thousand cells.
    """
    offered = clip_parameter(dataset)
    name = clip if clip in offered.options else offered.default
    try:
        view = clip_view(name, dataset)
    except AudioError as error:
        said = f"{name} cannot be drawn: {str(error).rstrip('.')}."
        blank = theme.blank_figure(theme.as_mode(mode))
        return CardContent(said, blank, pd.DataFrame(), of_data=True)
    outline = view.pictures.waveform
    samples = (outline.times_s, outline.low, outline.high)
    columns = [values.astype(float).round(4) for values in samples]  # sixteen bits hold no more
    table = pd.DataFrame(dict(zip(COLUMNS_OF_WAVEFORM, columns, strict=True)))
    said = explore_sentences.clip_sentence(
        examples().get(name, name), view.duration_s, synthetic=name in examples()
    )
    if len(heard(dataset)) > MOST_OFFERED:
        there = f"{format_count(MOST_OFFERED)} of {format_count(len(heard(dataset)))}"
        said += f" The menu offers the first {there} tracks whose sound is here."
    figure = clip_panels_figure(view, mode=theme.as_mode(mode))
    return CardContent(said, figure, table, of_data=True)
