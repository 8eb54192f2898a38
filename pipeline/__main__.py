"""Command line: ``python -m pipeline COMMAND``."""

import typer

from pipeline.commands import training
from pipeline.commands.features import features_app
from pipeline.commands.store import store_app

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
for command in (training.train, training.choose, training.document, training.demo):
    app.command()(command)
app.add_typer(features_app, name="features")
app.add_typer(store_app, name="store")

if __name__ == "__main__":
    app()
