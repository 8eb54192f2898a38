"""Features of collections of clips, computed side by side and written whole."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pipeline.cache import Cache
from pipeline.features.bulk.clips import Clip, ClipsError, Collection, apart
from pipeline.features.bulk.files import failure_table, feature_file
from pipeline.features.bulk.hashes import FileHashes
from pipeline.features.bulk.outputs import (
    Output,
    announce_output,
    record_output,
    validate_may_be_written,
)
from pipeline.features.bulk.units import Engine, Progress, Unit
from pipeline.features.bulk.work import PICTURE
from pipeline.locations import below, location_of
from pipeline.tasks import Advance, Jobs


@dataclass(frozen=True)
class Written:
    """A file that was written.

    Attributes
    ----------
    path : Path
    rows : int
        Windows that it describes.
    failures : int
        Clips that could not be used.
    failures_path : Path
        Table of these, with the reason of each.
    """

    path: Path
    rows: int
    failures: int
    failures_path: Path


@dataclass(frozen=True)
class _Plan:
    output: Output
    collection: Collection
    folder: Path
    units: list[Unit]


def compute_features(
    outputs: Sequence[Output],
    collections: Sequence[Collection],
    *,
    out: Path | None,
    cache: Cache,
    jobs: Jobs,
    advance: Advance,
    clips_at: str = "",
) -> list[Written]:
    """Write features of clips and return which files they are in.

    Parameters
    ----------
    outputs : sequence of Output
        From ``requested_outputs``.
    collections : sequence of Collection
        From ``named_clips`` or ``data_collections``.
    out : Path or None
        Folder to write to (one in it for each of several collections); by default features go
        where their clips are.
    cache : Cache
        Keeps each clip's features by the content of its file.
    jobs : int, or whatever ``run_tasks`` takes
    advance : callable
        Called as ``advance(done, total, label)``.
    clips_at : str
        Where workers find what the folder of the clips holds, if not at its path: another path,
        an fsspec URL, or ``mongodb://host/database``.

    Raises
    ------
    LocationError
        If a worker of a cluster cannot read a clip that is there.
    ClipsError
        If a collection has no clips for an output, two clips have one name, or ``out`` is missing.
    OutputError
        If a file is there that this function did not write.
    """
    several = len(collections) > 1
    plans = [
        _Plan(output, own, _folder(own, out, several=several), units_of(output, own, clips_at))
        for own in collections
        for output in outputs
    ]
    for plan in plans:
        validate_may_be_written(plan.output, plan.folder)
    hashes = FileHashes(cache.folder)
    progress = Progress(advance, sum(len(plan.units) for plan in plans))
    engine = Engine(cache=cache, hashes=hashes, jobs=jobs, progress=progress)
    written = []
    for plan in plans:
        try:
            written.append(_write(plan, engine))
        finally:
            hashes.keep()
    progress.end()
    return written


def units_of(output: Output, collection: Collection, clips_at: str = "") -> list[Unit]:
    """Return the work that an output takes: a track's published picture goes before its sound.

    A picture shows the whole clip, so there is none of a segment.

    Raises
    ------
    ClipsError
        If there is none, or two clips have one name.
    """
    name = output.feature.name
    read = output.feature.reader and output.cut != "segments"
    pictures = apart(collection.pictures if read else ())
    drawn = {picture.track_id for picture in pictures}
    clips = [clip for clip in apart(collection.clips) if clip.track_id not in drawn]
    cuts = [(clip, PICTURE) for clip in pictures] + [(clip, output.cut) for clip in clips]
    units = [Unit(clip, _location(clip, collection, clips_at), name, cut) for clip, cut in cuts]
    if not units:
        place = collection.folder or "what was named"
        raise ClipsError(
            f"{name} needs audio files, and {place} has none. Name another folder of clips."
        )
    return units


def _location(clip: Clip, collection: Collection, clips_at: str) -> str:
    """Return where a worker reads a clip."""
    if not clips_at:
        return location_of(clip.path)
    folder = collection.folder
    if folder is None or not clip.path.is_relative_to(folder):
        raise ClipsError(
            f"--clips-at stands for the folder of a data set, and {clip.path} is not in "
            f"{folder or 'one'}. Name that folder, or ingest it with --copy."
        )
    return below(clips_at, clip.path.relative_to(folder).as_posix())


def _folder(collection: Collection, out: Path | None, *, several: bool) -> Path:
    if out is not None:
        return out / collection.name if several else out
    if collection.folder is None:
        raise ClipsError("features of named clips need a folder to go to: --out DIR")
    return collection.folder


def _write(plan: _Plan, engine: Engine) -> Written:
    output, folder = plan.output, plan.folder
    rows = 0
    excluded = plan.collection.excluded
    with ExitStack() as files:
        failures = files.enter_context(failure_table(folder / output.failures_file))
        for path, reason in excluded:
            failures.add(path, reason)
        features = files.enter_context(feature_file(folder / output.file, output))
        for clip, outcome in engine.outcomes(plan.units):
            if outcome.reason:
                failures.add(str(clip.path), outcome.reason)
            else:
                rows += features.add(clip, outcome)
        announce_output(output, folder)  # the files take their names when this block ends
    pictures = sum(unit.cut == PICTURE for unit in plan.units)
    record_output(
        output,
        folder,
        clips=len(plan.units) - pictures,
        pictures=pictures,
        rows=rows,
        failures=failures.count,
    )
    return Written(folder / output.file, rows, failures.count, folder / output.failures_file)
