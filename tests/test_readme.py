"""README is held to results.json and to the Makefile."""

import re

from pipeline import artifacts
from pipeline.config import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
CONTENT = artifacts.read_results(REPOSITORY / "results")
COLUMNS = ("segment_random", "track_kfold", "fault_filtered")


def score_text(figure: dict[str, float]) -> str:
    """Return "0.53 [0.47, 0.58]"."""
    return f"{figure['value']:.2f} [{figure['ci_low']:.2f}, {figure['ci_high']:.2f}]"


def score_markdown(unit: str) -> str:
    """Return the table of accuracies in one unit as README holds it."""
    labels = [CONTENT["protocols"][name]["label"] for name in COLUMNS]
    lines = [f"| model | data | {' | '.join(labels)} |", "|---|---|---|---|---|"]
    by_id = {metadata["id"]: metadata for metadata in CONTENT["metadata"]}
    for run_id, metadata in by_id.items():
        if metadata["protocol"] != COLUMNS[0] or unit not in metadata["accuracy"]:
            continue
        stem = run_id.removesuffix(COLUMNS[0])
        cells = [score_text(by_id[stem + name]["accuracy"][unit]) for name in COLUMNS]
        short = CONTENT["representations"][metadata["representation"]]["short"]
        lines.append(f"| {metadata['title']} | {short} | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_readme_tables_are_those_of_the_results():
    for unit in ("track", "segment"):
        table = score_markdown(unit)
        assert table in README, f"README's table by {unit} must read:\n{table}"


def test_readme_headline_is_that_of_the_results():
    by_id = {
        metadata["id"]: metadata["accuracy"]["segment"]["value"]
        for metadata in (
            m for m in CONTENT["metadata"] if m["accuracy"] and "segment" in m["accuracy"]
        )
    }
    figures = [f"{100 * by_id[f'gtzan.features_3s.lightgbm.{name}']:.0f} %" for name in COLUMNS]
    sentence = (
        f"LightGBM gets {figures[0]} of 3-second segments right as published, {figures[1]} in "
        f"songs it has not heard, and {figures[2]} for new artists once the faults are removed"
    )
    assert sentence in " ".join(README.split()), f"README must say: {sentence}"


def test_readme_names_only_make_targets_that_exist():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z]+)", README))
    assert {"run", "test", "results"} <= named <= targets


def test_readme_files_exist():
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (REPOSITORY / path).exists(), path
