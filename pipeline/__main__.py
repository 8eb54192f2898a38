"""Command line: ``python -m pipeline COMMAND``."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipeline.config import REPOSITORY, results_dir
from pipeline.datasets import Dataset, DatasetError

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
features_app = typer.Typer(no_args_is_help=True, help="Compute features of audio files.")
app.add_typer(features_app, name="features")
console = Console(stderr=True)

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder with GTZAN (else GENRELENS_DATA, else data/).")
]
JobsOption = Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0 means one per core.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of folds and models.")]


@app.command()
def train(
    data: DataOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Results folder to write.")] = None,
    models: Annotated[str, typer.Option(help="Only these models, by commas.")] = "",
    protocols: Annotated[str, typer.Option(help="Only these protocols, by commas.")] = "",
    seed: SeedOption = 0,
    jobs: JobsOption = 0,
) -> None:
    """Train every model on GTZAN under every protocol and write the results folder."""
    from pipeline.datasets import gtzan

    chosen = _names(models, "models"), _names(protocols, "protocols")
    results = out or results_dir()
    if any(chosen) and results.resolve() == (REPOSITORY / "results").resolve():
        _fail("a narrowed run would replace the full results/: name another folder with --out DIR")
    try:
        dataset = gtzan.load(data)
    except DatasetError as error:
        _fail(str(error))
    _build(dataset, results, models=chosen[0], protocols=chosen[1], seed=seed, jobs=jobs)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Results folder to write.")] = Path(
        "demo-results"
    ),
    tracks_per_genre: Annotated[int, typer.Option(min=10, help="Size of the corpus.")] = 12,
    seed: SeedOption = 0,
    jobs: JobsOption = 0,
) -> None:
    """Write a small synthetic corpus and run everything on it; needs no data."""
    from pipeline.datasets import demo as demo_data

    corpus = out / "corpus"
    try:
        with console.status("writing the synthetic corpus and computing its features"):
            demo_data.write_corpus(corpus, seed=seed, tracks_per_genre=tracks_per_genre)
            dataset = demo_data.load(corpus)
    except DatasetError as error:
        _fail(str(error))
    _build(dataset, out, models=(), protocols=(), seed=seed, jobs=jobs)


@features_app.command()
def summary(
    clips: Annotated[list[Path], typer.Argument(help="Audio files.", metavar="CLIP...")],
    segments: Annotated[int, typer.Option(help="3: a row per 3-s segment; 30: per clip.")] = 30,
) -> None:
    """Print the 57 statistics of each clip as CSV with Kaggle's columns."""
    from pipeline.features.table import summary_table

    if segments not in (3, 30):
        _fail(f"--segments must be 3 or 30, got {segments}")
    table, failures = summary_table(clips, segments=3 if segments == 3 else 30)
    print(table.to_csv(index=False), end="")
    for path, reason in failures[["path", "reason"]].itertuples(index=False):
        console.print(f"{path}: {reason}", markup=False, highlight=False, soft_wrap=True)
    if len(failures):
        sys.exit(1)


def _build(
    dataset: Dataset,
    results: Path,
    *,
    models: tuple[str, ...],
    protocols: tuple[str, ...],
    seed: int,
    jobs: int,
) -> None:
    from pipeline.build import build_results
    from pipeline.train import Selection

    selection = Selection(models, protocols, seed, **({"jobs": jobs} if jobs else {}))
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("starting", total=None)

        def advance(done: int, total: int, label: str) -> None:
            progress.update(task, completed=done, total=total, description=label)

        try:
            build_results(dataset, results, selection, advance=advance)
        except KeyboardInterrupt:
            _fail(f"stopped; {results} is as it was before")
    console.print(f"wrote {results}; look at it with `make run RESULTS={results}`")


def _names(text: str, kind: str) -> tuple[str, ...]:
    from pipeline.models import MODELS
    from pipeline.splits import PROTOCOLS

    known = MODELS if kind == "models" else PROTOCOLS
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in known]
    if unknown:
        _fail(f"no such {kind}: {', '.join(unknown)}; there are {', '.join(known)}")
    return names


def _fail(message: str) -> None:
    console.print(message, markup=False, highlight=False, soft_wrap=True)
    sys.exit(2)


if __name__ == "__main__":
    app()
