"""Command line: ``python -m pipeline COMMAND``."""

import typer

from pipeline.commands import features, ingest, training
from pipeline.commands.store import store_app

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
for command in (
    ingest.ingest, features.features, features.pictures,
    training.train, training.choose, training.document, training.demo,
):  # fmt: skip
    app.command()(command)
app.add_typer(store_app, name="store")

if __name__ == "__main__":
    app()
