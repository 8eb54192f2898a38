"""SOURCE -> ``<data>/<dataset>/`` with ``tracks.parquet`` and ``ingest.json``: all steps in order.

Everything is made ready in a staging folder beside the data set and put in place at the end, so
that a data set is there as a whole or as it was. Must not import scikit-learn, TensorFlow, LightGBM
or ``dashboard``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.cache import Cache
from pipeline.ingest import IngestError
from pipeline.ingest.checked import checked_tracks
from pipeline.ingest.conflicts import (
    leave_out_what_is_there,
    same_content,
    validate_family,
    validate_one_sound,
    validate_parts,
)
from pipeline.ingest.extraction import full_disk_is_named
from pipeline.ingest.found import SoundFile, found_tracks, validate_merges
from pipeline.ingest.layouts import is_audio, recognised
from pipeline.ingest.names import dataset_name, validate_dataset_name
from pipeline.ingest.record import (
    RECORD_FILE,
    Record,
    Source,
    read_record,
    summary_numbers,
    tally,
    write_record,
)
from pipeline.ingest.sources import (
    OpenedSource,
    folder_sizes,
    linked_folders,
    opened_source,
    planned_parts,
    put_into,
)
from pipeline.ingest.staging import keep_unpacked, put_in_place, remove, staged
from pipeline.ingest.tracks import TRACKS_FILE, write_tracks
from pipeline.tasks import Advance

FMA_METADATA = ("fma_metadata", "fma_metadata.zip")  # looked for beside FMA's sound


@dataclass(frozen=True)
class Ingested:
    """What came of it.

    Attributes
    ----------
    folder : Path
        The data set's folder.
    record : Record
    tracks : DataFrame
        As in ``tracks.parquet``.
    changed : bool
        False if the folder already was as it would be written.
    left_images : int
        Images of a folder that stay where they are, where no reader looks.
    stray : tuple of str
        Sound of the source outside the folders of genres, which is left out.
    kept_merges : bool
        True if the merges are those of an earlier run.
    linked : int
        Linked folders in the source, which are not followed.
    """

    folder: Path
    record: Record
    tracks: pd.DataFrame
    changed: bool
    left_images: int = 0
    stray: tuple[str, ...] = ()
    kept_merges: bool = False
    linked: int = 0


def ingest(
    source: Path,
    root: Path,
    *,
    dataset: str = "",
    merges: Mapping[str, str] | None = None,
    copy: bool = False,
    cache: Cache,
    jobs: Any,
    advance: Advance,
) -> Ingested:
    """Bring a folder or archive into the data folder.

    Parameters
    ----------
    source : Path
        Folder, zip, tar, tar.gz or tar.bz2.
    root : Path
        The data folder; the data set gets a folder in it.
    dataset : str
        Its name; by default "gtzan", "fma", or one made of the source's name.
    merges : mapping of str to str
        New name by genre ({"blues": "jazz"}); by default those of the run before.
    copy : bool
        Copy sound and images of a folder too, instead of leaving them where they are.
    cache, jobs, advance
        As in ``pipeline.tasks.run_tasks``.

    Raises
    ------
    IngestError
        If the source cannot be used, or what it holds does not go with what is there.
    """
    merges = dict(sorted((merges or {}).items()))
    validate_merges(merges)
    root = root.expanduser().absolute()
    opened = opened_source(source, advance=advance, leave_out=_not_the_source(root))
    family = opened.layout.family
    name = dataset or (dataset_name(opened.path.name) if family == "own" else family)
    validate_dataset_name(name, family)
    target = root / name
    record = read_record(target) or Record(name, family)
    validate_family(record, opened.layout, target=target)
    sources = (*_metadata_beside(opened, target, advance=advance), opened)
    with full_disk_is_named(target), staged(target) as staging:
        keep_unpacked(staging, [one.sha256 for one in sources])
        view = _View(staging, target)
        for one in sources:
            record = _joined(record, one, view, copy=copy, advance=advance)
        record = replace(record, merges=merges or record.merges)
        done = _finished(record, view, cache=cache, jobs=jobs, advance=advance)
    left = 0 if copy or not opened.is_folder else len(opened.layout.images)
    kept = bool(record.merges) and not merges
    linked = 0
    if opened.is_folder:
        linked = linked_folders(opened.path, leave_out=_not_the_source(root))
    return replace(
        done, left_images=left, stray=opened.layout.stray, kept_merges=kept, linked=linked
    )


def refresh(target: Path, *, cache: Cache, jobs: Any, advance: Advance) -> Ingested:
    """Check a data set again, after lists or sound were put into its folder by other means.

    Raises
    ------
    IngestError
        If nothing was ingested into the folder, or it cannot be read.
    """
    record = read_record(target)
    if record is None:
        raise IngestError(f"{target / RECORD_FILE} not found. Ingest its source first.")
    with full_disk_is_named(target), staged(target) as staging:
        keep_unpacked(staging, ())
        view = _View(staging, target)
        return _finished(record, view, cache=cache, jobs=jobs, advance=advance)


@dataclass(frozen=True)
class _View:
    """The data set's folder as it will be: what is staged, over what is there."""

    staging: Path
    target: Path

    def find(self, name: str) -> Path | None:
        """Return the path of a file or folder of the data set; None if there is none."""
        for folder in (self.staging, self.target):
            if (folder / name).exists():
                return folder / name
        return None


def _finished(
    record: Record, view: _View, *, cache: Cache, jobs: Any, advance: Advance
) -> Ingested:
    """Hear every track, write tracks and record, and put all in place unless nothing changed."""
    sound = list(_sound(record, view))
    found = found_tracks(record.family, sound, view.find, merges=record.merges)
    tracks = checked_tracks(found, cache=cache, jobs=jobs, advance=advance)
    write_tracks(view.staging, tracks)
    write_record(view.staging, record, summary_numbers(tracks))
    changed = _differs(view.staging, view.target)
    if changed:
        put_in_place(view.staging, view.target)
    return Ingested(view.target, record, tracks, changed)


def _joined(
    record: Record, opened: OpenedSource, view: _View, *, copy: bool, advance: Advance
) -> Record:
    """Stage what a source brings, unless it is there; return the record with the source in it."""
    target = view.target
    if opened.is_folder and record.sources and opened.path.resolve() == target.resolve():
        return record  # the data set itself: it is only checked again
    before = next((source for source in record.sources if source.name == opened.name), None)
    if before and before.sha256 == opened.sha256 != "" and _is_whole(before, target):
        return record
    validate_one_sound(record, opened.layout, name=opened.name, target=target)
    validate_parts(
        record, planned_parts(opened, target, copy=copy), name=opened.name, target=target
    )
    brought = put_into(view.staging, opened, target, copy=copy, advance=advance)
    brought = leave_out_what_is_there(record, view.staging, brought, target=target)
    for part in brought.parts:  # unchanged tables are not written again
        if (target / part).exists() and same_content(view.staging / part, target / part):
            remove(view.staging / part)
    others = tuple(source for source in record.sources if source.name != opened.name)
    return replace(record, sources=(*others, brought))


def _not_the_source(root: Path) -> tuple[Path, ...]:
    """Name what ingest itself writes: a folder of music may hold the data folder."""
    written = [path.parent for path in root.glob(f"*/{RECORD_FILE}")] if root.is_dir() else []
    return (root, *written)


def _metadata_beside(
    opened: OpenedSource, target: Path, *, advance: Advance
) -> Iterator[OpenedSource]:
    """Yield FMA's metadata where they lie beside its sound and were not ingested before."""
    layout = opened.layout
    if layout.family != "fma" or layout.tables or (target / "tracks.csv").exists():
        return
    for name in FMA_METADATA:
        path = opened.path.parent / name
        if path.exists():
            beside = opened_source(path, advance=advance)
            if beside.layout.family == "fma" and beside.layout.tables:
                yield beside
                return


def _sound(record: Record, view: _View) -> Iterator[SoundFile]:
    """Yield the sound of all sources, where it was left or where it was put."""
    for source in record.sources:
        if source.sound:
            yield from _sound_in_place(source, view.target)
            continue
        for part in source.parts:
            place = view.find(part)
            if place is not None and place.is_dir():
                for name in sorted(filter(is_audio, folder_sizes(place))):
                    yield SoundFile(place / name, f"{part}/{name}", name)


def _sound_in_place(source: Source, target: Path) -> Iterator[SoundFile]:
    base = target / source.sound
    if not base.is_dir():
        raise IngestError(
            f"{base} is gone, and the sound of {target} was left there. Bring it back, or delete "
            f"{target} and ingest it from where it is now."
        )
    sizes = folder_sizes(base, leave_out=_not_the_source(target.parent))
    layout = recognised(sizes, source=str(base))
    for name in sorted(layout.sound):
        path = base / name
        inside = path.is_relative_to(target)
        recorded = path.relative_to(target).as_posix() if inside else path.as_posix()
        yield SoundFile(path, recorded, name.removeprefix(layout.root))


def _is_whole(source: Source, target: Path) -> bool:
    """Tell whether all that a source brought is still there, by number and size."""
    return all(tally(target / part) == size for part, size in source.parts.items())


def _differs(staging: Path, target: Path) -> bool:
    """Tell whether anything staged is new, beyond tracks and record that say the same."""
    written = {TRACKS_FILE, RECORD_FILE}
    others = [path for path in staging.iterdir() if path.name not in written]
    return any(not path.name.startswith(".") and tally(path)[0] for path in others) or any(
        not same_content(staging / name, target / name) for name in written
    )
