"""What a folder of GTZAN's pictures and the file of first 3 s hold, read once and checked.

A picture is decoded once, whatever is computed from it. Pillow and matplotlib are imported when
pictures are read. Must not import TensorFlow, LightGBM or ``dashboard``.
"""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.audio import AudioError
from pipeline.datasets import DatasetError
from pipeline.datasets.csv_table import AGAIN, file_bytes
from pipeline.features.hog import image_hog
from pipeline.features.image_statistics import image_statistics
from pipeline.features.mel_clip import levels_of_colours
from pipeline.features.mel_page import grey_of, open_picture
from pipeline.features.parameters import MEL, PIECES, HogParameters
from pipeline.features.summary import mfcc

PICTURES = "images_original"
MEL_3S = "mel_3s/mel_3s.npz"
MEL_3S_SHAPE = (MEL.n_mels, 130)  # bands first in the file, time first in the table
N_THREADS = 2
OF_MEL_3S = ("mel_3s", "mfcc_sequence", "mfcc_pieces")
_DAMAGE = (  # what numpy raises for a file that is cut, of another kind, or lacks an array
    OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class _Picture:
    """A decoded picture; what several tables need is computed once."""

    grey: np.ndarray
    colours: np.ndarray
    name: str

    @cached_property
    def levels(self) -> np.ndarray:
        return levels_of_colours(self.colours, name=self.name)


OF_PICTURE: dict[str, Callable[[_Picture], np.ndarray]] = {
    "images_kaggle": lambda picture: picture.grey,
    "hog_9": lambda picture: image_hog(picture.grey, parameters=HogParameters(cell=9)),
    "hog_12": lambda picture: image_hog(picture.grey, parameters=HogParameters(cell=12)),
    "mel_clip": lambda picture: picture.levels,
    "image_statistics": lambda picture: image_statistics(picture.levels),
}


@dataclass(frozen=True)
class Part:
    """Arrays of one representation with their tracks, in order."""

    tracks: Sequence[str]
    content: Sequence[bytes]  # the same where a whole clip is the same
    X: np.ndarray
    sha256: str

    def rows(self) -> pd.DataFrame:
        """Return the rows of the table: one a track, or several pieces in order."""
        n_pieces = len(self.X) // max(1, len(self.tracks))
        whole = n_pieces <= 1
        group = _equal_groups(self.content)
        return pd.DataFrame(
            {
                "track_id": np.repeat(np.array(self.tracks, dtype=object), n_pieces),
                "segment": -1 if whole else np.tile(np.arange(n_pieces), len(self.tracks)),
                "genre": [t.split(".")[0] for t in self.tracks for _ in range(n_pieces)],
                "duplicate_group": group if whole else _by_piece(group, n_pieces),
            }
        )


def _equal_groups(content: Sequence[bytes]) -> np.ndarray:
    """Number the groups of equal content by their first member; -1 for what is there once."""
    codes, _ = pd.factorize(np.array(content, dtype=object))
    several = np.bincount(codes)[codes] > 1
    groups = np.full(len(codes), -1, dtype=np.int64)
    groups[several] = pd.factorize(codes[several])[0]
    return groups


def _by_piece(groups: np.ndarray, n_pieces: int) -> np.ndarray:
    """Give every piece of a group a number of its own: piece 0 is a copy of piece 0 only."""
    pieces = groups[:, None] * n_pieces + np.arange(n_pieces)
    return np.where(groups[:, None] >= 0, pieces, -1).ravel()


def read_pictures(folder: Path, tracks: Collection[str], wanted: Sequence[str]) -> dict[str, Part]:
    """Return what is wanted of every picture of a folder, {} where there is none.

    Parameters
    ----------
    folder : Path
        Holds ``<genre>/<genre>00000.png``.
    tracks : collection of str
        Every track that may be named.
    wanted : sequence of str
        Names out of ``OF_PICTURE``.

    Raises
    ------
    DatasetError
        If a picture cannot be used, or its name is that of no track.
    """
    paths = _picture_paths(folder, tracks)
    if not paths:
        return {}
    arrays: dict[str, np.ndarray] = {}
    files, content = hashlib.sha256(), []
    with ThreadPoolExecutor(N_THREADS) as threads:
        read = threads.map(partial(_read_picture, wanted=wanted), paths.values())
        for number, (track, (file, pixels, found)) in enumerate(zip(paths, read, strict=True)):
            files.update(track.encode() + file)
            content.append(pixels)
            for name, array in found.items():
                if name not in arrays:
                    arrays[name] = np.empty((len(paths), *array.shape), dtype=np.float32)
                arrays[name][number] = array
    named = list(paths)
    return {name: Part(named, content, X, files.hexdigest()) for name, X in arrays.items()}


def _picture_paths(folder: Path, tracks: Collection[str]) -> dict[str, Path]:
    """Return the pictures by track, in the order of the tracks' names."""
    paths = {}
    for path in sorted(folder.glob("*/[!.]*.png")):
        match = re.fullmatch(r"([a-z_]+)(\d{5})", path.stem)
        track = f"{match[1]}.{match[2]}" if match else path.stem
        if match is None or track not in tracks or match[1] != path.parent.name:
            raise DatasetError(
                f"{path}: expected the picture of a track, such as blues/blues00000.png, in its "
                f"genre's folder. {AGAIN}"
            )
        paths[track] = path
    return paths


def _read_picture(
    path: Path, *, wanted: Sequence[str]
) -> tuple[bytes, bytes, dict[str, np.ndarray]]:
    """Return hashes of a file and of its pixels, and what is wanted of the picture."""
    content = file_bytes(path)
    try:
        picture = open_picture(BytesIO(content), name=str(path))
        colours = np.asarray(picture.convert("RGB"))
        shown = _Picture(grey_of(picture), colours, str(path))
        found = {name: OF_PICTURE[name](shown) for name in wanted}
    except AudioError as error:
        raise DatasetError(str(error)) from error
    return hashlib.sha256(content).digest(), hashlib.sha256(colours.tobytes()).digest(), found


def read_mel_3s(path: Path, tracks: Collection[str], wanted: Collection[str]) -> dict[str, Part]:
    """Return what is wanted of the first 3 s of each clip, {} where the file is not there.

    Raises
    ------
    DatasetError
        If the file holds something else, or names a track that is unknown or there twice.
    """
    if not path.is_file():
        return {}
    file = file_bytes(path)
    names, stored = _stored_mel_3s(path, file)
    _validate_tracks(path, names, tracks)
    content = [array.tobytes() for array in stored]
    X = np.ascontiguousarray(stored.transpose(0, 2, 1), dtype=np.float32)
    mel = Part(names, content, X, hashlib.sha256(file).hexdigest())
    found = {"mel_3s": mel}
    return found | cepstra(mel) if {"mfcc_sequence", "mfcc_pieces"} & set(wanted) else found


def cepstra(mel: Part) -> dict[str, Part]:
    """Return the cepstral coefficients of ``mel_3s``: ``mfcc_sequence`` and ``mfcc_pieces``."""
    n_clips, n_frames, n_mels = mel.X.shape
    coefficients = mfcc(mel.X.reshape(-1, n_mels), n_mfcc=MEL.n_mfcc)
    sequences = coefficients.reshape(n_clips, n_frames, MEL.n_mfcc)
    length = PIECES.piece_frames
    whole = n_frames // length * length  # the frames that are left over are dropped
    pieces = sequences[:, :whole].reshape(-1, length, MEL.n_mfcc)
    return {"mfcc_sequence": replace(mel, X=sequences), "mfcc_pieces": replace(mel, X=pieces)}


def _stored_mel_3s(path: Path, file: bytes) -> tuple[list[str], np.ndarray]:
    """Return the track ids and the arrays of the file, bands first."""
    try:
        with np.load(BytesIO(file), allow_pickle=False) as arrays:
            names, mel = arrays["track_id"], arrays["mel"]
    except _DAMAGE as error:
        raise DatasetError(
            f"{path}: expected the arrays 'mel' and 'track_id' ({error}). {AGAIN}"
        ) from error
    if mel.shape != (names.size, *MEL_3S_SHAPE) or mel.dtype.kind != "f":
        expected = ", ".join(map(str, (names.size, *MEL_3S_SHAPE)))
        raise DatasetError(
            f"{path}: 'mel' must hold numbers of shape ({expected}), one row for each track_id; "
            f"got {mel.dtype} of shape {mel.shape}. {AGAIN}"
        )
    if not np.isfinite(mel).all():
        raise DatasetError(f"{path}: 'mel' holds numbers that are not finite. {AGAIN}")
    return [str(name) for name in names.ravel()], mel


def _validate_tracks(path: Path, names: Sequence[str], tracks: Collection[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name not in tracks:
            raise DatasetError(f"{path}: {name!r} is not a track of this data set. {AGAIN}")
        if name in seen:
            raise DatasetError(f"{path}: track {name!r} is there twice. {AGAIN}")
        seen.add(name)
