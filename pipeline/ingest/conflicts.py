"""What a source brings must not silently replace what is there.

Must not import scikit-learn, TensorFlow, LightGBM or ``dashboard``.
"""

import filecmp
from collections.abc import Mapping
from pathlib import Path

from pipeline.ingest import IngestError
from pipeline.ingest.layouts import SOUND_FOLDER, Layout
from pipeline.ingest.record import Record, Source, tally

_FAMILY_TITLES = {"gtzan": "GTZAN", "fma": "FMA", "own": "music of your own"}


def validate_family(record: Record, layout: Layout, *, target: Path) -> None:
    """Raise if a folder holds another kind of data than a source.

    Raises
    ------
    IngestError
        If so.
    """
    if record.family != layout.family:
        raise IngestError(
            f"{target} holds {_FAMILY_TITLES[record.family]}, and this source is {layout.title}. "
            "Name another data set with --dataset NAME."
        )


def validate_one_sound(record: Record, layout: Layout, *, name: str, target: Path) -> None:
    """Raise if a data set would have its sound twice, from two sources.

    FMA's archives hold parts of one numbered whole and may come together.

    Raises
    ------
    IngestError
        If so.
    """
    if not layout.sound or record.family == "fma":
        return
    for source in record.sources:
        if source.name != name and (source.sound or SOUND_FOLDER in source.parts):
            raise IngestError(
                f"{target} already has its sound from {source.name}. Name another data set with "
                f"--dataset NAME, or delete {target} to begin anew."
            )


def validate_parts(
    record: Record, planned: Mapping[str, tuple[int, int]], *, name: str, target: Path
) -> None:
    """Raise if a part of another origin, and of other content, lies where one would go.

    Parameters
    ----------
    planned : mapping of str to tuple
        Files and bytes of each part that a source brings.
    name : str
        What the record calls the source.

    Raises
    ------
    IngestError
        If so.
    """
    origin = {part: source.name for source in record.sources for part in source.parts}
    for part, size in planned.items():
        there = target / part
        if there.exists() and origin.get(part) != name and tally(there) != size:
            raise _in_the_way(there, origin.get(part))


def leave_out_what_is_there(
    record: Record, staging: Path, source: Source, *, target: Path
) -> Source:
    """Remove staged parts that another origin has put there already, byte for byte.

    Raises
    ------
    IngestError
        If a part of another origin has other bytes.
    """
    origin = {part: one.name for one in record.sources for part in one.parts}
    kept = dict(source.parts)
    for part in source.parts:
        there = target / part
        if not there.exists() or origin.get(part) == source.name:
            continue
        if not same_content(staging / part, there):
            raise _in_the_way(there, origin.get(part))
        if origin.get(part) is not None:  # it stays with the one that brought it
            del kept[part]
    return Source(source.name, source.found, source.sha256, source.sound, kept)


def same_content(first: Path, second: Path) -> bool:
    """Return whether two files, or two folders, hold the same bytes by name; hidden files aside."""
    if first.is_file() or second.is_file():
        return first.is_file() and second.is_file() and filecmp.cmp(first, second, shallow=False)
    names = [
        sorted(
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith(".")
        )
        for folder in (first, second)
    ]
    return names[0] == names[1] and all(
        filecmp.cmp(first / name, second / name, shallow=False) for name in names[0]
    )


def _in_the_way(there: Path, origin: str | None) -> IngestError:
    whose = f"came from {origin}" if origin else "was not put there by this command"
    return IngestError(
        f"{there} {whose}, and differs from what this source brings. Move it away, or name another "
        "data set with --dataset NAME."
    )
