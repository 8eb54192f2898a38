"""The command that brings data sets in: from a folder or archive, or fetched from their source."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.terminal import (
    FreshOption,
    JobsOption,
    SchedulerOption,
    console,
    fail,
    progress_bar,
    workers,
)
from pipeline.config import data_candidates

if TYPE_CHECKING:
    from pipeline.cache import Cache
    from pipeline.ingest.run import Ingested
    from pipeline.tasks import Jobs

SPLITS = "splits"
DOWNLOAD_FOLDER = "downloads"


def ingest(
    source: Annotated[
        Path | None, typer.Argument(help="Folder, zip, tar, tar.gz or tar.bz2.", metavar="SOURCE")
    ] = None,
    dataset: Annotated[str, typer.Option(help="Name of the data set, else told by SOURCE.")] = "",
    data: Annotated[
        Path | None,
        typer.Option("--data", "--out", help="Data folder (else GENRELENS_DATA, else data/)."),
    ] = None,
    merge: Annotated[
        list[str] | None, typer.Option(help="Rename a genre: blues=jazz. May come again.")
    ] = None,
    download: Annotated[
        str,
        typer.Option(help="Instead of SOURCE: gtzan, fma-small, fma-metadata, splits."),
    ] = "",
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy sound and images of a folder as well.")
    ] = False,
    store: Annotated[
        str, typer.Option(help="Load the result into MongoDB, too: mongodb://HOST/...")
    ] = "",
    jobs: JobsOption = 0,
    scheduler: SchedulerOption = "",
    fresh: FreshOption = False,
) -> None:
    """Bring GTZAN, FMA or your own music (by genre) in, and check every clip."""
    from pipeline.cache import Cache, default_cache
    from pipeline.ingest import IngestError

    root = data_candidates(data)[0]
    cache = Cache(None) if fresh else default_cache()
    merges = _merges(merge or [])
    if download == SPLITS and (source is not None or merges or copy or dataset):
        fail("--download splits takes no SOURCE, --dataset, --merge or --copy: it adds lists only")
    if store:
        _validate_store(store)
    loading = False
    try:
        with workers(jobs, scheduler) as found:
            if download == SPLITS:
                folder = _splits(root, cache=cache, jobs=found)
            else:
                folder = _ingested(
                    _source(source, download, root),
                    root,
                    dataset=dataset,
                    merges=merges,
                    copy=copy,
                    cache=cache,
                    jobs=found,
                )
        if store:
            loading = True
            _load(folder, store)
    except IngestError as error:
        fail(str(error))
    except OSError as error:  # permissions, a disk that is gone or read-only, a failing one
        fail(
            f"{error}. Correct the permissions or the disk, or name another data folder with "
            "--data DIR; then run the command again."
        )
    except KeyboardInterrupt:
        if loading:
            fail(
                f"stopped; {folder} is complete, and a part of it is in the database. Run "
                f"`python -m pipeline store load {folder} URL` to load the rest"
            )
        fail(
            f"stopped; {root} is as it was, and what was fetched or heard is kept for the next run"
        )


def _ingested(
    source: Path,
    root: Path,
    *,
    dataset: str,
    merges: dict[str, str],
    copy: bool,
    cache: "Cache",
    jobs: "Jobs",
) -> Path:
    from pipeline.ingest import run

    with progress_bar() as advance:
        done = run.ingest(
            source,
            root,
            dataset=dataset,
            merges=merges,
            copy=copy,
            cache=cache,
            jobs=jobs,
            advance=advance,
        )
    _say(done)
    return done.folder


def _source(source: Path | None, download: str, root: Path) -> Path:
    """Return what to ingest: the argument, or the archive that was fetched."""
    from pipeline.ingest.catalogue import DOWNLOADS
    from pipeline.ingest.download import fetch

    if (source is None) == (not download):
        fail("name either a SOURCE or --download gtzan, fma-small, fma-metadata or splits")
    if source is not None:
        return source
    if download not in DOWNLOADS:
        fail(f"--download knows {', '.join((*DOWNLOADS, SPLITS))}; got {download!r}")
    wanted = [DOWNLOADS[download]]
    if download == "fma-small" and not (root / "fma" / "tracks.csv").is_file():
        wanted.insert(0, DOWNLOADS["fma-metadata"])  # its genres; found beside it
    with progress_bar() as advance:
        paths = [fetch(one, root / DOWNLOAD_FOLDER, advance=advance) for one in wanted]
    return paths[-1]


def _splits(root: Path, *, cache: "Cache", jobs: "Jobs") -> Path:
    """Fetch the split lists beside GTZAN's tables, and let its tracks know their artists."""
    from pipeline.ingest import run
    from pipeline.ingest.layouts import GTZAN_TABLES, SPLITS_FOLDER
    from pipeline.ingest.published_splits import fetch_splits
    from pipeline.ingest.record import RECORD_FILE

    folder = next(
        (
            place
            for place in data_candidates(root)
            if any((place / table).is_file() for table in GTZAN_TABLES)
        ),
        root / "gtzan",
    )
    with progress_bar() as advance:
        for path in fetch_splits(folder / SPLITS_FOLDER, advance=advance):
            console.print(f"wrote {path}", markup=False, highlight=False, soft_wrap=True)
        if not (folder / RECORD_FILE).is_file():
            return folder
        done = run.refresh(folder, cache=cache, jobs=jobs, advance=advance)
    _say(done)
    return folder


def _validate_store(store: str) -> None:
    """End at once, before the work, where a store cannot be used."""
    import_module("pipeline.commands.store").validate_reachable(store)


def _load(folder: Path, store: str) -> None:
    """Load a data set's folder into MongoDB."""
    mongo = import_module("pipeline.store")  # its driver is loaded only when it is asked for
    try:
        with progress_bar() as advance:
            counts = mongo.load_folder(folder, store, advance=advance)
    except mongo.StoreError as error:
        fail(str(error))
    console.print(f"loaded: {counts}", markup=False, highlight=False, soft_wrap=True)


def _say(done: "Ingested") -> None:
    from pipeline.ingest.summary import summary_lines

    for line in summary_lines(done):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _merges(texts: list[str]) -> dict[str, str]:
    """Return new genre by old one of "blues=jazz"."""
    merges: dict[str, str] = {}
    for text in texts:
        old, equals, new = (part.strip() for part in text.partition("="))
        if not (old and equals and new):
            fail(f"--merge takes OLD=NEW, such as blues=jazz; got {text!r}")
        if merges.setdefault(old, new) != new:
            fail(f"--merge {text}: {old!r} is already renamed to {merges[old]!r}")
    return merges
