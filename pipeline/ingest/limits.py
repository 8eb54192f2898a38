"""What an archive may hold at most. Standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ArchiveLimits:
    """Bounds that every archive of music stays far below, and that a hostile one passes.

    Attributes
    ----------
    entries : int
        Members, folders included.
    directory_bytes : int
        Size of a zip's table of contents, which is read into memory.
    total_bytes, member_bytes : int
        Unpacked sizes, of all and of one.
    ratio : int
        Unpacked size over that of the archive.
    ratio_from_bytes : int
        Unpacked size below which the ratio says nothing.
    header_bytes : int
        One read of a tar's header, which is held in memory.
    name_bytes, path_bytes : int
        Length of one part of a path and of all of it, in UTF-8.
    depth : int
        Folders within folders.
    """

    entries: int = 200_000  # fma_full.zip, the largest in use, has 106,574 clips in 156 folders
    directory_bytes: int = 32 * 2**20  # 300 bytes for each of those; they take about 130
    total_bytes: int = 2**40  # fma_full.zip has 0.86 of it
    member_bytes: int = 8 * 2**30  # FMA's features.csv has 0.95 GB, ten hours of CD sound 6 GB
    ratio: int = 100  # deflate reaches 1032 on zeros; music packs to 1.1, the tables of FMA to 4
    ratio_from_bytes: int = 2**20  # a silent second of WAV packs to nothing, and harms nobody
    header_bytes: int = 2**20  # tarfile reads extended headers whole; real ones have a few kB
    name_bytes: int = 255  # what Linux and macOS file systems allow
    path_bytes: int = 1_024  # what macOS allows
    depth: int = 32


LIMITS = ArchiveLimits()
