"""Archives: what is listed, and what is refused by name before anything is written."""

import gzip
import tarfile
import zipfile
from pathlib import Path

import pytest
from tiny_archives import (
    GOOD,
    everything_below,
    refused_by_ingest,
    silent,
    write_tar,
    write_zip,
)

from pipeline.ingest.admission import ArchiveError
from pipeline.ingest.archives import members, packing
from pipeline.ingest.extraction import extract


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tar.bz2"])
def test_members_are_listed_with_their_sizes(tmp_path, name):
    write = write_zip if name.endswith("zip") else write_tar
    found = members(write(tmp_path / name, GOOD))
    assert {member.name: member.size for member in found} == {k: len(v) for k, v in GOOD.items()}


def test_the_first_bytes_tell_the_packing_not_the_name(tmp_path):
    assert packing(write_tar(tmp_path / "music.gz", GOOD).rename(tmp_path / "music.zip")) == "gzip"


BAD_NAMES = [
    ("../evil.wav", r"'\.\./evil\.wav' leads out of its folder"),
    ("jazz/../../evil.wav", "leads out of its folder"),
    ("/etc/evil.wav", "'/etc/evil.wav' has an absolute path"),
    ("C:/evil.wav", "has an absolute path"),
    ("jazz\\..\\evil.wav", "has a backslash in its name"),
    ("jazz/a\nb.wav", "has a control character"),
    ("jazz/" + "x" * 256 + ".wav", "has a name of over 255 bytes"),
    ("jazz/" + "é" * 130 + ".wav", "has a name of over 255 bytes"),
    ("/".join(["a" * 200] * 6) + ".wav", "has a path of over 1,024 bytes"),
    ("/".join(["a"] * 40) + ".wav", "lies over 32 folders deep"),
    ("jazz/A.wav", r"is there twice \(also as 'jazz/a.wav'\)"),
    ("./jazz/a.wav", "is there twice"),
    ("jazz/a.wav/b.wav", "is both a file and a folder"),
    ("jazz", "is both a file and a folder"),
]


@pytest.mark.parametrize(("name", "message"), BAD_NAMES)
@pytest.mark.parametrize("write", [write_zip, write_tar], ids=["zip", "tar"])
def test_a_bad_name_is_refused_by_name(tmp_path, write, name, message):
    path = write(tmp_path / "music.archive", {**GOOD, name: b"x"})
    refused_by_ingest(path, tmp_path, f"music.archive is refused, and nothing .*{message}")


def test_one_name_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for content in GOOD.values():
                archive.writestr("jazz/a.wav", content)
    refused_by_ingest(tmp_path / "a.zip", tmp_path, "'jazz/a.wav' is there twice")


def special_tar(path: Path, kind: bytes, **fields: str) -> Path:
    """Write a tar with one member of a kind beside good ones."""
    write_tar(path, GOOD)
    with tarfile.open(path, "a") as archive:
        member = tarfile.TarInfo("jazz/special.wav")
        member.type = kind
        for name, value in fields.items():
            setattr(member, name, value)
        archive.addfile(member)
    return path


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (tarfile.SYMTYPE, {"linkname": "/etc/passwd"}, r"is a link \(to '/etc/passwd'\)"),
        (tarfile.SYMTYPE, {"linkname": "a.wav"}, r"is a link \(to 'a.wav'\)"),
        (tarfile.LNKTYPE, {"linkname": "jazz/a.wav"}, "is a link"),
        (tarfile.CHRTYPE, {}, "is a device or another special file"),
        (tarfile.BLKTYPE, {}, "is a device or another special file"),
        (tarfile.FIFOTYPE, {}, "is a device or another special file"),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind, fields, message):
    path = special_tar(tmp_path / "a.tar", kind, **fields)
    refused_by_ingest(path, tmp_path, f"'jazz/special.wav' {message}")


def test_a_link_in_a_zip_is_refused(tmp_path):
    with zipfile.ZipFile(write_zip(tmp_path / "a.zip", GOOD), "a") as archive:
        link = zipfile.ZipInfo("jazz/link.wav")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    refused_by_ingest(tmp_path / "a.zip", tmp_path, "'jazz/link.wav' is a link")


def test_a_name_that_is_not_utf8_is_refused(tmp_path):
    content = write_zip(tmp_path / "a.zip", {**GOOD, "jazz/caf_.wav": b"x"}).read_bytes()
    (tmp_path / "a.zip").write_bytes(content.replace(b"caf_", b"caf\xe9"))
    refused_by_ingest(tmp_path / "a.zip", tmp_path, r"caf\\xe9.wav.* that is not UTF-8")
    with tarfile.open(
        tmp_path / "a.tar", "w", encoding="latin-1", format=tarfile.GNU_FORMAT
    ) as tar:
        tar.addfile(tarfile.TarInfo("jazz/café.wav"))
    refused_by_ingest(tmp_path / "a.tar", tmp_path, "has a name that is not UTF-8")


def test_utf8_names_without_the_zip_flag_are_read(tmp_path):
    content = write_zip(tmp_path / "a.zip", {"jazz/caf__.wav": b"x"}).read_bytes()
    (tmp_path / "a.zip").write_bytes(content.replace(b"caf__", "café".encode()))
    assert members(tmp_path / "a.zip")[0].name == "jazz/café.wav"


def test_encrypted_and_unknown_packing_are_refused(tmp_path):
    content = bytearray(write_zip(tmp_path / "a.zip", GOOD).read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    refused_by_ingest(tmp_path / "a.zip", tmp_path, "'jazz/a.wav' is encrypted")
    content[at + 8] ^= 1
    content[at + 10] = 97
    (tmp_path / "a.zip").write_bytes(content)
    refused_by_ingest(tmp_path / "a.zip", tmp_path, "is packed by method 97")


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.bz2", "a.tar"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_an_archive_that_was_cut_off_is_damaged(tmp_path, name, share):
    write = write_zip if name.endswith("zip") else write_tar
    content = write(tmp_path / name, GOOD).read_bytes()
    (tmp_path / name).write_bytes(content[: int(share * len(content))])
    refused_by_ingest(tmp_path / name, tmp_path, f"{name} is damaged or cut off .* again")


@pytest.mark.parametrize("content", [b"", b"Rar!\x1a\x07\x00" + bytes(90), b"RIFF....WAVE"])
def test_what_is_no_archive_says_what_is_read(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    refused_by_ingest(tmp_path / "a.zip", tmp_path, "neither a folder nor a zip, tar, tar")


def test_gzip_without_a_tar_is_damaged(tmp_path):
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(b"just text " * 200))
    refused_by_ingest(tmp_path / "a.tar.gz", tmp_path, "is damaged or cut off")


def test_members_go_where_the_caller_says_and_nowhere_else(tmp_path):
    path = write_tar(tmp_path / "a.tar.gz", {**GOOD, "README": b"no"})
    (tmp_path / "out").mkdir()
    sizes = {member.name: member.size for member in members(path)}
    wanted = {"jazz/a.wav": "x/y.wav"}
    extract(path, wanted, tmp_path / "out", sizes=sizes, advance=silent)
    assert everything_below(tmp_path / "out") == {"x/y.wav": GOOD["jazz/a.wav"]}


def test_an_archive_that_loses_a_member_meanwhile_is_named(tmp_path):
    path = write_zip(tmp_path / "a.zip", GOOD)
    (tmp_path / "out").mkdir()
    with pytest.raises(ArchiveError, match=r"changed while it was read: 'gone\.wav'"):
        extract(
            path, {"gone.wav": "g.wav"}, tmp_path / "out", sizes={"gone.wav": 1}, advance=silent
        )


def test_a_damaged_header_is_not_taken_for_the_end(tmp_path):
    content = bytearray(write_tar(tmp_path / "a.tar", GOOD).read_bytes())
    at = content.index(b"pop/b.wav")
    content[at + 150] ^= 0xFF  # its checksum
    (tmp_path / "a.tar").write_bytes(content)
    refused_by_ingest(tmp_path / "a.tar", tmp_path, r"damaged or cut off \(a damaged header")
    (tmp_path / "a.tar").write_bytes(content[:at])  # cut between two members
    refused_by_ingest(tmp_path / "a.tar", tmp_path, "damaged or cut off")


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tar.bz2"])
def test_a_wrong_checksum_at_the_end_is_noticed(tmp_path, name):
    content = bytearray(write_tar(tmp_path / name, GOOD).read_bytes())
    content[-6 if name == "a.tar.gz" else -3] ^= 0xFF
    (tmp_path / name).write_bytes(content)
    refused_by_ingest(tmp_path / name, tmp_path, "damaged or cut off")


def test_a_wrong_checksum_of_a_member_is_noticed(tmp_path):
    content = bytearray(write_zip(tmp_path / "a.zip", GOOD).read_bytes())
    content[content.index(b"RIFF") + 100] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(content)
    refused_by_ingest(tmp_path / "a.zip", tmp_path, r"damaged or cut off \(Bad CRC-32")


@pytest.mark.parametrize("damage", ["name in the file's own header", "place of the table"])
def test_headers_that_contradict_each_other_are_damage(tmp_path, damage):
    path = write_zip(tmp_path / "a.zip", {"jazz/\u00e9.wav": b"x" * 100})
    content = bytearray(path.read_bytes())
    if damage == "place of the table":
        at = content.rindex(b"PK\x05\x06") + 16
        content[at : at + 4] = (int.from_bytes(content[at : at + 4], "little") + 5_000).to_bytes(
            4, "little"
        )
    else:
        content[content.index("\u00e9".encode())] = 0xFF
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="is damaged or cut off"):
        sizes = {member.name: member.size for member in members(path)}
        folder = tmp_path / "out"
        folder.mkdir()
        extract(path, {name: "a.wav" for name in sizes}, folder, sizes=sizes, advance=silent)
