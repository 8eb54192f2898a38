"""Archives that would fill disk or memory: too many, too large, or headers that lie."""

import struct
import tarfile
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_archives import GOOD, refused_by_ingest, silent, write_tar, write_zip

from pipeline.ingest.admission import ArchiveError
from pipeline.ingest.archives import members
from pipeline.ingest.extraction import extract
from pipeline.ingest.limits import LIMITS


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.bz2"])
def test_a_hundred_times_its_size_inside_is_refused(tmp_path, name):
    bomb = {**GOOD, "jazz/zeros.wav": bytes(30_000_000)}
    path = (
        write_zip(tmp_path / name, bomb, packed=True)
        if name == "a.zip"
        else write_tar(tmp_path / name, bomb)
    )
    refused_by_ingest(
        path, tmp_path, "'jazz/zeros.wav' brings it to .* more than 100 times the size"
    )


def test_a_silent_second_is_no_bomb(tmp_path):
    assert members(write_zip(tmp_path / "a.zip", {"jazz/a.wav": bytes(900_000)}, packed=True))


def test_a_huge_member_is_refused_before_it_is_unpacked(tmp_path):
    header = tarfile.TarInfo("jazz/huge.wav")
    header.size = 2**40
    (tmp_path / "a.tar").write_bytes(header.tobuf() + bytes(10_240))
    with pytest.raises(ArchiveError, match=r"'jazz/huge\.wav' has 1,099,511,627,776 bytes"):
        members(tmp_path / "a.tar")


def test_a_long_extended_header_does_not_fill_the_memory(tmp_path):
    header = tarfile.TarInfo("PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 2**31
    (tmp_path / "a.tar").write_bytes(header.tobuf() + bytes(10_240))
    tracemalloc.start()
    with pytest.raises(ArchiveError, match=r"a header claims 2,147,483,648 bytes"):
        members(tmp_path / "a.tar")
    assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    tracemalloc.stop()


def many_entries_zip(path: Path, count: int, *, announced: int | None = None) -> Path:
    """Write a zip of empty members by hand: zipfile would take minutes for a million."""
    names = [b"jazz/%07d.wav" % number for number in range(count)]
    local = b"".join(
        struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, len(n), 0) + n
        for n in names
    )
    size = 30 + len(names[0])
    central = b"".join(
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02",
            20,
            20,
            0,
            0,
            0,
            33,
            0,
            0,
            0,
            len(n),
            0,
            0,
            0,
            0,
            0,
            k * size,
        )
        + n
        for k, n in enumerate(names)
    )
    total = count if announced is None else announced
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, total, total, len(central), len(local)
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(local) + len(central), 1)
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0
    )
    path.write_bytes(local + central + record + locator + end)
    return path


def test_a_million_entries_are_refused_without_reading_them(tmp_path):
    path = many_entries_zip(tmp_path / "a.zip", 1_000_000)
    tracemalloc.start()
    refused_by_ingest(path, tmp_path, "it has 1,000,000 entries, at most 200,000 are")
    assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    tracemalloc.stop()


def test_a_zip_that_announces_few_entries_is_counted_all_the_same(tmp_path):
    path = many_entries_zip(tmp_path / "a.zip", 1_001, announced=3)
    with pytest.raises(ArchiveError, match="at least 1,001 entries, at most 1,000"):
        members(path, limits=replace(LIMITS, entries=1_000))
    large = replace(LIMITS, directory_bytes=1_000)
    with pytest.raises(ArchiveError, match=r"table of contents takes .* at most 1,000 are read"):
        members(path, limits=large)


def test_too_many_entries_in_a_tar_are_refused_while_counting(tmp_path):
    path = write_tar(tmp_path / "a.tar", {f"jazz/{n}.wav": b"x" for n in range(1_001)})
    with pytest.raises(ArchiveError, match="at least 1,001 entries"):
        members(path, limits=replace(LIMITS, entries=1_000))


@pytest.mark.parametrize("lie", [-1, 1])
def test_a_header_that_lies_about_its_length_is_caught_while_unpacking(tmp_path, lie):
    path = write_tar(tmp_path / "a.tar", {"jazz/a.wav": bytes(1_000)})
    (tmp_path / "out").mkdir()
    with pytest.raises(ArchiveError, match=r"the header of 'jazz/a\.wav' says .* came out"):
        extract(
            path,
            {"jazz/a.wav": "a.wav"},
            tmp_path / "out",
            sizes={"jazz/a.wav": 1_000 + lie},
            advance=silent,
        )


def test_a_zip_member_larger_than_it_says_is_damaged(tmp_path):
    content = bytearray(
        write_zip(tmp_path / "a.zip", {"a.wav": bytes(5_000)}, packed=True).read_bytes()
    )
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", content, content.index(mark) + at, 100)
    (tmp_path / "a.zip").write_bytes(content)
    (tmp_path / "out").mkdir()
    with pytest.raises(ArchiveError, match="damaged or cut off"):
        extract(
            tmp_path / "a.zip", {"a.wav": "a.wav"}, tmp_path / "out", sizes={"a.wav": 100},
            advance=silent,
        )  # fmt: skip


def test_a_member_read_from_memory_is_never_more_than_a_chunk(tmp_path):
    path = write_zip(tmp_path / "a.zip", {"jazz/a.wav": bytes(30 * 2**20)})
    (tmp_path / "out").mkdir()
    tracemalloc.start()
    extract(path, {"jazz/a.wav": "a"}, tmp_path / "out", sizes={"jazz/a.wav": 30 * 2**20},
            advance=silent)  # fmt: skip
    assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    tracemalloc.stop()
    assert (tmp_path / "out" / "a").stat().st_size == 30 * 2**20
