"""GTZAN: 10 genres x 100 clips of 30 s, as feature tables of the Kaggle archive.

Read are ``features_3_sec.csv`` and ``features_30_sec.csv`` (one is enough) and, where they are
there, ``splits/fault_filtered.csv`` (``track_id,split``) and ``splits/artist_3fold.csv``
(``track_id,fold,artist_group``). Neither archive nor lists carry a licence that allows copying
them: users download them. Must not import TensorFlow, LightGBM or ``dashboard``.

References
----------
Tzanetakis & Cook, 2002, "Musical genre classification of audio signals".
Kereliuk, Sturm & Larsen, 2015, "Deep Learning and Music Adversaries" (fault-filtered split).
Foleiss & Tavares, 2020, "Texture selection for automatic music genre classification" (3 folds by
artist, after the artists that Sturm named in 2013).
"""

from collections.abc import Collection
from pathlib import Path

from pipeline.config import DATA_VARIABLE, data_candidates
from pipeline.datasets import Dataset, DatasetError
from pipeline.datasets.kept import kept_tables
from pipeline.datasets.merged import merges_of, with_merges
from pipeline.datasets.song import SONGS, with_songs
from pipeline.datasets.spectrograms import (
    SPECTROGRAMS,
    spectrogram_sources,
    spectrogram_tables,
)
from pipeline.datasets.split_lists import read_artist_fold, read_artist_group, read_fault_filtered
from pipeline.datasets.tables import TABLE_FILES, read_feature_table

GENRES = (
    "blues", "classical", "country", "disco", "hiphop",
    "jazz", "metal", "pop", "reggae", "rock",
)  # fmt: skip
TRACKS_PER_GENRE = 100
AUDIO = "genres_original"
TRACKS = frozenset(f"{genre}.{n:05d}" for genre in GENRES for n in range(TRACKS_PER_GENRE))
SOURCE = (
    'GTZAN genre collection (Tzanetakis & Cook 2002), tables of the Kaggle archive "GTZAN Dataset '
    '- Music Genre Classification"'
)
ARCHIVE_PAGE = (
    "https://www.kaggle.com/datasets/andradaolteanu/gtzan-dataset-music-genre-classification"
)


def load(
    data: Path | None = None,
    *,
    spectrograms: bool | Collection[str] = False,
    keep: Path | None = None,
) -> Dataset:
    """Return GTZAN's feature tables and split lists; genres as `ingest --merge` named them.

    Parameters
    ----------
    data : Path, optional
        Folder with the tables, or one that holds it as ``gtzan/`` or ``Data/``; by default
        ``GENRELENS_DATA``, else ``data/``.
    spectrograms : bool or collection of str
        Whether to read pictures and spectrograms as well, or the names of those to read
        (``SPECTROGRAMS``). A folder without their files lacks their tables.
    keep : Path, optional
        Folder where spectrograms are kept once they are read; see ``kept``.

    Raises
    ------
    DatasetError
        If no table is found (the message says where to get it) or a file is not as expected.
    """
    candidates = data_candidates(data)
    folder = next((folder for folder in candidates if _tables_in(folder)), None)
    if folder is None:
        raise DatasetError(_how_to_get_it(candidates))
    merges = merges_of(folder)
    tables = {
        representation: with_merges(
            read_feature_table(
                folder / name, dataset="gtzan", representation=representation, genres=GENRES
            ),
            merges,
        )
        for representation, name in _tables_in(folder).items()
    }
    tables = with_songs(tables)
    if spectrograms:
        songs = tables.get(SONGS)
        wanted = sorted(SPECTROGRAMS if spectrograms is True else spectrograms)
        added = kept_tables(
            keep,
            spectrogram_sources(folder),
            [wanted, songs and [songs.sha256, list(songs.rows["track_id"])]],
            lambda: spectrogram_tables(
                folder, dataset="gtzan", genres=GENRES, tracks=TRACKS, songs=songs, wanted=wanted
            ),
        )
        tables |= {name: with_merges(table, merges) for name, table in added.items()}
    splits = folder / "splits"
    return Dataset(
        name="gtzan",
        title="GTZAN",
        synthetic=False,
        source=SOURCE,
        tables=tables,
        fault_filtered=read_fault_filtered(splits, tracks=TRACKS),
        artist_group=read_artist_group(splits, tracks=TRACKS),
        artist_fold=read_artist_fold(splits, tracks=TRACKS),
        audio=folder / AUDIO,
    )


def _tables_in(folder: Path) -> dict[str, str]:
    """Name the table files that are in a folder, by representation."""
    return {key: name for key, name in TABLE_FILES.items() if (folder / name).is_file()}


def _how_to_get_it(candidates: list[Path]) -> str:
    """Say what was looked for, where to get it and what works without."""
    looked = "\n".join(f"  {folder}" for folder in candidates)
    return f"""GTZAN needs features_3_sec.csv or features_30_sec.csv; neither is in
{looked}
Download "GTZAN Dataset - Music Genre Classification" by andradaolteanu from
  {ARCHIVE_PAGE}
and run `python -m pipeline ingest ARCHIVE`, or unpack it there (it makes Data/), or name its folder
with --data DIR or {DATA_VARIABLE}.
Used are
  features_3_sec.csv, features_30_sec.csv   at least one of them
  splits/fault_filtered.csv                 optional: track_id,split
  splits/artist_3fold.csv                   optional: track_id,fold,artist_group
`python -m pipeline demo` needs no data."""
