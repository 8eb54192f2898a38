"""What can be asked for, the file that it comes into, and the record of what was written."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.artifacts import ResultsError, read_json, write_json
from pipeline.cache import versions
from pipeline.features import FEATURES, Feature
from pipeline.features.bulk.work import Cut

RECORD_FILE = "features.json"
UNFINISHED = "unfinished"  # in the record of files that may have been left half-way


class OutputError(Exception):
    """A file cannot be written as asked; the message says what to do."""


@dataclass(frozen=True)
class Output:
    """A file of one feature.

    Attributes
    ----------
    feature : Feature
    cut : Cut
    file : str
        Name of the file.
    """

    feature: Feature
    cut: Cut
    file: str

    @property
    def failures_file(self) -> str:
        """Name of the table of the clips that could not be used."""
        return f"{Path(self.file).stem}_failures.csv"

    @property
    def rows_file(self) -> str:
        """Name of the table of the arrays' names; "" for a table, which needs none."""
        return f"{Path(self.file).stem}_rows.csv" if self.file.endswith(".npz") else ""

    @property
    def files(self) -> tuple[str, ...]:
        """Names of all files that come of it."""
        return tuple(name for name in (self.file, self.rows_file, self.failures_file) if name)


def requested_outputs(names: Sequence[str], *, segments: int | None) -> list[Output]:
    """Return the files that features come into.

    Parameters
    ----------
    names : sequence of str
        Names in ``FEATURES``.
    segments : {3, 30} or None
        Length of the windows in seconds; None stands for 30, and for the 57 statistics both.

    Raises
    ------
    OutputError
        For FMA's statistics of 3-s segments: its table has a row for each track.
    """
    outputs = []
    for name in dict.fromkeys(names):
        feature = FEATURES[name]
        if name == "fma":
            if segments == 3:
                raise OutputError("fma describes whole tracks: leave out --segments, or give 30")
            outputs.append(Output(feature, "middle", "features.csv"))
            continue
        stem, ending = ("features", "csv") if name == "summary" else (name, "npz")
        wanted = (segments,) if segments else (3, 30) if name == "summary" else (30,)
        for seconds in wanted:
            # A table or picture of whole clips has one row a track, even where tracks are long.
            whole: Cut = "whole" if feature.kind == "sequence" else "middle"
            cut: Cut = "segments" if seconds == 3 else whole
            outputs.append(Output(feature, cut, f"{stem}_{seconds}_sec.{ending}"))
    return outputs


def validate_may_be_written(output: Output, folder: Path) -> None:
    """Raise unless each file of an output is not there yet, or is as this command left it.

    Raises
    ------
    OutputError
    """
    entry = _record(folder).get(output.file, {})
    if UNFINISHED in entry:
        return
    sizes = {**entry.get("beside", {}), output.file: entry.get("bytes")}
    for path in (folder / name for name in output.files):
        if path.exists() and sizes.get(path.name) != path.stat().st_size:
            raise _not_ours(path)


def announce_output(output: Output, folder: Path) -> None:
    """Note in ``features.json`` that the files of an output are about to take their names.

    If that is cut short, a rerun finds that what is there is its own.
    """
    _write_entry(output, folder, {"feature": output.feature.name, UNFINISHED: True})


def record_output(
    output: Output, folder: Path, *, clips: int, pictures: int, rows: int, failures: int
) -> None:
    """Note in ``features.json`` what a file holds, which ends in being written."""
    feature = output.feature
    entry = {
        "feature": feature.name,
        "version": feature.version,
        "unit": feature.unit,
        "parameters": asdict(feature.parameters),  # type: ignore[call-overload]  # a dataclass
        "packages": versions(feature.packages),
        "cut": output.cut,
        "clips": clips,
        "pictures": pictures,
        "rows": rows,
        "failures": failures,
        "bytes": (folder / output.file).stat().st_size,
        "beside": {name: (folder / name).stat().st_size for name in output.files[1:]},
    }
    _write_entry(output, folder, entry)


def _write_entry(output: Output, folder: Path, entry: dict[str, Any]) -> None:
    files = {**_record(folder), output.file: entry}
    write_json(folder / RECORD_FILE, {"files": dict(sorted(files.items()))})


def _record(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what was noted of each file; nothing if there is no record yet."""
    path = folder / RECORD_FILE
    if not path.exists():
        return {}
    try:
        content = read_json(path)
    except ResultsError:
        raise _not_ours(path) from None
    files = content.get("files") if isinstance(content, dict) else None
    if not isinstance(files, dict) or not all(isinstance(entry, dict) for entry in files.values()):
        raise _not_ours(path)
    return files


def _not_ours(path: Path) -> OutputError:
    return OutputError(
        f"{path} is there and was not written by this command: it stays as it is. Name another "
        "folder with --out DIR, or move the file away."
    )
