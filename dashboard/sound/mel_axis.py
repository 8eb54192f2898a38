"""Bands of a spectrogram as frequencies, for figures and sentences about what networks hear.

The spectrograms of all data sets here have mel bands from 0 Hz to 11,025 Hz; bands that were
joined into fewer still lie evenly on the mel scale. Pictures with a margin and cepstral
coefficients have rows of another kind, which are only counted. Must not import Dash.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.features.filters import mel_frequencies_hz
from pipeline.features.parameters import MEL_IMAGE
from pipeline.features.pictures import band_ticks

N_MELS = MEL_IMAGE.n_mels  # of a spectrogram whose bands were not joined
FMAX_HZ = 11_025.0  # half the rate at which all features are computed
LEVEL_RANGE_DB = (-80, 0)  # of every spectrogram that is drawn, below its loudest place
IN_MEL_BANDS = ("mel_clip", "mel_3s", "fused")


@dataclass(frozen=True)
class BandAxis:
    """What the rows of a spectrogram are.

    Attributes
    ----------
    title : str
        Of an axis.
    edges_hz : ndarray of shape (n_bands + 1,) or None
        None where the rows are no mel bands.
    n_bands : int
    """

    title: str
    edges_hz: np.ndarray | None
    n_bands: int

    def ticks(self, apart: float = 0.0) -> tuple[list[float], list[str]]:
        """Return places (band numbers from 0) and names of ticks, from the highest ``apart``."""
        if self.edges_hz is None:
            every = max(self.n_bands // 8, 1)
            numbers = range(0, self.n_bands, every)
            return [float(number) for number in numbers], [str(number + 1) for number in numbers]
        centres_hz = (self.edges_hz[1:] + self.edges_hz[:-1]) / 2
        kept: list[tuple[float, str]] = []
        for place, name in reversed(list(zip(*band_ticks(centres_hz), strict=True))):
            if not kept or kept[-1][0] - place >= apart:
                kept.append((float(place), name))
        return [place for place, _ in reversed(kept)], [name for _, name in reversed(kept)]

    def span(self, first: int, last: int) -> str:
        """Return what bands ``first`` to ``last`` are called: "250 Hz and 1.2 kHz"."""
        if self.edges_hz is None:
            return f"rows {first + 1} and {last + 1} from below"
        return f"{rounded_hz(self.edges_hz[first])} and {rounded_hz(self.edges_hz[last + 1])}"

    def place(self, band: int) -> str:
        """Return what one band is called: "around 6.9 kHz"."""
        if self.edges_hz is None:
            return f"in row {band + 1} from below"
        return f"around {rounded_hz((self.edges_hz[band] + self.edges_hz[band + 1]) / 2)}"


def band_axis(representation: str, n_bands: int) -> BandAxis:
    """Return the axis of a representation whose rows were joined into ``n_bands``."""
    if representation not in IN_MEL_BANDS:
        return BandAxis("row, from below", None, n_bands)
    return mel_axis(n_bands)


def mel_axis(n_bands: int) -> BandAxis:
    """Return the axis of ``n_bands`` mel bands."""
    edges_hz = mel_frequencies_hz(n_bands + 1, fmax_hz=FMAX_HZ)
    return BandAxis("frequency (mel bands)", edges_hz, n_bands)


def rounded_hz(hz: float) -> str:
    """Return a frequency in two digits: "0 Hz", "260 Hz", "1.1 kHz", "11 kHz"."""
    two = float(f"{hz:.2g}")
    return f"{two / 1000:g} kHz" if two >= 1000 else f"{two:g} Hz"
