"""The six pictures of a clip as one table."""

import pytest

from dashboard.rows.clip_rows import COLUMNS, MOST_BANDS, clip_table
from dashboard.sound.clips import clip_view, examples


def test_every_picture_of_a_clip_is_in_its_table() -> None:
    view = clip_view(next(iter(examples())), "gtzan")
    table = clip_table(view)
    assert list(table.columns) == COLUMNS
    counts = table["Picture"].value_counts(sort=False)
    assert list(counts.index) == [
        "Spectrogram, even in hertz (dB)", "Spectrogram, even in octaves (dB)",
        "Mel spectrogram (dB)", "MFCC", "Chroma", "Waveform",
    ]  # fmt: skip
    assert list(counts)[:-1] == [MOST_BANDS, MOST_BANDS, MOST_BANDS, 19, 12]
    exact = table[table["Mean"].notna()]
    assert (exact["Smallest"] <= exact["Mean"]).all() and (exact["Mean"] <= exact["Largest"]).all()
    mel = table[table["Picture"].str.startswith("Mel")]
    assert mel["Largest"].max() == pytest.approx(view.pictures.mel.values.max())
    assert mel["Where"].iloc[0] == "26 Hz to 206 Hz"
    assert table[table["Picture"] == "Chroma"]["Where"].iloc[0] == "C"
