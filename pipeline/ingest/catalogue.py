"""What ``--download`` can fetch: addresses and checksums, each with its source.

No data set is part of this program; each comes from its publisher. ``GENRELENS_DOWNLOADS`` names
another base address (a mirror inside a company, a server of a test): below it files have the names
given here. Reads nothing but the environment.
"""

import os
from dataclasses import dataclass

from pipeline.ingest import IngestError

BASE_VARIABLE = "GENRELENS_DOWNLOADS"


@dataclass(frozen=True)
class Download:
    """One file to fetch.

    Attributes
    ----------
    file : str
        Name to keep it under; below another base address, its path.
    addresses : tuple of str
        Where it is, best first.
    algorithm, checksum : str
        As the publisher states them ("" where none is stated).
    size : str
        About how large, for the user.
    """

    file: str
    addresses: tuple[str, ...]
    algorithm: str = ""
    checksum: str = ""
    size: str = ""


DOWNLOADS: dict[str, Download] = {
    # mirdata/datasets/gtzan_genre.py (mir-dataset-loaders/mirdata) states the last address and the
    # MD5; the first is a copy of the same file in the collection of its authors' toolkit.
    "gtzan": Download(
        "genres.tar.gz",
        (
            "https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz",
            "http://opihi.cs.uvic.ca/sound/genres.tar.gz",
        ),
        "md5",
        "5b3d6dddb579ab49814ab86dba69e7c7",
        "1.2 GB",
    ),
    # README.md of mdeff/fma states addresses and SHA-1 of both.
    "fma-small": Download(
        "fma_small.zip",
        ("https://os.unil.cloud.switch.ch/fma/fma_small.zip",),
        "sha1",
        "ade154f733639d52e35e32f5593efe5be76c6d70",
        "7.2 GiB",
    ),
    "fma-metadata": Download(
        "fma_metadata.zip",
        ("https://os.unil.cloud.switch.ch/fma/fma_metadata.zip",),
        "sha1",
        "f0df49ffe5f2a6008d7dc83c6915b31835dfe733",
        "342 MiB",
    ),
}

_RAW = "https://raw.githubusercontent.com"
_KERELIUK = f"{_RAW}/jongpillee/music_dataset_split/master/GTZAN_split"
_FOLEISS = (  # the one commit that holds lists
    f"{_RAW}/julianofoleiss/gtzan_sturm_filter_3folds_stratified/"
    "48aa11abb34e4ad4e263d201f582001170fdddc4"
)
N_FOLDS = 3
FAULT_FILTERED_LISTS: dict[str, Download] = {
    part: Download(f"splits/{name}_filtered.txt", (f"{_KERELIUK}/{name}_filtered.txt",))
    for part, name in (("train", "train"), ("validation", "valid"), ("test", "test"))
}
ARTIST_LISTS: dict[tuple[int, str], Download] = {
    (fold, kind): Download(f"splits/f{fold}_{kind}.txt", (f"{_FOLEISS}/f{fold}_{kind}.txt",))
    for fold in range(1, N_FOLDS + 1)
    for kind in ("evaluate", "evaluate_groups")
}


def addresses_of(download: Download) -> tuple[str, ...]:
    """Return where to look for a file, with ``GENRELENS_DOWNLOADS`` instead where it is set.

    Raises
    ------
    IngestError
        If that is no address.
    """
    base = os.environ.get(BASE_VARIABLE)
    if base and not base.lower().startswith(("http://", "https://")):
        raise IngestError(
            f"{BASE_VARIABLE} must be an address that begins with http:// or https://; got {base!r}"
        )
    return (f"{base.rstrip('/')}/{download.file}",) if base else download.addresses
