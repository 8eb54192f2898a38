"""Units of work on clips: what each is called in the cache, and how a run goes through them.

A unit's key holds the SHA-256 of its file and the place where workers find it, if that is another;
the feature's name, parameters and version, how the clip is cut, the code that reads and computes
it, and the versions of the packages that do. What is read elsewhere and has no copy here is not
kept, for nothing tells whether it changed.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from pipeline.cache import Cache, digest, versions
from pipeline.features import FEATURES
from pipeline.features.bulk.clips import Clip
from pipeline.features.bulk.hashes import FileHashes
from pipeline.features.bulk.work import Outcome, clip_features, judge_of
from pipeline.locations import location_of
from pipeline.tasks import Advance, Jobs, Task, run_tasks

UNKNOWN = "unknown "  # begins the key of a file that could not be hashed
DECODERS = ("soundfile", "soxr", "av")
# What is in memory at once: so many windows (a sequence's take as much whole or cut into segments),
# which for clips of 30 s is some 130 MB at most; and where windows are large, so many bytes of
# files, so that long tracks come in smaller batches.
BATCH_WINDOWS = {"vector": 1024, "sequence": 64, "image": 256}
SEGMENTS_OF_A_CLIP = 10
BATCH_BYTES = 2**27


@dataclass(frozen=True)
class Unit:
    """A feature of a clip.

    Attributes
    ----------
    clip : Clip
    location : str
        Where a worker reads it.
    feature : str
        Name in ``FEATURES``.
    cut : str
        See ``pipeline.features.bulk.work``.
    """

    clip: Clip
    location: str
    feature: str
    cut: str


class LastingOutcomes(Cache):
    """Keeps neither a refusal that may pass nor features of a file whose content is unknown."""

    def put(self, key: str, value: Outcome) -> None:
        """Keep an outcome that a rerun would find again."""
        passing = value.reason and not value.judge
        if not passing and not key.startswith(UNKNOWN):
            super().put(key, value)


class Progress:
    """Counts units over all batches, those that the cache held included."""

    def __init__(self, advance: Advance, total: int) -> None:
        self._advance, self._total = advance, total
        self._before = self._batch = 0
        advance(0, total, "features")

    def begin(self, n_units: int) -> None:
        """Begin a batch; what came before it is done."""
        self._before += self._batch
        self._batch = n_units

    def __call__(self, done: int, total: int, label: str) -> None:
        """Take what ``run_tasks`` says: so many of those that the cache did not hold."""
        self._advance(self._before + self._batch - total + done, self._total, label)

    def end(self) -> None:
        """Say that everything is done."""
        self._advance(self._total, self._total, "features")


@dataclass(frozen=True)
class Engine:
    """What units are run with: cache, remembered hashes, workers, progress."""

    cache: Cache
    hashes: FileHashes
    jobs: Jobs
    progress: Progress

    def outcomes(self, units: Sequence[Unit]) -> Iterator[tuple[Clip, Outcome]]:
        """Yield each clip with its features, in order.

        Files of the next batch are hashed while this one is computed.
        """
        batches = list(batches_of(units))
        reader = ThreadPoolExecutor(1)
        try:
            coming = [reader.submit(self._task, unit) for unit in batches[0]]
            for batch, following in zip(batches, [*batches[1:], []], strict=True):
                tasks = [task.result() for task in coming]
                coming = [reader.submit(self._task, unit) for unit in following]
                for unit, outcome in zip(batch, self._run(tasks), strict=True):
                    yield unit.clip, outcome
        finally:
            reader.shutdown(cancel_futures=True)

    def _task(self, unit: Unit) -> Task:
        feature, path = FEATURES[unit.feature], unit.clip.path
        # Without a cache nothing asks what is in the file; the key still tells tasks apart.
        content = "" if self.cache.folder is None else self.hashes.of(path)
        # Elsewhere another file may stand than the one here.
        elsewhere = "" if unit.location == location_of(path) else unit.location
        key = digest(
            content or str(path.absolute()),
            elsewhere,
            feature.name,
            asdict(feature.parameters),  # type: ignore[call-overload]  # dataclasses, all of them
            feature.version,
            unit.cut,
            judge_of(feature.name),
            versions((*feature.packages, *DECODERS)),
        )
        key = key if content else f"{UNKNOWN}{key}"
        arguments = {
            "location": unit.location,
            "feature": feature.name,
            "cut": unit.cut,
            # other machines may have no access to what this one sees: that is no fault of the clip
            "is_there": not isinstance(self.jobs, int) and path.is_file(),
        }
        return Task(path.name, key, clip_features, arguments)

    def _run(self, tasks: list[Task]) -> list[Outcome]:
        """Run a batch; what may be otherwise the next time is done, but not kept."""
        self.progress.begin(len(tasks))
        kept = LastingOutcomes(self.cache.folder)
        return run_tasks(tasks, cache=kept, jobs=self.jobs, advance=self.progress, kind="features")


def batches_of(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Divide units of one output into those whose features are in memory together.

    The length of a track is not known before it is read, so the size of its file stands for it
    (128 MB are two hours of MP3 at 128 kbit/s). A track that is larger has a batch of its own.
    """
    kind = FEATURES[units[0].feature].kind
    batch: list[Unit] = []
    n_windows = n_bytes = 0
    for unit in units:
        segmented = unit.cut == "segments" and kind != "sequence"
        windows = SEGMENTS_OF_A_CLIP if segmented else 1
        size = _file_bytes(unit) if kind != "vector" and unit.cut in ("segments", "whole") else 0
        full = n_windows + windows > BATCH_WINDOWS[kind] or n_bytes + size > BATCH_BYTES
        if batch and full:
            yield batch
            batch, n_windows, n_bytes = [], 0, 0
        batch.append(unit)
        n_windows, n_bytes = n_windows + windows, n_bytes + size
    yield batch


def _file_bytes(unit: Unit) -> int:
    try:
        return unit.clip.path.stat().st_size
    except OSError:  # not here: workers find it elsewhere, or say why not
        return 0
