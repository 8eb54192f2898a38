"""A results folder in MongoDB: its files in the bucket ``results``, each run as a document.

The collection ``results`` holds one document for each run id, with the ``metadata`` and ``results``
objects of ``results.json``, for people who query. The files are GridFS's ``results.files`` and
``results.chunks``. The document ``results`` in ``sources`` lists the files that belong together and
is replaced at once, after all of them were written and before old ones go: who reads sees the old
results or the new ones, never both. One database holds one results folder.
"""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import artifacts
from pipeline.publish import FOLDERS, LAST
from pipeline.store.address import StoreError
from pipeline.store.documents import Advance, difference, write_difference
from pipeline.store.files import LocalFile, StoredFile, get_files, local_file, path_below
from pipeline.store.folder import MEGABYTE, silent
from pipeline.store.mongo import Store, named_errors, open_store
from pipeline.store.rows import Document
from pipeline.store.uploads import keep_only, put_files

RESULTS = "results"
TOP_FILES = (*LAST, "candidates.json")
CURRENT = "current"  # link to the version that is shown
ABANDONED_S = 3_600.0

_VERSION = re.compile(r"[0-9a-f]{32}")  # it names a folder


@dataclass(frozen=True)
class LoadedResults:
    """What was put into the store: runs, files, and how much of them was new."""

    runs: int
    files: int
    sent: int
    sent_bytes: int

    def __str__(self) -> str:
        megabytes = f"{self.sent_bytes / MEGABYTE:.1f} MB"
        return f"{self.runs} runs, {self.files} files ({self.sent} new or changed, {megabytes})"


def load_results(folder: Path, url: str, *, advance: Advance = silent) -> LoadedResults:
    """Put a results folder into a store, where it replaces the results that were there.

    Parameters
    ----------
    folder : Path
    url : str
        "mongodb://host/database".
    advance : callable
        Called as ``advance(done, total, label)``.

    Raises
    ------
    ResultsError
        If the folder holds no complete results.
    StoreError
        If the store fails; it then shows the results that it had, and a second run goes on.
    """
    documents = _documents(folder)
    files = _result_files(folder)
    with open_store(url) as store, named_errors(store.address):
        sent = put_files(store, RESULTS, files, advance=advance)
        collection = store.collection(RESULTS)
        collection.create_index("id", unique=True)
        found = difference(collection, documents, keys=("id",), scope={})
        write_difference(collection, found, keys=("id",), advance=advance)
        source = {"version": _version(files), "files": [_listed(file) for file in files]}
        store.sources.replace_one({"_id": RESULTS}, {"_id": RESULTS, **source}, upsert=True)
        keep_only(store, RESULTS, {file.identity for file in files})
    return LoadedResults(len(documents), len(files), len(sent), sum(file.length for file in sent))


def stored_run_ids(store: Store) -> set[str]:
    """Return the ids of the runs that the store shows."""
    return {str(document["id"]) for document in store.collection(RESULTS).find({}, {"id": 1})}


def results_version(store: Store) -> str:
    """Return the version of the results in a store; "" where there are none."""
    source = store.sources.find_one({"_id": RESULTS}, {"version": 1})
    return str(source["version"]) if source else ""


def fetch_results(store: Store, root: Path) -> Path:
    """Copy the results of a store below ``root`` and return the link that leads to them.

    Each version has a folder of its own, made under another name and renamed; files that did not
    change are links to those of the version before. ``current`` is turned to it at once, so that
    readers, in however many processes, see the old results or the new ones. The version before
    stays for who still reads it, older ones go.

    Raises
    ------
    StoreError
        If there are none, they were replaced while they were read, or a name of theirs leads out
        of the folder.
    """
    source = store.sources.find_one({"_id": RESULTS})
    if source is None:
        raise StoreError(
            f"{store.address.place}, holds no results. Put some there with `python -m pipeline "
            f"store results FOLDER {store.address}`, or with `train --store`."
        )
    version = str(source["version"])
    if _VERSION.fullmatch(version) is None:
        raise StoreError(
            f"{store.address.place}: {version!r} is no version of results; expected 32 hexadecimal "
            "digits. Put the results there again."
        )
    link = root / CURRENT
    before = link.resolve() if link.exists() else None
    target = root / version
    if not target.is_dir():
        building = root / f".{target.name}.{os.getpid()}.new"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        try:
            _fill(store, building, source["files"], before)
            _rename(building, target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    _turn(link, target)
    _drop_old(root, keep=(target, before))
    return link


def _drop_old(root: Path, *, keep: Collection[Path | None]) -> None:
    """Delete versions that nobody reads, and what a killed process was building."""
    for folder in root.iterdir():
        built_now = folder.name[0] == "." and time.time() - folder.stat().st_mtime < ABANDONED_S
        if folder.is_dir() and not folder.is_symlink() and folder not in keep and not built_now:
            shutil.rmtree(folder, ignore_errors=True)


def _documents(folder: Path) -> list[Document]:
    """Return a document for each run of ``results.json``."""
    content = artifacts.read_results(folder)
    run = artifacts.read_run(folder)
    facts = {"finished_at": run.get("finished_at"), "commit": run.get("commit")}
    parts = (content["ids"], content["metadata"], content["results"], content["images"])
    return [
        {"id": run_id, "metadata": metadata, "results": results, "image": image, **facts}
        for run_id, metadata, results, image in zip(*parts, strict=True)
    ]


def _result_files(folder: Path) -> list[LocalFile]:
    """Return the files of a results folder, held against what ``run.json`` says of them."""
    paths = [folder / name for name in TOP_FILES]
    for name in FOLDERS:
        paths += sorted((folder / name).rglob("*"))
    files = [
        local_file(path.relative_to(folder).as_posix(), path)
        for path in paths
        if path.is_file() and not path.name.startswith(".")
    ]
    digests = {file.name: file.sha256 for file in files}
    said: dict[str, str] = artifacts.read_run(folder).get("files_sha256", {})
    wrong = sorted(name for name, digest in said.items() if digests.get(name) != digest)
    if wrong:
        raise artifacts.ResultsError(
            f"{folder / wrong[0]} is missing or is not what run.json says ({len(wrong)} such "
            "files). Run `make results` again, or restore the folder."
        )
    return files


def _version(files: Sequence[LocalFile]) -> str:
    text = "\n".join(sorted(f"{file.sha256} {file.name}" for file in files))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _listed(file: LocalFile) -> dict[str, Any]:
    return {
        "id": file.identity, "name": file.name, "length": file.length, "sha256": file.sha256
    }  # fmt: skip


def _fill(
    store: Store, building: Path, listed: Sequence[dict[str, Any]], before: Path | None
) -> None:
    """Write every file of a version, as a link where the version before has it."""
    missing = []
    for entry in listed:
        file = StoredFile(entry["id"], entry["name"], entry["length"], entry["sha256"])
        target = path_below(building, file.name)
        if before is None or not _linked(path_below(before, file.name), target, file.sha256):
            missing.append(file)
    for _ in get_files(store, RESULTS, missing, lambda file: path_below(building, file.name)):
        pass


def _linked(source: Path, target: Path, sha256: str) -> bool:
    """Link a file that has the content wanted; return whether there was one."""
    if not source.is_file() or local_file("", source).sha256 != sha256:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)
    return True


def _rename(building: Path, target: Path) -> None:
    try:
        os.rename(building, target)
    except OSError:
        if not target.is_dir():  # else another process was first, with the same content
            raise


def _turn(link: Path, target: Path) -> None:
    """Let a link lead elsewhere, at once."""
    temporary = link.with_name(f".{link.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target.name, target_is_directory=True)
    os.replace(temporary, link)
