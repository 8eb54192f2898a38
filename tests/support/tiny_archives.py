"""Small made-up clips, and the archives and folders that hold them, for tests of ingest."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile

from pipeline.cache import Cache
from pipeline.ingest.admission import ArchiveError
from pipeline.ingest.run import Ingested, ingest

SR = 22_050
FORMATS = {
    ".wav": ("WAV", "PCM_16"), ".au": ("AU", "PCM_16"), ".flac": ("FLAC", "PCM_16"),
    ".mp3": ("MP3", "MPEG_LAYER_III"), ".ogg": ("OGG", "VORBIS"),
}  # fmt: skip

FMA_TRACKS = """,artist,set,set,track,track
,id,split,subset,genre_top,genres_all
track_id,,,,,
2,1,training,small,Hip-Hop,"[21]"
5,1,training,small,Hip-Hop,"[21]"
10,6,test,small,Pop,"[10, 76]"
140,54,validation,small,Folk,"[17]"
141,54,training,large,,"[17, 10]"
"""
FMA_GENRES = """genre_id,#tracks,parent,title,top_level
10,13845,0,Pop,10
17,12706,0,Folk,17
21,8389,0,Hip-Hop,21
76,1763,10,Experimental Pop,10
"""


def tone(hz: float, *, duration_s: float = 1.5, gain: float = 0.4) -> np.ndarray:
    """Return a sine with a little noise that its pitch decides, so that no two are equal."""
    t = np.arange(round(duration_s * SR)) / SR
    noise = np.random.default_rng(int(hz)).normal(scale=0.01, size=len(t))
    return gain * (np.sin(2 * np.pi * hz * t) + noise)


def clip(y: np.ndarray, suffix: str = ".wav") -> bytes:
    """Return samples as a file of the format that its ending names."""
    buffer = io.BytesIO()
    name, subtype = FORMATS[suffix]
    # rounded here: libsndfile rounds floats for FLAC otherwise than for WAV
    samples = np.rint(np.asarray(y) * 2**15).clip(-(2**15), 2**15 - 1).astype(np.int16)
    soundfile.write(buffer, samples, SR, format=name, subtype=subtype)
    return buffer.getvalue()


@cache  # an Ogg file has a random serial number
def own_music() -> dict[str, bytes]:
    """Return music by genre with the names that people give: two usable clips in each of two."""
    return {
        "Hip Hop/01 Début (live).v2.wav": clip(tone(220)),
        "Hip Hop/Álbum/02.flac": clip(tone(247), ".flac"),
        "日本/歌.mp3": clip(tone(330), ".mp3"),
        "日本/x y.ogg": clip(tone(349), ".ogg"),
    }


def kaggle_gtzan(*, top: str = "Data/") -> dict[str, bytes]:
    """Return a few files of GTZAN as in Kaggle's archive; jazz.00054 is broken there, too."""
    header = "filename,length,chroma_stft_mean,label\n"
    segments = "".join(f"{t}.{k}.wav,66149,0.1,{t[:-6]}\n" for t in GTZAN_CLIPS for k in (0, 1))
    clips = "".join(f"{t}.wav,661794,0.1,{t[:-6]}\n" for t in GTZAN_CLIPS)
    files = {
        f"{top}features_3_sec.csv": (header + segments).encode(),
        f"{top}features_30_sec.csv": (header + clips).encode(),
    }
    for number, track in enumerate(GTZAN_CLIPS):
        genre, _, digits = track.partition(".")
        files[f"{top}genres_original/{genre}/{track}.wav"] = clip(tone(200 + 20 * number))
        files[f"{top}images_original/{genre}/{genre}{digits}.png"] = b"\x89PNG\r\n\x1a\n" + bytes(9)
    files[f"{top}genres_original/jazz/jazz.00054.wav"] = b"\x01\x02" * 600
    del files[f"{top}images_original/jazz/jazz00054.png"]
    return files


GTZAN_CLIPS = ("blues.00000", "blues.00001", "jazz.00000", "jazz.00054", "rock.00099")


def original_gtzan() -> dict[str, bytes]:
    """Return a few files of GTZAN as in its own tar."""
    files = {}
    for number, track in enumerate(GTZAN_CLIPS):
        genre = track.partition(".")[0]
        files[f"genres/{genre}/{track}.au"] = clip(tone(200 + 20 * number), ".au")
    return files


def fma_metadata() -> dict[str, bytes]:
    """Return FMA's two tables that name tracks and genres, five tracks of which one has no root."""
    return {
        "fma_metadata/tracks.csv": FMA_TRACKS.encode(),
        "fma_metadata/genres.csv": FMA_GENRES.encode(),
        "fma_metadata/raw_artists.csv": b"not,used\n",
    }


def fma_small() -> dict[str, bytes]:
    """Return FMA's sound: two clips with genre, one of silence, one that the tables do not know."""
    return {
        "fma_small/README.txt": b"about",
        "fma_small/000/000002.mp3": clip(tone(220), ".mp3"),
        "fma_small/000/000010.mp3": clip(tone(330), ".mp3"),
        "fma_small/000/000005.mp3": clip(np.zeros(SR * 2), ".mp3"),
        "fma_small/133/133297.mp3": clip(tone(440), ".mp3"),
    }


def silent(done: int, total: int, label: str) -> None:
    """Show no progress."""


def bring(source: Path, root: Path, **options: Any) -> Ingested:
    """Ingest with one process and no cache, unless options say otherwise."""
    settings = {"cache": Cache(None), "jobs": 1, "advance": silent} | options
    return ingest(source, root, **settings)


def reasons(tracks: pd.DataFrame) -> dict[str, str]:
    """Return the reason for which each track is left out, by its id."""
    return dict(zip(tracks["track_id"], tracks["excluded_reason"], strict=True))


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def write_zip(path: Path, files: Mapping[str, bytes], *, packed: bool = False) -> Path:
    """Write a zip, stored as music archives are, or packed."""
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a tar, packed as its ending says."""
    mode = {".gz": "w:gz", ".bz2": "w:bz2"}.get(path.suffix, "w")
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # a mode of these
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def everything_below(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder by its path, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


GOOD = {"jazz/a.wav": clip(tone(220)), "pop/b.wav": clip(tone(330))}


def refused_by_ingest(path: Path, folder: Path, match: str) -> None:
    """Hold that ingest refuses an archive and leaves nothing behind."""
    with pytest.raises(ArchiveError, match=match):
        bring(path, folder / "data")
    assert not (folder / "data").exists()
