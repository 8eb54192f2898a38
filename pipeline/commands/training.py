"""Commands that train, choose, and write the numbers into documents."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.store import StoreOption, fetched_data, put_results, validate_reachable
from pipeline.commands.terminal import (
    DataOption,
    FreshOption,
    JobsOption,
    OutOption,
    SchedulerOption,
    SeedOption,
    console,
    cores,
    fail,
    progress_bar,
    workers,
)
from pipeline.config import REPOSITORY, RESULTS_VARIABLE, results_dir
from pipeline.datasets import Dataset, DatasetError
from pipeline.store import is_url

if TYPE_CHECKING:
    from pipeline.datasets.sound import Listening
    from pipeline.plan import Selection

# a minute or two: the demo shows the pages, not the comparison, and networks take longest
DEMO_MODELS = (
    "dummy", "logistic_l2", "random_forest_small", "lightgbm_small", "knn_1", "lda_shrinkage",
    "kmeans_10",
)  # fmt: skip


DatasetOption = Annotated[
    str, typer.Option(help="Ingested data sets, by commas; else GTZAN, and FMA if it is there.")
]


def train(
    data: DataOption = None,
    dataset: DatasetOption = "",
    out: OutOption = None,
    models: Annotated[str, typer.Option(help="Only these models, by commas.")] = "",
    protocols: Annotated[str, typer.Option(help="Only these protocols, by commas.")] = "",
    only: Annotated[str, typer.Option(help="Only run ids that match, * and ? as for files.")] = "",
    seeds: Annotated[str, typer.Option(help="More seeds of random splits: 1-9 or 1,2,5.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Seeds, variants, sweeps, search.")] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Networks on spectrograms and pictures too.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Prove the path: few tracks, one protocol.")
    ] = False,
    seed: SeedOption = 0,
    jobs: JobsOption = 0,
    scheduler: SchedulerOption = "",
    fresh: FreshOption = False,
    store: StoreOption = "",
) -> None:
    """Train every model under every protocol and write the results folder.

    With --store the data come from there and the results go there too.
    """
    _validate_source(data, store)
    from pipeline.plan import Selection
    from pipeline.variants import few_tracks

    selection = Selection(
        models=_names(models, "models"),
        protocols=_names(protocols, "protocols"),
        only=only,
        seeds=_seeds(seeds or ("1-9" if full else "")),
        full=full,
        seed=seed,
    )
    results = _results_folder(out)
    narrowed = selection.narrowed or bool(dataset) or quick
    if narrowed and results.resolve() == (REPOSITORY / "results").resolve():
        fail("a narrowed run would replace the full results/: name another folder with --out DIR")
    source = fetched_data(store, dataset) if store else data
    found = _datasets(source, dataset, spectrograms=deep, jobs=jobs, fresh=fresh)
    if quick:
        found = [few_tracks(each, seed=seed) for each in found]
        listed = any(each.fault_filtered is not None for each in found)
        one = "fault_filtered" if listed else "clip_random"
        selection = replace(selection, protocols=selection.protocols or (one,))
    _build(found, results, selection, jobs=jobs, scheduler=scheduler, fresh=fresh)
    if store:
        put_results(results, store, narrowed=narrowed)


def choose(
    data: DataOption = None,
    dataset: DatasetOption = "",
    out: OutOption = None,
    models: Annotated[
        str, typer.Option(help="Only these, by commas; the others keep what was found before.")
    ] = "",
    deep: Annotated[
        bool, typer.Option("--deep", help="From spectrograms and pictures too.")
    ] = False,
    seed: SeedOption = 0,
    jobs: JobsOption = 0,
    scheduler: SchedulerOption = "",
    fresh: FreshOption = False,
    store: StoreOption = "",
) -> None:
    """Choose each protocol's model on validation tracks; commit before `train` tests it."""
    _validate_source(data, store)
    from pipeline.artifacts import read_candidates
    from pipeline.cache import Cache, default_cache
    from pipeline.choose import choose as chosen_by_validation
    from pipeline.choose import write_candidates
    from pipeline.splits import track_groups

    results, names = _results_folder(out), _names(models, "models")
    source = fetched_data(store, dataset) if store else data
    wanted = dataset or "gtzan"  # FMA, which is there by default, would only be read
    chosen_from = _datasets(source, wanted, spectrograms=deep, jobs=jobs, fresh=fresh)[0]
    with workers(jobs, scheduler) as found, progress_bar() as advance:
        chosen = chosen_by_validation(
            chosen_from,
            track_groups(chosen_from),
            models=names,
            before=read_candidates(results) if names else None,
            seed=seed,
            cache=Cache(None) if fresh else default_cache(),
            jobs=found,
            advance=advance,
        )
    write_candidates(results, chosen)
    for protocol, choice in chosen.items():
        console.print(f"{protocol}: {choice['id']}, {choice['accuracy']:.3f} of validation")


def document(out: OutOption = None) -> None:
    """Rewrite the numbers of README.md and docs/ from the results folder."""
    from pipeline.documents import write_documents

    for name in write_documents(_results_folder(out)):
        console.print(f"rewrote the numbers of {name}")


def demo(
    out: Annotated[Path, typer.Option("--out", help="Results folder to write.")] = Path(
        "demo-results"
    ),
    tracks_per_genre: Annotated[int, typer.Option(min=10, help="Size of the corpus.")] = 12,
    seed: SeedOption = 0,
    jobs: JobsOption = 0,
    fresh: FreshOption = False,
) -> None:
    """Write a small synthetic corpus and run some models on it; needs no data."""
    from pipeline.datasets import demo as demo_data
    from pipeline.plan import Selection

    corpus = out / "corpus"
    try:
        with console.status("writing the synthetic corpus and computing its features"):
            demo_data.write_corpus(corpus, seed=seed, tracks_per_genre=tracks_per_genre)
            dataset = demo_data.load(corpus)
    except DatasetError as error:
        fail(str(error))
    selection = Selection(models=DEMO_MODELS, seed=seed)
    _build([dataset], out, selection, jobs=jobs, fresh=fresh)


def _validate_source(data: Path | None, store: str) -> None:
    if data and store:
        fail("--data and --store both say where the data are: give one of them")
    if store:
        validate_reachable(store)


def _results_folder(out: Path | None) -> Path:
    """Return the results folder to write, which is never a database."""
    if out is None and is_url(os.environ.get(RESULTS_VARIABLE, "")):
        fail(f"{RESULTS_VARIABLE} names a database and results are written to a folder: --out DIR")
    return out or results_dir()


def _datasets(
    data: Path | None, names: str, *, spectrograms: bool, jobs: int, fresh: bool
) -> list[Dataset]:
    """Return the data sets that are named, by default GTZAN, and FMA where it is there."""
    from pipeline.datasets import fma

    wanted = list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    if not wanted:
        wanted = ["gtzan", "fma"] if fma.is_there(data) else ["gtzan"]
    try:
        with _listening(spectrograms, jobs=jobs, fresh=fresh) as listening:
            if spectrograms:
                console.print("reading pictures and spectrograms")
            found = [_dataset(data, name, spectrograms, listening) for name in wanted]
    except DatasetError as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("stopped; the clips that were read are kept for the next run")
    for dataset in found:
        for track, reason in dataset.left_out:
            console.print(
                f"{dataset.name}: {track} has no spectrogram: {reason}",
                markup=False, highlight=False, soft_wrap=True,
            )  # fmt: skip
    return found


def _dataset(
    data: Path | None, name: str, spectrograms: bool, listening: "Listening | None"
) -> Dataset:
    from pipeline.datasets import fma, gtzan, own

    if name == "gtzan":
        kept = listening.cache.folder if listening else None
        keep = kept / "tables" if kept else None
        return gtzan.load(data, spectrograms=spectrograms, keep=keep)
    if name == "fma":
        return fma.load(data, spectrograms=spectrograms, listening=listening)
    dataset = own.load(data, name, spectrograms=spectrograms, listening=listening)
    own.validate_comparable(dataset)
    return dataset


@contextmanager
def _listening(spectrograms: bool, *, jobs: int, fresh: bool) -> Iterator["Listening | None"]:
    """Give what sound is read with, by processes of this machine: clips may be here alone."""
    if not spectrograms:
        yield None
        return
    from pipeline.cache import Cache, default_cache
    from pipeline.datasets.sound import Listening

    with progress_bar() as advance:
        cache = Cache(None) if fresh else default_cache()
        yield Listening(cache=cache, jobs=jobs or cores(), advance=advance)


def _build(
    datasets: list[Dataset],
    results: Path,
    selection: "Selection",
    *,
    jobs: int,
    scheduler: str = "",
    fresh: bool,
) -> None:
    from pipeline.build import build_results
    from pipeline.cache import Cache, default_cache
    from pipeline.plan import SelectionError

    cache = Cache(None) if fresh else default_cache()
    try:
        with workers(jobs, scheduler) as found, progress_bar() as advance:
            selection = replace(selection, jobs=found)
            written = build_results(datasets, results, selection, cache=cache, advance=advance)
    except SelectionError as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail(f"stopped; {results} is as it was, and what was finished is kept for the next run")
    if not written:
        console.print(f"nothing has changed; {results} is as it would be written")
    console.print(f"look at it with `make run RESULTS={results}`")


def _seeds(text: str) -> tuple[int, ...]:
    """Return the seeds of "1-9" or "1,2,5"."""
    seeds: list[int] = []
    for part in filter(None, text.split(",")):
        first, dash, last = part.strip().partition("-")
        if not dash:
            last = first
        if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
            fail(f"--seeds takes numbers and ranges such as 1-9 or 1,2,5; got {text!r}")
        seeds += range(int(first), int(last) + 1)
    return tuple(dict.fromkeys(seeds))


def _names(text: str, kind: str) -> tuple[str, ...]:
    from pipeline.models import MODELS
    from pipeline.splits import PROTOCOLS

    known = MODELS if kind == "models" else PROTOCOLS
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in known]
    if unknown:
        fail(f"no such {kind}: {', '.join(unknown)}; there are {', '.join(known)}")
    return names
