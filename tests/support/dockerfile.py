"""Reads a Dockerfile and a .dockerignore, as far as this repository uses them."""

import fnmatch
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """One instruction: its name in capitals, and the rest of its line."""

    name: str
    value: str


def instructions(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile; lines that end with a backslash are joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    parts = (line.strip().partition(" ") for line in joined.splitlines() if line.strip())
    return [Instruction(name.upper(), value.strip()) for name, _, value in parts]


def last_stage(found: list[Instruction]) -> list[Instruction]:
    """Return what makes the image: the instructions from the last FROM on."""
    start = max(number for number, one in enumerate(found) if one.name == "FROM")
    return found[start:]


def copies(found: list[Instruction]) -> list[tuple[list[str], str]]:
    """Return sources and target of each COPY from the folder, not from another stage."""
    words = [one.value.split() for one in found if one.name == "COPY"]
    return [(parts[:-1], parts[-1]) for parts in words if not parts[0].startswith("--from")]


def is_ignored(path: str, patterns: list[str]) -> bool:
    """Return whether .dockerignore leaves a file out: the last pattern that fits decides."""
    ignored = False
    parents = ["/".join(path.split("/")[:n]) for n in range(1, path.count("/") + 2)]
    for pattern in patterns:
        plain = pattern.removeprefix("!").removeprefix("**/")
        tail = pattern.removeprefix("!").startswith("**/")
        names = [parent.rsplit("/", 1)[-1] for parent in parents] if tail else parents
        if any(fnmatch.fnmatchcase(name, plain) for name in names):
            ignored = not pattern.startswith("!")
    return ignored


def read_patterns(text: str) -> list[str]:
    """Return the patterns of a .dockerignore."""
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def sent(root: Path, patterns: list[str]) -> Iterator[str]:
    """Yield the files below ``root`` that docker is given, as paths from there."""
    tops = {pattern[1:].split("/")[0] for pattern in patterns if pattern.startswith("!")}
    for top in sorted(tops):
        found = [root / top] if (root / top).is_file() else sorted((root / top).rglob("*"))
        for path in found:
            name = path.relative_to(root).as_posix()
            if path.is_file() and not is_ignored(name, patterns):
                yield name


def assemble(root: Path, target: Path, found: list[Instruction], patterns: list[str]) -> None:
    """Copy into ``target`` what the COPY instructions would put into the image's folder."""
    given = list(sent(root, patterns))
    for sources, place in copies(found):
        for source in sources:
            for name in given:
                if name == source or name.startswith(f"{source}/"):
                    path = target / place / name.removeprefix(source).lstrip("/")
                    path.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(root / name, path)
