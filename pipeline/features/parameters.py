"""What each feature is computed with: frozen values that are part of its cache key.

Lengths in samples at ``sr`` Hz unless named otherwise. Standard library only.
"""

from dataclasses import dataclass
from typing import Protocol

from pipeline.config import ANALYSIS, AnalysisParameters


class Parameters(Protocol):
    """What every feature's parameters have: the rate of the signal that it takes."""

    @property
    def sr(self) -> int:
        """Rate in Hz."""


@dataclass(frozen=True)
class MelParameters(AnalysisParameters):
    """Log-mel spectrogram and what comes out of it."""

    n_mels: int = 128
    top_db: float = 80.0


@dataclass(frozen=True)
class PieceParameters(MelParameters):
    """MFCC in pieces of equal length; 41 frames are 0.95 s."""

    piece_frames: int = 41


@dataclass(frozen=True)
class HarmonyParameters(AnalysisParameters):
    """Pitch classes of a constant-Q transform of seven octaves from C1, a bin a semitone."""

    n_octaves: int = 7
    bins_per_octave: int = 12


@dataclass(frozen=True)
class ContrastParameters(AnalysisParameters):
    """Spectral contrast in octaves from ``fmin_hz``, and one band below."""

    n_bands: int = 6
    fmin_hz: float = 200.0


@dataclass(frozen=True)
class TempogramParameters(AnalysisParameters):
    """Local autocorrelation of the onsets; 384 frames are 8.9 s."""

    win_length: int = 384


@dataclass(frozen=True)
class FmaParameters:
    """FMA's clips are 44.1 kHz; its spectral features took librosa's default rate all the same."""

    sr: int = 44_100
    assumed_sr: int = 22_050
    n_fft: int = 2_048
    hop_length: int = 512
    n_mfcc: int = 20
    n_octaves: int = 7
    bins_per_octave: int = 12
    n_bands: int = 6


@dataclass(frozen=True)
class DrawingParameters:
    """Mel spectrogram that the page draws."""

    sr: int = ANALYSIS.sr
    max_columns: int = 600
    n_mels: int = 128


@dataclass(frozen=True)
class MelImageParameters(MelParameters):
    """Picture of the Kaggle archive: matplotlib's page of 6 x 4 inches at 72 dots an inch.

    The spectrogram fills rows ``top`` to ``bottom - 1`` and columns ``left`` to ``right - 1``.
    """

    height: int = 288
    width: int = 432
    top: int = 36
    bottom: int = 252
    left: int = 55
    right: int = 388


@dataclass(frozen=True)
class MelClipParameters(MelImageParameters):
    """Levels of that picture: clips of ``shortest`` to ``longest`` samples fill its width.

    These are the archive's shortest and longest clips; ``usual`` are 30 s.
    """

    shortest: int = 660_000
    usual: int = 661_500
    longest: int = 675_808


@dataclass(frozen=True)
class HogParameters(MelImageParameters):
    """Histograms of oriented gradients in cells of ``cell`` x ``cell`` pixels of that picture."""

    orientations: int = 9
    cell: int = 12


MEL = MelParameters()
PIECES = PieceParameters()
HARMONY = HarmonyParameters()
CONTRAST = ContrastParameters()
TEMPOGRAM = TempogramParameters()
FMA = FmaParameters()
DRAWING = DrawingParameters()
MEL_IMAGE = MelImageParameters()
MEL_CLIP = MelClipParameters()
HOG = HogParameters()
