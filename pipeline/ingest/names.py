"""Names of tracks and data sets that are safe in file names, URLs, CSV tables and run ids.

Standard library only.
"""

import hashlib
import re
import unicodedata

from pipeline.ingest import Family, IngestError

_LONGEST_WORD = 40
_OWN_ID = re.compile(r"(?P<genre>[a-z0-9_]+)\.[a-z0-9_]+_[0-9a-f]{8}")
_KAGGLE_ID = re.compile(r"(?P<genre>[a-z_]+)\.\d{5}")
_DATASET = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RESERVED = {"gtzan": "gtzan", "fma": "fma", "demo": ""}
_TITLES = {"gtzan": "GTZAN", "fma": "FMA", "demo": "the synthetic corpus"}


def own_track_id(name: str) -> str:
    """Return the id of a track of the user's own: readable and stable.

    ``<genre>.<title>_<8 digits>``: the words are those of folder and file in plain letters; the
    digits are a hash of the relative path, so that an id stays when other tracks come or go, and
    two tracks of one title differ. A name that is such an id of its genre already, or that GTZAN
    would give ("jazz/jazz.00012.wav"), is kept: two such names may be one id.

    Parameters
    ----------
    name : str
        POSIX path of the file below the folder of genres.

    Examples
    --------
    >>> own_track_id("Hip Hop/01 Début.live.mp3")
    'hip_hop.01_debut_live_7e3ddbe5'
    """
    genre, _, rest = name.partition("/")
    stem = rest.rpartition("/")[2].rpartition(".")[0] or rest
    kaggle, own = _KAGGLE_ID.fullmatch(stem), _OWN_ID.fullmatch(stem)
    if "/" not in rest and (
        (kaggle and kaggle["genre"] == genre) or (own and own["genre"] == _word(genre))
    ):
        return stem
    digest = hashlib.sha256(unicodedata.normalize("NFC", name).encode("utf-8")).hexdigest()
    return f"{_word(genre)}.{_word(stem)}_{digest[:8]}"


def dataset_name(text: str) -> str:
    """Return a name for a data set made of a file or folder name."""
    word = _word(re.sub(r"\.(zip|tar|tgz|gz|bz2|tbz2?)", "", text.lower()))
    return word if word[0].isalpha() else f"music_{word}"[:_LONGEST_WORD]


def validate_dataset_name(name: str, family: Family) -> None:
    """Raise unless a name can stand in run ids and as a folder, and is free for this family.

    Raises
    ------
    IngestError
        If it has other letters than a-z, 0-9 and _, is too long, or is taken.
    """
    if not _DATASET.fullmatch(name):
        raise IngestError(
            "a data set is named by at most 40 of a-z, 0-9 and _, a letter first; got "
            f"{name!r}. It becomes a folder and a part of every run id."
        )
    if _RESERVED.get(name, family) != family:
        raise IngestError(
            f"{name!r} is the name of {_TITLES[name]}. Choose another one with --dataset NAME."
        )


def _word(text: str) -> str:
    """Write text in a-z, 0-9 and _; what has no such letter is "x"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_WORD].strip("_") or "x"
