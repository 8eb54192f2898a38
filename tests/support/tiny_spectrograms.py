"""A tiny GTZAN archive with pictures and spectrograms of the first seconds, and its tables."""

from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.datasets import FeatureTable, gtzan
from pipeline.datasets.spectrogram_files import MEL_3S, PICTURES
from pipeline.datasets.spectrograms import spectrogram_tables
from pipeline.features.mel_page import magma_colours, row_bands
from pipeline.features.parameters import MEL_CLIP
from pipeline.features.table import TABLE_COLUMNS

TRACKS = ("blues.00000", "blues.00001", "jazz.00007", "rock.00003")
COPY = ("jazz.00007", "rock.00003")  # the same picture and the same first 3 s


def steps_of(track: str) -> np.ndarray:
    """What the picture of a track shows; the two copies show the same."""
    seed = TRACKS.index(COPY[0] if track in COPY else track)
    return np.random.default_rng(seed).integers(0, 256, (333, 128))


def picture_path(folder: Path, track: str) -> Path:
    genre, number = track.split(".")
    return folder / PICTURES / genre / f"{genre}{number}.png"


def write_picture(path: Path, steps: np.ndarray) -> None:
    page = np.full((288, 432, 4), 255, np.uint8)
    page[36:252, 55:388, :3] = magma_colours()[steps.T[row_bands(parameters=MEL_CLIP)]]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(page).save(path)


def write_pictures(folder: Path) -> None:
    for track in TRACKS:
        write_picture(picture_path(folder, track), steps_of(track))


def stored_mel_3s() -> np.ndarray:
    mel = np.random.default_rng(0).normal(size=(len(TRACKS), 128, 130)).astype(np.float16)
    mel[TRACKS.index(COPY[1])] = mel[TRACKS.index(COPY[0])]
    return mel


def write_mel_3s(folder: Path, **changed: np.ndarray) -> Path:
    path = folder / MEL_3S
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **({"mel": stored_mel_3s(), "track_id": np.array(TRACKS)} | changed))
    return path


def write_tables(folder: Path) -> None:
    """The archive's two tables, of three of the four tracks with a picture and one without."""
    rng = np.random.default_rng(0)
    for name, parts in (("features_3_sec.csv", (".0", ".1")), ("features_30_sec.csv", ("",))):
        lines = [",".join(TABLE_COLUMNS)]
        for track in (*TRACKS[1:], "pop.00000"):
            for part in parts:
                numbers = ",".join(f"{number:.6f}" for number in rng.uniform(0.1, 1, 57))
                lines.append(f"{track}{part}.wav,66149,{numbers},{track.split('.')[0]}")
        (folder / name).write_text("\n".join(lines) + "\n")


def tables_of(folder: Path, *wanted: str) -> dict[str, FeatureTable]:
    return spectrogram_tables(
        folder, dataset="gtzan", genres=gtzan.GENRES, tracks=gtzan.TRACKS, wanted=wanted
    )
