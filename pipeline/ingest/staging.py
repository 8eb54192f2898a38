"""A folder beside the data set where everything is made ready, and its change of place.

Whatever goes wrong before the end (an error, Ctrl-C, a full disk), the data set is as it was and
the staging folder is gone. After a kill, the next run finds it: what was put aside goes back, and
an archive that was unpacked to the end is not unpacked again. Must not import scikit-learn,
TensorFlow, LightGBM or ``dashboard``.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.ingest import IngestError
from pipeline.ingest.layouts import SPLITS_FOLDER
from pipeline.ingest.record import RECORD_FILE
from pipeline.ingest.tracks import TRACKS_FILE

UNPACKED_FILE = ".unpacked"  # says which archive was unpacked to the end
REPLACED_FOLDER = ".replaced"  # what the new parts push aside, until all are in place


def staging_path(target: Path) -> Path:
    """Return the staging folder of a data set's folder: hidden, beside it, on the same disk."""
    return target.with_name(f".{target.name}.ingest")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give an empty folder (or what a killed run had unpacked) and remove it at the end.

    Raises
    ------
    IngestError
        If another run is at work on this data set, or the folder cannot be written.
    """
    folder = staging_path(target)
    made = _missing_parents(folder)
    try:
        lock = _locked(folder)
    except OSError as error:
        raise IngestError(
            f"{folder.parent} cannot be written ({error.strerror}). Name another data folder with "
            "--data DIR."
        ) from error
    try:
        put_back(folder, target)
        yield folder
    finally:
        put_back(folder, target)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
        for parent in made:  # a failed run leaves no empty folders
            _remove_empty(parent)


def keep_unpacked(folder: Path, archives: Collection[str]) -> None:
    """Empty a staging folder unless it holds only what this run would unpack, too.

    Parameters
    ----------
    archives : collection of str
        SHA-256 of the archives of this run.
    """
    marks = _marks(folder)
    if not marks or not marks.keys() <= set(archives):
        _empty(folder)


def is_unpacked(folder: Path, sha256: str, files: Mapping[str, str]) -> bool:
    """Return whether an archive was unpacked here to its end, and to the same places."""
    return _marks(folder).get(sha256) == dict(files)


def mark_unpacked(folder: Path, sha256: str, files: Mapping[str, str]) -> None:
    """Note that all that an archive holds is here: destination by member name."""
    marks = {**_marks(folder), sha256: dict(files)}
    (folder / UNPACKED_FILE).write_text(json.dumps(marks), encoding="utf-8")


def put_in_place(folder: Path, target: Path) -> None:
    """Move what is ready into the data set's folder; a new data set appears as a whole."""
    (folder / UNPACKED_FILE).unlink(missing_ok=True)
    ready = sorted(path.name for path in folder.iterdir() if path.name != REPLACED_FOLDER)
    if not target.exists():
        fresh = folder / ".fresh"
        fresh.mkdir()
        for name in ready:
            os.rename(folder / name, fresh / name)
        os.rename(fresh, target)
        return
    # The record first: what follows is known as ours. The tracks last: they tell of the rest.
    for name in sorted(ready, key=lambda name: (name != RECORD_FILE, name == TRACKS_FILE, name)):
        if name == SPLITS_FOLDER and (target / name).is_dir():  # lists of others stay
            for path in sorted((folder / name).iterdir()):
                os.replace(path, target / name / path.name)
            continue
        if (target / name).is_dir():
            aside = folder / REPLACED_FOLDER / name
            aside.parent.mkdir(exist_ok=True)
            os.rename(target / name, aside)
        os.replace(folder / name, target / name)


def put_back(folder: Path, target: Path) -> None:
    """Return to the data set what an interrupted ``put_in_place`` had put aside."""
    aside = folder / REPLACED_FOLDER
    if not aside.is_dir():
        return
    for path in aside.iterdir():
        if not (target / path.name).exists():
            os.rename(path, target / path.name)
    shutil.rmtree(aside, ignore_errors=True)


def remove(path: Path) -> None:
    """Delete a file, or a folder with all in it; nothing happens if it is not there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _locked(folder: Path) -> int:
    """Make the folder and lock it; the lock goes with the process, however that ends."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise IngestError(
                f"another run is filling {folder.parent}/{folder.name[1:].partition('.')[0]} now. "
                "Wait for its end, or stop it."
            ) from error
        try:
            if os.path.samestat(os.fstat(descriptor), os.stat(folder)):
                return descriptor
        except FileNotFoundError:  # removed by the run that held the lock
            pass
        os.close(descriptor)


def _marks(folder: Path) -> dict[str, dict[str, str]]:
    """Read which archives were unpacked to the end; {} if none was, or the note was cut off."""
    try:
        marks = json.loads((folder / UNPACKED_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return marks if isinstance(marks, dict) else {}


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        remove(path)


def _missing_parents(folder: Path) -> list[Path]:
    return [parent for parent in folder.parents if not parent.exists()]


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:  # not empty: it is in use
        pass
