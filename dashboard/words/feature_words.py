"""What a feature's value means to a musician, where there is a word for it."""

import math
import re

# more of it, less of it
WORDS: dict[str, tuple[str, str]] = {
    "spectral_centroid_mean": ("brighter", "darker"),
    "spectral_centroid_var": ("more changing in brightness", "steadier in brightness"),
    "rolloff_mean": ("fuller in treble", "poorer in treble"),
    "rolloff_var": ("more changing in treble", "steadier in treble"),
    "spectral_bandwidth_mean": ("wider in its frequencies", "narrower in its frequencies"),
    "zero_crossing_rate_mean": ("noisier", "smoother"),
    "zero_crossing_rate_var": ("more changing in noise", "steadier in noise"),
    "rms_mean": ("louder", "quieter"),
    "rms_var": ("more changing in loudness", "steadier in loudness"),
    "tempo": ("faster", "slower"),
    "harmony_var": ("stronger in sustained tones", "weaker in sustained tones"),
    "perceptr_var": ("stronger in beats", "weaker in beats"),
    "chroma_stft_mean": ("less tonal", "more tonal"),
    "acousticness": ("more acoustic", "less acoustic"),
    "danceability": ("more danceable", "less danceable"),
    "energy": ("more energetic", "calmer"),
    "instrumentalness": ("more instrumental", "more vocal"),
    "liveness": ("more like a live recording", "less like a live recording"),
    "speechiness": ("more like speech", "less like speech"),
    "valence": ("more cheerful", "gloomier"),
}


ROUNDING = 1e-6  # 1 - 0.2 is 0.8, not just below
UNITS = {
    "spectral_centroid_mean": "Hz", "spectral_centroid_var": "Hz²", "rolloff_mean": "Hz",
    "rolloff_var": "Hz²", "spectral_bandwidth_mean": "Hz", "spectral_bandwidth_var": "Hz²",
    "tempo": "beats a minute",
}  # fmt: skip
USUAL = (0.1, 0.9)  # places among a genre between which nothing is unusual

PARTS = {"perceptr": "percussive part", "harmony": "harmonic part"}  # columns of the feature table
STATISTICS = {"mean": "mean", "var": "variance"}


def plain_name(feature: str) -> str:
    """Return a feature's name for a sentence: "MFCC 2", "the variance of MFCC 2", "tempo"."""
    named = re.fullmatch(r"mfcc(\d+)_(mean|var)", feature)
    if named is None:
        column, _, statistic = feature.partition("_")
        if column in PARTS:
            return f"the {STATISTICS[statistic]} of the {PARTS[column]}"
        return feature.replace("_", " ")
    of = f"MFCC {named[1]}"
    return of if named[2] == "mean" else f"the variance of {of}"


def compared(feature: str, percentile: float, others: str, *, about: bool = False) -> str:
    """Return "brighter than 95 % of blues", or the feature's name where there is no word for it.

    Parameters
    ----------
    percentile : float
        0..1: the share of the others with a smaller value.
    others : str
        Who they are.
    about : bool
        Whether the share was read between stored percentiles: it is then told as "about", to the
        nearest percent. Else it is rounded down, so that what is said is true.
    """
    is_more = percentile >= 0.5
    percent = 100 * (percentile if is_more else 1 - percentile)
    named = WORDS.get(feature)
    size = "higher" if is_more else "lower"
    word = named[0 if is_more else 1] if named else f"{size} in {plain_name(feature)}"
    whole = round(percent) if about else math.floor(percent + ROUNDING)
    # percentiles count a song among its genre, so that none is beyond all
    return f"{word} than {'about ' * about}{min(99, whole)} % of {others}"
