"""Where a number comes from: run, data, code, seed, time, and the command that makes it again.

``GET /api/provenance?runs=<run ids, by commas>`` answers it for the drawer of a card, which asks
only when it is opened (assets/provenance.js).
"""

import re
from typing import Any

from dash import Dash
from flask import Response, request

from dashboard.state import Results, ResultsError, State
from dashboard.web.replies import error_reply, json_reply

MOST_RUNS = 20  # an answer of a few kilobytes, an address that every server takes
SEED = re.compile(r"seed(\d+)")
# Read without spectrograms and pictures; everything else needs --deep.
TABLES = frozenset({"features_3s", "features_30s", "features_song", "echonest"})
AGAIN = "again"  # a narrowed run must not replace the full results


def provenance(results: Results, run_ids: list[str]) -> dict[str, Any]:
    """Return what is known of runs, and of the results that they belong to.

    Raises
    ------
    KeyError
        If a run is not among the results.
    """
    run = results.run
    return {
        "results": {
            "id": results.digest,
            "commit": run.get("commit") or None,
            "uncommitted_changes": bool(run.get("uncommitted_changes")),
            "finished_at": run.get("finished_at"),
            "command": run.get("command"),
            "python": run.get("python"),
            "versions": run.get("versions") or {},
            "inputs_sha256": run.get("inputs_sha256") or {},
            "seeds": run.get("seeds") or {},
        },
        "runs": [run_provenance(results, name) for name in run_ids],
    }


def run_provenance(results: Results, run_id: str) -> dict[str, Any]:
    """Return what is known of one run.

    Raises
    ------
    KeyError
        If the run is not among the results.
    """
    metadata = results.metadata[run_id]
    dataset, representation = metadata["dataset"], metadata["representation"]
    protocol = results.protocols[metadata["protocol"]]
    hashes = results.run.get("inputs_sha256") or {}
    return {
        "id": run_id,
        "model": metadata["title"],
        "data": f"{results.datasets[dataset]['title']}, "
        f"{results.representations[representation]['title']}",
        "protocol": protocol["label"],
        "split": protocol["explanation"],
        "tracks": metadata["n_tracks"],
        "training_tracks": metadata["n_training_tracks"],
        "seed": metadata["seed"],
        "params": metadata["params"],
        "data_sha256": hashes.get(f"{dataset}.{representation}"),
        "command": repeating_command(metadata),
    }


def repeating_command(metadata: dict[str, Any]) -> str:
    """Return the command that computes a run again, into a folder of its own."""
    variant = str(metadata["variant"] or "")
    seeded = SEED.fullmatch(variant)
    parts = [
        f"python -m pipeline train --dataset {metadata['dataset']}",
        f"--out {AGAIN}",
        f"--only '{metadata['id']}'",
    ]
    if metadata["representation"] not in TABLES:
        parts.append("--deep")
    if seeded and metadata["technique"] != "deep":
        parts.append(f"--seeds {seeded.group(1)}")
    elif variant:
        parts.append("--full")
    elif metadata["seed"]:
        parts.append(f"--seed {metadata['seed']}")
    return " ".join(parts)


def register_routes(app: Dash, state: State) -> None:
    """Add ``GET /api/provenance``."""

    def api_provenance() -> Response:
        names = [name for name in request.args.get("runs", "").split(",") if name]
        if len(names) > MOST_RUNS:
            text = f"{len(names)} runs were asked for; at most {MOST_RUNS} at a time."
            return error_reply("too_many_runs", text, 400)
        try:
            return json_reply(provenance(state.current(), names))
        except ResultsError as error:
            return error_reply("results_unavailable", str(error), 503)
        except KeyError as error:
            text = f"There is no run {str(error)[:90]} in these results."
            return error_reply("no_such_run", text, 404)

    app.server.add_url_rule("/api/provenance", "api_provenance", api_provenance)
