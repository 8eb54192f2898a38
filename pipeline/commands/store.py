"""Commands that put data and results into MongoDB and fetch data from it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pipeline.artifacts import ResultsError, read_results
from pipeline.commands.terminal import console, fail, progress_bar
from pipeline.store import STORE_VARIABLE, StoreError, load_folder, load_results, materialise
from pipeline.store import open_store as opened
from pipeline.store.address import parse_url, validate_folder
from pipeline.store.mirror import cache_folder
from pipeline.store.results import stored_run_ids

URL_HELP = "mongodb://HOST:27017/DATABASE; without a database it is Music_db."
TABLES = ("feat_3", "feat_30")  # training needs one of them
STANDARD = ("gtzan", "fma")  # data sets that are looked for in the data folder itself

store_app = typer.Typer(no_args_is_help=True, help="Keep data and results in MongoDB.")

UrlArgument = Annotated[
    str, typer.Argument(help=URL_HELP, metavar="URL", envvar=STORE_VARIABLE, show_envvar=True)
]
StoreOption = Annotated[
    str, typer.Option("--store", help=f"Data from MongoDB: {URL_HELP}", envvar=STORE_VARIABLE)
]


@store_app.command()
def load(
    folder: Annotated[Path, typer.Argument(help="Data folder.")],
    url: UrlArgument,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete what the folder does not have.")
    ] = False,
) -> None:
    """Put a data folder's tables, splits, sound and pictures into the database."""
    with _refusals(), progress_bar() as advance:
        validate_folder(folder, "load FOLDER URL")
        loaded = load_folder(folder, url, advance=advance, prune=prune)
    _say(f"{parse_url(url)}: {loaded}")


@store_app.command()
def fetch(
    url: Annotated[
        str, typer.Argument(help=f"{URL_HELP} May be left out: {STORE_VARIABLE}.", metavar="[URL]")
    ],
    folder: Annotated[str, typer.Argument(help="Folder to write.", metavar="FOLDER")] = "",
) -> None:
    """Write the database's data as a folder; only what changed is fetched."""
    if not folder:
        url, folder = os.environ.get(STORE_VARIABLE, ""), url
    with _refusals(), progress_bar() as advance:
        validate_folder(folder, "fetch URL FOLDER")
        materialise(url, Path(folder), advance=advance)
    _say(f"{folder} holds what {parse_url(url)} holds")


@store_app.command()
def results(
    folder: Annotated[Path, typer.Argument(help="Results folder.")],
    url: UrlArgument,
) -> None:
    """Put a results folder into the database, where it replaces the results there."""
    with _refusals(), progress_bar() as advance:
        validate_folder(folder, "results FOLDER URL")
        loaded = load_results(folder, url, advance=advance)
    _say(f"{parse_url(url)}: {loaded}")


def validate_reachable(url: str) -> None:
    """End the program at once, before slow imports, where a store cannot be used."""
    with _refusals():
        opened(url).close()


def fetched_data(url: str, dataset: str = "") -> Path:
    """Return a local copy, in the cache, of the data in a store; end the program without.

    A data set of the user's own is looked for below the data folder, in a folder of its name.
    """
    if "," in dataset:
        fail(f"a database holds one data set, and --dataset names more: {dataset}")
    own = dataset.strip() not in ("", *STANDARD)
    with _refusals():
        folder = cache_folder("data", parse_url(url).key)
        place = folder / "own" / dataset.strip() if own else folder / "standard"
        with progress_bar() as advance:
            materialise(url, place, advance=advance, needs=TABLES)
    return place.parent if own else place


def put_results(folder: Path, url: str, *, narrowed: bool) -> None:
    """Put what a training wrote into the store; some runs never replace results with others."""
    with _refusals():
        if narrowed and (others := _runs_that_would_go(folder, url)):
            _say(
                f"the store keeps its results: {len(others)} of its runs are not in {folder}. To "
                f"replace them: python -m pipeline store results {folder} {parse_url(url)}"
            )
            return
        with progress_bar() as advance:
            loaded = load_results(folder, url, advance=advance)
    _say(f"{parse_url(url)}: {loaded}")


def _say(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _runs_that_would_go(folder: Path, url: str) -> set[str]:
    """Return the runs of the store's results that a folder does not have."""
    with opened(url) as store:
        return stored_run_ids(store) - set(read_results(folder)["ids"])


@contextmanager
def _refusals() -> Iterator[None]:
    """End the program with the message of an error that a user can mend."""
    try:
        yield
    except (StoreError, ResultsError) as error:
        fail(str(error))
    except OSError as error:
        place = error.filename or "a file"
        fail(
            f"{place} cannot be read or written: {error.strerror or error}. Check the folder, its "
            "permissions and the free space; then the same command goes on where it was."
        )
    except KeyboardInterrupt:
        fail("stopped; what was written stays, and the same command goes on where it was")
