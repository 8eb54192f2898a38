"""Command line: ``python -m pipeline COMMAND``."""

import typer

from pipeline.commands import training
from pipeline.commands.features import features_app
from pipeline.commands.ingest import ingest

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
for command in (training.train, training.choose, training.document, training.demo):
    app.command()(command)
app.command()(ingest)
app.add_typer(features_app, name="features")

if __name__ == "__main__":
    app()
