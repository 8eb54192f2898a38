"""The real tables, lists, sound and pictures through a database: equal bytes, equal predictions."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from data_folder import files_of

from pipeline.cache import Cache
from pipeline.config import data_candidates
from pipeline.datasets import Dataset, gtzan
from pipeline.plan import Selection, planned_runs
from pipeline.splits import track_groups
from pipeline.store import load_folder, materialise
from pipeline.train import train

MODELS = ("dummy", "knn_1")
N_PICTURES = 5
SELECTION = Selection(
    models=MODELS, protocols=("track_kfold",), only="gtzan.features_30s.*", jobs=1
)


@pytest.fixture(scope="module")
def folder(data_root, tmp_path_factory) -> Path:
    """The user's folder as links, with every clip and a handful of pictures."""
    base = next(path for path in data_candidates(data_root) if (path / "splits").is_dir())
    folder = tmp_path_factory.mktemp("real") / "data"
    names = ["features_3_sec.csv", "features_30_sec.csv"]
    paths = [base / name for name in names] + sorted((base / "splits").glob("*.csv"))
    paths += sorted(base.glob("genres_original/*/*.0000[0-5].*"))
    paths += sorted(base.glob("images_original/*/*.png"))[:N_PICTURES]
    for path in paths:
        (folder / path.relative_to(base)).parent.mkdir(parents=True, exist_ok=True)
        (folder / path.relative_to(base)).symlink_to(path)
    return folder


def test_real_data_come_back_byte_for_byte_and_predict_the_same(folder, store_url, tmp_path):
    loaded = load_folder(folder, store_url)
    assert loaded.rows["feat_30"] == 1000 and loaded.rows["feat_3"] > 9_000
    assert load_folder(folder, store_url).sent == 0
    copy = materialise(store_url, tmp_path / "copy")
    assert files_of(copy) == files_of(folder)
    predicted = [predictions(gtzan.load(place)) for place in (folder, copy)]
    assert len(predicted[0]) == len(MODELS)
    for run_id, table in predicted[0].items():
        pd.testing.assert_frame_equal(table, predicted[1][run_id])
    shutil.rmtree(copy)


def predictions(dataset: Dataset) -> dict[str, pd.DataFrame]:
    """Train small models and return what they answer."""
    planned = planned_runs(dataset, track_groups(dataset), SELECTION)
    runs = train(planned, cache=Cache(None), jobs=1, advance=lambda *_step: None)
    return {str(run.run_id): run.predictions for run in runs}
