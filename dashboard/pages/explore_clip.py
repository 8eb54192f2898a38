"""The card of Explore on one clip: six pictures of the same sound."""

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.formats import format_count
from dashboard.figures.clip_panels import clip_panels_figure
from dashboard.rows.clip_rows import clip_table
from dashboard.sound.clips import MOST_OFFERED, clip_parameter, clip_view, examples
from dashboard.sound.recordings import heard
from dashboard.words import explore_sentences
from pipeline.audio import AudioError


def update_clip(dataset: str, clip: str, mode: object) -> CardContent:
    """Return the pictures of a clip; a damaged file says what is wrong with it."""
    offered = clip_parameter(dataset)
    name = clip if clip in offered.options else offered.default
    try:
        view = clip_view(name, dataset)
    except AudioError as error:
        said = f"{name} cannot be drawn: {str(error).rstrip('.')}."
        blank = theme.blank_figure(theme.as_mode(mode))
        return CardContent(said, blank, pd.DataFrame(), of_data=True)
    said = explore_sentences.clip_sentence(
        examples().get(name, name), view.duration_s, synthetic=name in examples()
    )
    if len(heard(dataset)) > MOST_OFFERED:
        there = f"{format_count(MOST_OFFERED)} of {format_count(len(heard(dataset)))}"
        said += f" The menu offers the first {there} tracks whose sound is here."
    figure = clip_panels_figure(view, mode=theme.as_mode(mode))
    return CardContent(said, figure, clip_table(view), of_data=True)
