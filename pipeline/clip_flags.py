"""What a reader must know of a clip itself: too short, silent, noise or speech.

Whether it lies among the training data is told by ``pipeline.familiarity``.
"""

import numpy as np

from pipeline.audio import is_silent
from pipeline.features.parameters import MEL_CLIP
from pipeline.flags import DO_NOT_RELY, Flag
from pipeline.served_rows import Heard
from pipeline.sound_kind import sound_measures

CUT_OFF_S = 0.1  # of less nobody need be told; some encoders count a header among the sound


def cut_off_flags(duration_s: float, announced_s: float | None) -> list[Flag]:
    """Return whether a file ends before its header says so."""
    if announced_s is None or announced_s - duration_s < CUT_OFF_S:
        return []
    text = (
        f"The file is cut off: it says that it lasts {announced_s:.1f} s and ends after "
        f"{duration_s:.1f} s. Only these were heard."
    )
    return [Flag("cut_off", text)]


def length_flags(heard: Heard, *, seen: bool) -> list[Flag]:
    """Return whether windows were filled up; ``seen`` where models take spectrograms of 30 s."""
    flags = []
    shortest = min(heard.windows)
    if any(window.padded for window in heard.windows[shortest]):
        text = (
            f"Shorter than {shortest} s, unlike our training data (clips of 30 s): its end was "
            "mirrored to fill a window."
        )
        flags.append(Flag("short", text))
    elif seen and heard.windows[30][0].end < MEL_CLIP.shortest:
        text = "Shorter than 30 s: models of spectrograms hear it mirrored until it fills them."
        flags.append(Flag("mirrored", text))
    return flags


def sound_flags(y: np.ndarray, *, sr: int) -> list[Flag]:
    """Return whether the clip is noise or speech, see ``pipeline.sound_kind``."""
    measures = sound_measures(y, sr=sr)
    if measures is None or measures.kind is None:
        return []
    text = f"Sounds like {measures.kind}, not music: unlike our training data. {DO_NOT_RELY}"
    reason = f"the clip sounds like {measures.kind}, not music"
    return [Flag(measures.kind, text, "answer", reason)]


def silence_flags(y: np.ndarray, heard: Heard) -> tuple[list[Flag], bool]:
    """Return what there is to say of silent windows, and whether all are."""
    silent = [is_silent(y[w.start : w.end]) for w in heard.windows[min(heard.windows)]]
    if all(silent):
        text = "Silence, unlike our training data: what models answer to it means nothing."
        return [Flag("silent", text, "answer", "the clip is silent")], True
    if any(silent):
        text = f"{sum(silent)} of {len(silent)} windows are silent."
        return [Flag("partly_silent", text)], False
    return [], False
