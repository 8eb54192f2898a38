"""Constants and places shared by every other module.

Standard library only, so that the web process can import it for free. Genres are not here: they
belong to the data set. Values are grouped in frozen dataclasses and passed as arguments.
"""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
DATA_VARIABLE = "GENRELENS_DATA"
RESULTS_VARIABLE = "GENRELENS_RESULTS"
CACHE_VARIABLE = "GENRELENS_CACHE"


@dataclass(frozen=True)
class AnalysisParameters:
    """Short-time analysis behind every audio feature (librosa's defaults before 0.10).

    Lengths are in samples, ``sr`` in Hz.
    """

    sr: int = 22_050
    n_fft: int = 2_048
    hop_length: int = 512
    n_mfcc: int = 20
    segment_stride: int = 66_150  # 3 s: where Kaggle's segment k starts is 66150 * k
    segment_length: int = 66_149  # Kaggle's segments are one sample short of 3 s


@dataclass(frozen=True)
class UploadLimits:
    """What a visitor may send to the live page, and how long it may take."""

    max_bytes: int = 25 * 2**20
    max_duration_s: float = 600.0
    min_duration_s: float = 1.0
    max_channels: int = 8  # 7.1 surround
    max_rate_hz: int = 192_000  # the highest that recorders offer
    decode_timeout_s: float = 20.0
    total_timeout_s: float = 60.0
    alterations_timeout_s: float = 40.0  # 30 s of music under 25 alterations: about half of it
    requests_per_minute: int = 30
    callbacks_per_minute: int = 6_000  # a classroom behind one address
    max_clips: int = 20  # kept at once in one browser tab
    recording_min_s: float = 10.0
    recording_max_s: float = 30.0
    waiting: int = 20  # clips in the line of a host, beside those that are predicted
    waiting_bytes: int = 200 * 2**20  # of all clips that a host holds in memory
    arriving_per_address: int = 3  # clips being sent at once; a page sends one after the other
    share_per_address: float = (
        0.25  # of the places in a line: a classroom's clips leave others room
    )
    bytes_per_address: int = 100 * 2**20  # of its clips that are being sent, wait or run
    wait_timeout_s: float = 120.0
    broker_waiting: int = 100  # clips of all hosts that wait in a broker
    broker_bytes: int = 256 * 2**20  # of all clips that it holds; compose.yaml gives it more

    def own_places(self, places: int) -> int:
        """Return how many of the places in a line one address may take, from sending to answer."""
        return max(self.arriving_per_address, int(self.share_per_address * places))


ANALYSIS = AnalysisParameters()
LIMITS = UploadLimits()


def results_dir(explicit: Path | str | None = None) -> Path:
    """Return the results folder: the argument, else ``GENRELENS_RESULTS``, else ``results/``."""
    return Path(explicit or os.environ.get(RESULTS_VARIABLE) or REPOSITORY / "results")


def cache_dir() -> Path:
    """Return the folder of finished work and of copies: ``GENRELENS_CACHE``, else ``.cache/``."""
    return Path(os.environ.get(CACHE_VARIABLE) or REPOSITORY / ".cache")


def data_candidates(explicit: Path | str | None = None) -> list[Path]:
    """Return the folders to search for data, best first.

    The root is the argument, else ``GENRELENS_DATA``, else ``data/`` of the repository; only one
    root is searched, so that a mistyped ``--data`` never falls back to other data. Each root may
    be the folder of the tables itself or hold it as ``gtzan/`` or ``Data/`` (Kaggle's name).
    """
    root = Path(explicit or os.environ.get(DATA_VARIABLE) or REPOSITORY / "data")
    return [root, root / "gtzan", root / "Data"]
