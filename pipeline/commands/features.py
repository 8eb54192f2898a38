"""Commands that compute features of audio files and draw them."""

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.terminal import (
    DataOption,
    FreshOption,
    JobsOption,
    SchedulerOption,
    console,
    fail,
    progress_bar,
    workers,
)

if TYPE_CHECKING:
    from pipeline.features.bulk import Collection, Output, Written
    from pipeline.tasks import Jobs


def features(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME... [CLIP_OR_FOLDER...]",
            help="Features, then what to compute them of; by default the clips of the data folder.",
        ),
    ],
    segments: Annotated[
        int | None,
        typer.Option(help="3: 3-s segments; 30: whole clips. By default 30; summary writes both."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write; by default that of the clips.")
    ] = None,
    data: DataOption = None,
    jobs: JobsOption = 0,
    scheduler: SchedulerOption = "",
    clips_at: Annotated[
        str,
        typer.Option(
            help="Where workers of a scheduler find the folder of the clips, if not at its path: "
            "a path, an fsspec URL, or mongodb://HOST/DATABASE."
        ),
    ] = "",
    fresh: FreshOption = False,
) -> None:
    """Compute features of clips; `summary CLIP...` without --out prints its table as CSV."""
    names, places = _names_and_places(words)
    if segments not in (None, 3, 30):
        fail(f"--segments must be 3 or 30, got {segments}")
    if names == ["summary"] and places and out is None and not any(p.is_dir() for p in places):
        if jobs or scheduler or clips_at or fresh:
            fail(
                "--jobs, --scheduler, --clips-at and --fresh are for features that are written: "
                "add --out DIR. Without it the table is printed, clip by clip"
            )
        _print_summary(places, segments or 30)
        return
    from pipeline.features.bulk import (
        ClipsError,
        OutputError,
        data_collections,
        named_clips,
        requested_outputs,
    )

    try:
        outputs = requested_outputs(names, segments=segments)
        collections = [named_clips(places)] if places else data_collections(data)
        with workers(jobs, scheduler) as found:
            written = _computed(
                outputs, collections, out=out, jobs=found, clips_at=clips_at, fresh=fresh
            )
    except (ClipsError, OutputError) as error:
        fail(str(error))
    except OSError as error:
        fail(_not_written(error))
    except KeyboardInterrupt:
        fail(
            "stopped; no file was changed half-way, and what was finished is kept for the next run"
        )
    for file in written:
        said = f", {file.failures} clips left out: {file.failures_path}" if file.failures else ""
        console.print(f"{file.path}: {file.rows} rows{said}", markup=False, highlight=False)
    if not any(file.rows for file in written):
        sys.exit(1)


def pictures(
    clips: Annotated[list[Path], typer.Argument(help="Audio files.", metavar="CLIP...")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")],
    svg: Annotated[bool, typer.Option("--svg", help="SVG instead of PNG.")] = False,
) -> None:
    """Draw clips: waveform, spectrograms, mel bands, MFCC, chroma."""
    from pipeline.audio import AudioError
    from pipeline.clip_pictures import write_clip_pictures

    clips = list({clip.resolve(): clip for clip in clips}.values())
    names: dict[str, Path] = {}
    for clip in clips:
        if (other := names.setdefault(clip.stem, clip)) != clip:
            fail(
                f"the pictures of {other} and {clip} would have the same names: draw one of them "
                "into another folder with --out DIR"
            )
    failed = False
    for clip in clips:
        try:
            for path in write_clip_pictures(clip, out, format="svg" if svg else "png"):
                console.print(str(path), markup=False, highlight=False, soft_wrap=True)
        except AudioError as error:
            failed = True
            console.print(f"{clip}: {error}", markup=False, highlight=False, soft_wrap=True)
        except OSError as error:
            fail(_not_written(error))
    if failed:
        sys.exit(1)


def _not_written(error: OSError) -> str:
    """Say what to do where a folder cannot be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    advice = "Free some room, or name" if full else "Check its path and rights, or name"
    return f"{error}. {advice} another folder with --out DIR"


def _names_and_places(words: list[str]) -> tuple[list[str], list[Path]]:
    """Divide what was given into names of features, which come first, and paths."""
    from pipeline.features import FEATURES

    names = []
    for word in words:
        if word not in FEATURES:
            break
        names.append(word)
    places = [Path(word) for word in words[len(names) :]]
    unknown = [str(place) for place in places if len(place.parts) == 1 and not place.suffix]
    unknown = [word for word in unknown if not Path(word).exists()]
    if unknown or not names:
        wrong = unknown[0] if unknown else words[0]
        fail(f"no such feature, file or folder: {wrong}; features are {', '.join(FEATURES)}")
    return names, places


def _print_summary(clips: list[Path], segments: int) -> None:
    """Print the 57 statistics of each clip as CSV with Kaggle's columns."""
    from pipeline.features.table import summary_table

    table, failures = summary_table(clips, segments=3 if segments == 3 else 30)
    print(table.to_csv(index=False), end="")
    for path, reason in failures[["path", "reason"]].itertuples(index=False):
        console.print(f"{path}: {reason}", markup=False, highlight=False, soft_wrap=True)
    if len(failures):
        sys.exit(1)


def _computed(
    outputs: list["Output"],
    collections: list["Collection"],
    *,
    out: Path | None,
    jobs: "Jobs",
    clips_at: str,
    fresh: bool,
) -> list["Written"]:
    from pipeline.cache import Cache, default_cache
    from pipeline.features.bulk import compute_features

    cache = Cache(None) if fresh else default_cache()
    with progress_bar() as advance:
        return compute_features(
            outputs,
            collections,
            out=out,
            cache=cache,
            jobs=jobs,
            advance=advance,
            clips_at=clips_at,
        )
