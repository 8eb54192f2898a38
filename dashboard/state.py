"""The results as the pages use them: read once, read again when ``run.json`` changes.

One ``State`` belongs to one app; pages reach it through ``current_state()`` inside a request.
``Results`` holds what every page needs; the tables of one run (confusion, history, clusters,
embedding) are read when they are asked for and kept as long as these results are. Results in a
database are read from a local copy, which ``pipeline.store.Mirror`` keeps up to date.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from flask import current_app

from dashboard.kept import Kept
from dashboard.results_digest import results_digest
from dashboard.rows.track_answers import read_track_answers
from pipeline import artifacts, config
from pipeline.artifacts import ResultsError
from pipeline.artifacts.analysis import ANALYSES, analysis_path, has_analysis, read_analysis
from pipeline.store import Mirror, StoreError, is_url

EXTENSION = "genrelens"  # key in flask's app.extensions
MOST_RECENT = 20  # tables of one run: a page shows up to ten, and two visitors look at two


@dataclass(frozen=True)
class Results:
    """Everything that one state of the results folder says.

    Attributes
    ----------
    folder : Path
    content : dict
        ``results.json`` as it is.
    runs : DataFrame
        One row per run: ``id, served_id, model, title, family, technique, dataset, representation,
        protocol, variant, n_tracks, n_training_tracks, n_samples, train_s``. ``variant`` is ""
        for the plain run.
    scores : DataFrame
        ``scores.parquet``; ``genre`` is "" where a score is over all genres.
    metadata, outcomes : dict
        The ``metadata`` and ``results`` objects by run id.
    datasets, representations, protocols : dict
        Titles and explanations by id.
    run : dict
        ``run.json``.
    digest : str
        As ``results_digest`` gives it.
    """

    folder: Path
    content: dict[str, Any]
    runs: pd.DataFrame
    scores: pd.DataFrame
    metadata: dict[str, dict[str, Any]]
    outcomes: dict[str, dict[str, Any]]
    datasets: dict[str, dict[str, Any]]
    representations: dict[str, dict[str, Any]]
    protocols: dict[str, dict[str, Any]]
    run: dict[str, Any]
    digest: str = ""
    kept: Kept = field(default_factory=Kept, init=False, repr=False, compare=False)
    _tables: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict, repr=False)
    _ids: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _recent: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def synthetic(self) -> bool:
        """Whether any data set in the results is made up."""
        return any(dataset.get("synthetic") for dataset in self.datasets.values())

    def confusion(self, run_id: str, unit: str) -> pd.DataFrame:
        """Return counts of segments or tracks, rows true genre, columns predicted genre."""
        return self._kept(artifacts.read_confusion, run_id, unit)

    def clusters(self, run_id: str) -> pd.DataFrame:
        """Return ``track_id, segment, cluster`` of a clustering run."""
        return self._kept(artifacts.read_clusters, run_id)

    def embedding(self, dataset: str, representation: str) -> pd.DataFrame:
        """Return the PCA coordinates of a representation."""
        return self._kept(artifacts.read_embedding, dataset, representation)

    def explained_variance(self, dataset: str, representation: str) -> list[float]:
        """Return the share of the variance in each principal component of a representation."""
        projection = artifacts.read_projection(self.folder, dataset, representation)
        return [float(share) for share in projection["explained_variance_ratio"]]

    def history(self, run_id: str) -> pd.DataFrame | None:
        """Return a network's losses by fold and epoch; None for a model without epochs."""
        if not (self.folder / "history" / f"{run_id}.csv").is_file():
            return None
        return self._kept(artifacts.read_history, run_id)

    def analysis(self, kind: str) -> pd.DataFrame:
        """Return one kind of ``results/analysis``; without rows where it was not computed."""
        if not has_analysis(self.folder, kind):
            return pd.DataFrame(columns=list(ANALYSES[kind].columns))
        return self._kept(read_analysis, kind)

    def analysis_of_run(self, kind: str, run_id: str) -> pd.DataFrame:
        """Return one run's rows of a kind that has an ``id``.

        The whole is large: only what was read last is kept, for one page asks more than once.
        """
        if run_id not in self.analysed_runs(kind):
            return pd.DataFrame(columns=list(ANALYSES[kind].columns))
        return self._kept_for_a_while(
            (kind, run_id), lambda: read_analysis(self.folder, kind, run_id=run_id)
        )

    def analysis_of_track(self, kind: str, dataset: str, track_id: str) -> pd.DataFrame:
        """Return one track's rows of a kind that has ``dataset, track_id``; the rest stays away."""
        columns = list(ANALYSES[kind].columns)
        if not has_analysis(self.folder, kind):
            return pd.DataFrame(columns=columns)
        where = [("dataset", "==", dataset), ("track_id", "==", track_id)]
        path = analysis_path(self.folder, kind)
        return artifacts.read_table(path, columns, where=where, only=True)

    def track_answers(self, run_id: str) -> pd.DataFrame:
        """Return what a run answers for each tested track; see ``read_track_answers``."""
        return self._kept_for_a_while(
            ("track_answers", run_id), lambda: read_track_answers(self.folder, run_id)
        )

    def analysed_runs(self, kind: str) -> frozenset[str]:
        """Return the ids of the runs that a kind of analysis says something of."""
        if kind not in self._ids:
            names: set[str] = set()
            if has_analysis(self.folder, kind):
                table = artifacts.read_table(analysis_path(self.folder, kind), ["id"], only=True)
                names = set(map(str, table["id"].unique()))
            self._ids[kind] = frozenset(names)
        return self._ids[kind]

    def candidates(self) -> dict[str, dict[str, Any]]:
        """Return, by protocol, the model that validation chose; see ``read_candidates``."""
        return artifacts.read_candidates(self.folder)

    def _kept_for_a_while(
        self, key: tuple[str, str], read: Callable[[], pd.DataFrame]
    ) -> pd.DataFrame:
        """Return what ``read`` gives, from memory while it is among those asked for last."""
        table = self._recent.pop(key, None)
        if table is None:
            table = read()
        self._recent[key] = table
        for oldest in list(self._recent)[:-MOST_RECENT]:
            self._recent.pop(oldest, None)
        return table

    def _kept(self, read: Callable[..., pd.DataFrame], *names: str) -> pd.DataFrame:
        """Return what ``read`` gives, from memory the second time."""
        key = (read.__name__, *names)
        if key not in self._tables:
            self._tables[key] = read(self.folder, *names)
        return self._tables[key]


def load_results(folder: Path) -> Results:
    """Return the results in ``folder``.

    Raises
    ------
    ResultsError
        If a file that every page needs is missing, damaged or of another schema version.
    """
    content = artifacts.read_results(folder)
    scores = artifacts.read_scores(folder)
    metadata = dict(zip(content["ids"], content["metadata"], strict=True))
    run = artifacts.read_run(folder)
    return Results(
        folder=folder,
        content=content,
        runs=_runs(metadata),
        scores=scores.assign(genre=scores["genre"].fillna("").astype(str)),
        metadata=metadata,
        outcomes=dict(zip(content["ids"], content["results"], strict=True)),
        datasets=content["datasets"],
        representations=content["representations"],
        protocols=content["protocols"],
        run=run,
        digest=results_digest(folder, run),
    )


def _runs(metadata: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Return one row per run."""
    names = [
        "id", "model", "title", "family", "technique", "dataset", "representation", "protocol",
        "variant", "n_tracks", "n_training_tracks", "n_samples", "train_s",
    ]  # fmt: skip
    rows = [{name: run[name] for name in names} for run in metadata.values()]
    table = pd.DataFrame(rows, columns=names)
    table["variant"] = table["variant"].fillna("")
    parts = (table["dataset"], table["representation"], table["model"])
    table.insert(1, "served_id", parts[0] + "." + parts[1] + "." + parts[2])
    return table


class State:
    """Keeps the results of one folder in memory and notices when they are replaced.

    Parameters
    ----------
    results_dir : Path
    mirror : Mirror, optional
        What keeps that folder equal to the results of a database.
    """

    def __init__(self, results_dir: Path, *, mirror: Mirror | None = None) -> None:
        self.results_dir = Path(results_dir)
        self._mirror = mirror
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._results: Results | None = None

    @classmethod
    def of(cls, source: Path | str | None) -> "State":
        """Return the state of a folder or database: ``source``, else what the settings say.

        Raises
        ------
        StoreError
            If a URL is not as it must be.
        """
        named = str(source or os.environ.get(config.RESULTS_VARIABLE) or "")
        if not is_url(named):
            return cls(config.results_dir(source))
        mirror = Mirror(named)
        return cls(mirror.folder, mirror=mirror)

    @property
    def warning(self) -> str:
        """Why the results shown may be old; "" where all is well."""
        problem = self._mirror.problem if self._mirror else ""
        return f"The results shown may be old. {problem}" if problem else ""

    def refresh(self) -> None:
        """Bring the folder up to date where it is a copy; waits for seconds at most.

        Raises
        ------
        ResultsError
            If there is no copy yet.
        """
        if self._mirror is not None:
            try:
                self._mirror.refresh()
            except StoreError as error:
                raise ResultsError(str(error)) from error

    def current(self) -> Results:
        """Return the results as they are now on disk.

        Raises
        ------
        ResultsError
            If they are missing, half-written or of another schema version; the next call tries
            again.
        """
        self.refresh()
        with self._lock:
            stamp = self._stamp_on_disk()
            if self._results is None or stamp != self._stamp:
                self._results = None  # the old results are not shown under a new stamp
                self._results = load_results(self.results_dir)
                self._stamp = stamp
            return self._results

    def _stamp_on_disk(self) -> tuple[int, int]:
        """Return modification time (ns) and size of ``run.json``, which is written last."""
        path = self.results_dir / "run.json"
        try:
            status = path.stat()
        except OSError as error:
            # Reading it says the same as any other missing file, with the same advice.
            artifacts.read_json(path)
            raise ResultsError(f"{path} cannot be read ({error}). Run `make results`.") from error
        return status.st_mtime_ns, status.st_size


def current_state() -> State:
    """Return the state of the app that answers the current request."""
    state: State = current_app.extensions[EXTENSION]
    return state
