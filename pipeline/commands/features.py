"""Commands that compute features of audio files."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.terminal import console, fail

features_app = typer.Typer(no_args_is_help=True, help="Compute features of audio files.")


@features_app.command()
def summary(
    clips: Annotated[list[Path], typer.Argument(help="Audio files.", metavar="CLIP...")],
    segments: Annotated[int, typer.Option(help="3: a row per 3-s segment; 30: per clip.")] = 30,
) -> None:
    """Print the 57 statistics of each clip as CSV with Kaggle's columns."""
    from pipeline.features.table import summary_table

    if segments not in (3, 30):
        fail(f"--segments must be 3 or 30, got {segments}")
    table, failures = summary_table(clips, segments=3 if segments == 3 else 30)
    print(table.to_csv(index=False), end="")
    for path, reason in failures[["path", "reason"]].itertuples(index=False):
        console.print(f"{path}: {reason}", markup=False, highlight=False, soft_wrap=True)
    if len(failures):
        sys.exit(1)
