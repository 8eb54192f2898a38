"""What is known of whole tracks: each among the others, and what mistaking one costs."""

from collections.abc import Iterator, Sequence

import pandas as pd

from pipeline.analysis.genre_distances import distance_score, genre_distances
from pipeline.analysis.nearest import nearest_tracks
from pipeline.analysis.track_features import feature_scales, track_features, track_table
from pipeline.assess import resampled_unit
from pipeline.cache import Cache, digest, source_digest
from pipeline.datasets import Dataset
from pipeline.plan import KEYED, table_digest
from pipeline.splits import TrackGroups
from pipeline.tasks import Advance, Jobs, Task, run_tasks
from pipeline.train import Run


def whole_track_tables(
    dataset: Dataset,
    groups: TrackGroups,
    runs: Sequence[Run],
    *,
    cache: Cache,
    jobs: Jobs,
    advance: Advance,
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield kind and table of what is known of a data set's tracks and of each run's mistakes.

    Nothing where no table describes whole clips feature by feature.
    """
    table = track_table(dataset)
    if table is None:
        return
    yield "feature_scales", feature_scales(table)
    yield "track_features", track_features(table)
    yield "nearest_tracks", nearest_tracks(table)
    distances = genre_distances(table)
    yield "genre_distances", distances
    source = source_digest((distance_score.__module__,), KEYED)
    tasks = []
    for run in runs if len(distances) else ():
        name, group = str(run.run_id), resampled_unit(run.run_id.protocol, groups)
        key = digest("distance score", name, run.key, group, table_digest(table), source)
        arguments = {
            "run_id": name,
            "predictions": run.predictions,
            "group_of_track": group,
            "distances": distances,
        }
        tasks.append(Task(f"distance score {name}", key, distance_score, arguments))
    kind = f"costs of mistakes on {dataset.name}"
    for score in run_tasks(tasks, cache=cache, jobs=jobs, advance=advance, kind=kind):
        yield "distance_scores", score
