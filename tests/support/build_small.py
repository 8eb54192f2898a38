"""Results of the small data set, made by the pipeline that the interpreter finds.

Run as a program, so that a copy of the pipeline with another model in it can make them:
``PYTHONPATH=<copy>:tests/support python build_small.py <results folder> <model>,<model>...``
"""

import sys
from pathlib import Path

from small_dataset import small_dataset

from pipeline.build import build_results
from pipeline.cache import Cache
from pipeline.plan import Selection


def main(folder: Path, models: tuple[str, ...]) -> None:
    """Train models under two protocols and write the results folder."""
    selection = Selection(models, ("segment_random", "fault_filtered"), jobs=1)
    build_results(
        [small_dataset()], folder, selection, cache=Cache(None), advance=lambda *_progress: None
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2].split(",")))
