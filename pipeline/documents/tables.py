"""Tables of a document: scores, published figures, candidates."""

from collections.abc import Callable

from pipeline import artifacts
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import read_analysis
from pipeline.documents.sources import BLANK, Sources, score_text, table_text


def scores(sources: Sources, dataset: str, unit: str, *wanted: str) -> str:
    """Models with their accuracies under all protocols; ``wanted``: representations, served ids."""
    content = sources.content
    plain = [
        RunId.parse(metadata["id"])
        for metadata in content["metadata"]
        if metadata["dataset"] == dataset
        and metadata["variant"] is None
        and metadata["accuracy"]
        and unit in metadata["accuracy"]
        and (
            not wanted
            or {metadata["representation"], RunId.parse(metadata["id"]).served_id} & set(wanted)
        )
    ]
    order = {name: entry["order"] for name, entry in content["protocols"].items()}
    protocols = sorted({run_id.protocol for run_id in plain}, key=lambda name: order[name])
    heads = ["model", "data", *(content["protocols"][name]["label"] for name in protocols)]
    lines: list[list[str]] = []
    ids = {str(run_id) for run_id in plain}
    for served_id in dict.fromkeys(run_id.served_id for run_id in plain):
        cells = [
            score_text(sources.score(f"{served_id}.{name}", unit))
            if f"{served_id}.{name}" in ids
            else BLANK
            for name in protocols
        ]
        first = next(run_id for run_id in plain if run_id.served_id == served_id)
        title = sources.metadata(str(first))["title"]
        short = content["representations"][first.representation]["short"]
        lines.append([title, short, *cells])
    return table_text(heads, lines)


def published(sources: Sources, *representations: str) -> str:
    """Published figures beside ours, with the range over seeds where there is one."""
    ranges = read_analysis(sources.folder, "seed_ranges")
    heads = ["model", "data", "split", "published", "ours [95 %]", "seeds, least to greatest"]
    lines: list[list[str]] = []
    for metadata in sources.content["metadata"]:
        published = metadata["published"]
        wanted = not representations or metadata["representation"] in representations
        if not (published and wanted):
            continue
        run_id = RunId.parse(metadata["id"])
        own = ranges[
            (ranges["representation"] == run_id.representation)
            & (ranges["model"] == run_id.model)
            & (ranges["protocol"] == run_id.protocol)
            & (ranges["unit"] == published["unit"])
        ]
        seeds = BLANK
        if len(own):
            seeds = f"{own.iloc[0]['low']:.3f} to {own.iloc[0]['high']:.3f}"
        cells = [
            metadata["title"],
            sources.content["representations"][run_id.representation]["short"],
            sources.content["protocols"][run_id.protocol]["label"],
            f"{published['accuracy']:.3f}",
            score_text(sources.score(metadata["id"], published["unit"])),
            seeds,
        ]
        lines.append(cells)
    return table_text(heads, lines)


def candidates(sources: Sources) -> str:
    """What validation chose for each protocol, and what the test part said afterwards."""
    heads = ["protocol", "unit", "chosen on validation", "validation", "test [95 %]"]
    lines: list[list[str]] = []
    for protocol, choice in artifacts.read_candidates(sources.folder).items():
        run_id = RunId.parse(choice["id"])
        title = sources.metadata(choice["id"])["title"]
        short = sources.content["representations"][run_id.representation]["short"]
        cells = [
            sources.content["protocols"][protocol]["label"],
            choice["unit"],
            f"{title}, {short}",
            f"{choice['accuracy']:.3f}",
            score_text(sources.score(choice["id"], choice["unit"])),
        ]
        lines.append(cells)
    return table_text(heads, lines)


def ranking(sources: Sources) -> str:
    """Every candidate with its accuracy on the validation units of each protocol."""
    content, chosen = sources.content, artifacts.read_candidates(sources.folder)
    heads = ["candidate", "data", *(content["protocols"][name]["label"] for name in chosen)]
    found: dict[str, dict[str, float]] = {}
    for protocol, choice in chosen.items():
        for entry in choice["ranking"]:
            served_id = RunId.parse(entry["id"]).served_id
            found.setdefault(served_id, {})[protocol] = entry["accuracy"]
    lines: list[list[str]] = []
    for served_id, accuracies in found.items():
        representation = served_id.split(".")[1]
        title = sources.metadata(f"{served_id}.{next(iter(accuracies))}")["title"]
        cells = [f"{accuracies[name]:.3f}" if name in accuracies else BLANK for name in chosen]
        lines.append([title, content["representations"][representation]["short"], *cells])
    return table_text(heads, lines)


FIELDS: dict[str, Callable[..., str]] = {
    "scores": scores,
    "published": published,
    "candidates": candidates,
    "ranking": ranking,
}
