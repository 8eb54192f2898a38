"""Downloads from a server that breaks off, lies, is slow, or sends something else."""

import errno
import hashlib
import http.client
import os
import shutil
import socket
import ssl

import numpy as np
import pytest
from file_server import serving
from tiny_archives import everything_below, silent

from pipeline.ingest import IngestError
from pipeline.ingest.catalogue import (
    ARTIST_LISTS,
    BASE_VARIABLE,
    DOWNLOADS,
    FAULT_FILTERED_LISTS,
    Download,
    addresses_of,
)
from pipeline.ingest.download import DownloadError, Patience, fetch

CONTENT = np.random.default_rng(0).bytes(300_000)
PATIENCE = Patience(timeout_s=1.0, attempts=3, pause_s=0.5)


def described(server, *, content: bytes = CONTENT, addresses: int = 1) -> Download:
    """Describe the file that a server has, with its right checksum."""
    return Download(
        "file.zip",
        tuple(f"{server.address}/{n}/file.zip" for n in range(addresses)),
        "sha1",
        hashlib.sha1(content, usedforsecurity=False).hexdigest(),
    )


def get(download, folder, sleeps=None, advance=silent):
    """Fetch without waiting."""
    pauses = [] if sleeps is None else sleeps
    return fetch(download, folder, advance=advance, patience=PATIENCE, sleep=pauses.append)


def test_a_file_arrives_whole_and_is_not_fetched_twice(tmp_path):
    seen = []
    with serving({"/0/file.zip": CONTENT}) as server:
        for _ in range(2):
            path = get(described(server), tmp_path, advance=lambda *now: seen.append(now))
        assert len(server.requests) == 1
    assert path.read_bytes() == CONTENT and list(everything_below(tmp_path)) == ["file.zip"]
    assert seen[0] == (0, 1, "fetching file.zip (MiB)") and seen[-1][1] == 1


@pytest.mark.parametrize("cuts", [[150_000], [100_000, 1, 50_000], [0]])
def test_a_broken_connection_is_resumed_where_it_ended(tmp_path, cuts):
    sleeps: list[float] = []
    with serving({"/0/file.zip": CONTENT}, break_after=list(cuts)) as server:
        assert get(described(server), tmp_path, sleeps).read_bytes() == CONTENT
        starts = [wanted for _, wanted, _ in server.requests]
    expected = [None, *(f"bytes={sum(cuts[: n + 1])}-" for n in range(len(cuts)))]
    assert starts == (expected if cuts != [0] else [None, None])
    assert len(sleeps) == len(cuts) and set(sleeps) == {0.5}
    assert list(everything_below(tmp_path)) == ["file.zip"]


def test_a_server_without_ranges_gives_the_whole_file_again(tmp_path):
    with serving({"/0/file.zip": CONTENT}, break_after=[150_000], ranges=False) as server:
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert [status for *_, status in server.requests] == [200, 200]


def test_without_a_version_nothing_is_resumed(tmp_path):
    with serving({"/0/file.zip": CONTENT}, break_after=[150_000], validators=False) as server:
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert [wanted for _, wanted, _ in server.requests] == [None, None]


def test_what_arrived_is_kept_for_the_next_run(tmp_path):
    with serving({"/0/file.zip": CONTENT}, break_after=[100_000, 0, 0, 0]) as server:
        with pytest.raises(DownloadError, match=r"3 times without a new byte; .* file\.zip\.part"):
            get(described(server), tmp_path)
        assert (tmp_path / "file.zip.part").read_bytes() == CONTENT[:100_000]
        server.break_after.clear()
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert server.requests[-1][1:] == ("bytes=100000-", 206)


def test_pieces_of_two_versions_are_never_joined(tmp_path):
    with serving({"/0/file.zip": bytes(300_000)}, break_after=[100_000, 0, 0, 0]) as server:
        with pytest.raises(DownloadError):
            get(described(server), tmp_path)
        server.files["/0/file.zip"], server.etag = CONTENT, '"2"'
        server.break_after.clear()
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert server.requests[-1][1:] == ("bytes=100000-", 200)


def test_a_part_that_lies_is_thrown_away_once(tmp_path):
    with serving({"/0/file.zip": CONTENT}) as server:
        (tmp_path / "file.zip.part").write_bytes(bytes(100_000))
        note = f'{{"address": "{server.address}/0/file.zip", "validator": "\\"1\\""}}'
        (tmp_path / "file.zip.part.json").write_text(note)
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert [status for *_, status in server.requests] == [206, 200]


def test_a_part_longer_than_the_file_is_begun_anew(tmp_path):
    with serving({"/0/file.zip": CONTENT}) as server:
        (tmp_path / "file.zip.part").write_bytes(bytes(400_000))
        note = f'{{"address": "{server.address}/0/file.zip", "validator": "\\"1\\""}}'
        (tmp_path / "file.zip.part.json").write_text(note)
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert [status for *_, status in server.requests] == [416, 200]


def test_a_wrong_checksum_is_named_and_the_file_removed(tmp_path):
    with serving({"/0/file.zip": CONTENT[::-1]}) as server:
        got = hashlib.sha1(CONTENT[::-1], usedforsecurity=False).hexdigest()
        download = described(server)
        with pytest.raises(DownloadError, match=f"sha1 is {got}, expected {download.checksum}; th"):
            get(download, tmp_path)
    assert everything_below(tmp_path) == {}


def test_the_next_address_is_tried(tmp_path):
    files = {"/0/file.zip": CONTENT[::-1], "/2/file.zip": CONTENT}
    with serving(files) as server:
        assert get(described(server, addresses=3), tmp_path).read_bytes() == CONTENT
        assert [path for path, *_ in server.requests] == [f"/{n}/file.zip" for n in range(3)]


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><title>Log in</title>", b"\n<html></html>"])
def test_an_html_page_instead_of_the_file_is_named(tmp_path, page):
    with serving({"/0/file.zip": page}) as server:
        with pytest.raises(DownloadError, match=r"sent an HTML page .* instead of the file"):
            get(Download("file.zip", (f"{server.address}/0/file.zip",)), tmp_path)
    assert everything_below(tmp_path) == {}


def test_an_empty_file_is_named(tmp_path):
    with serving({"/0/file.zip": b""}) as server:
        with pytest.raises(DownloadError, match="sent an empty file"):
            get(described(server), tmp_path)
    assert everything_below(tmp_path) == {}


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_not_there_is_not_asked_for_again(tmp_path, status):
    with serving({"/0/file.zip": CONTENT}, statuses=[status]) as server:
        with pytest.raises(DownloadError, match=rf"zip: the server answered {status} ") as it:
            get(described(server), tmp_path)
        assert len(server.requests) == 1
    assert BASE_VARIABLE in str(it.value) and "ingest FILE" in str(it.value)


def test_a_busy_server_is_asked_again_after_growing_pauses(tmp_path):
    sleeps: list[float] = []
    with serving({"/0/file.zip": CONTENT}, statuses=[503, 429]) as server:
        assert get(described(server), tmp_path, sleeps).read_bytes() == CONTENT
        server.statuses += [500, 502, 504]
        with pytest.raises(DownloadError, match="answered 504"):
            get(described(server), tmp_path / "other", sleeps)
    assert sleeps == [0.5, 1.0, 0.5, 1.0]


def test_a_slow_server_is_waited_for(tmp_path):
    with serving({"/0/file.zip": CONTENT[:50_000]}, pause_s=0.05) as server:
        download = described(server, content=CONTENT[:50_000])
        assert get(download, tmp_path).read_bytes() == CONTENT[:50_000]


def test_a_stalled_connection_is_given_up_and_resumed(tmp_path):
    with serving({"/0/file.zip": CONTENT}, stall_s=2.0) as server:
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert [status for *_, status in server.requests] == [200, 206]


def test_nobody_at_the_address_is_named(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/file.zip"
    with pytest.raises(DownloadError, match=r"refused.*3 times without a new byte"):
        get(Download("file.zip", (address,)), tmp_path)


def test_too_little_room_is_said_before_the_file_comes(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with serving({"/0/file.zip": CONTENT}) as server:
        with pytest.raises(IngestError, match=r"file\.zip needs .* free there"):
            get(described(server), tmp_path)


def test_a_disk_that_fills_up_is_named(tmp_path):
    def full(done, total, label):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with serving({"/0/file.zip": CONTENT}) as server:
        with pytest.raises(IngestError, match=r"is full \(No space left"):
            get(described(server), tmp_path, advance=full)


def test_another_base_address_replaces_all_others(monkeypatch):
    monkeypatch.setenv(BASE_VARIABLE, "http://mirror/x/")
    assert addresses_of(DOWNLOADS["gtzan"]) == ("http://mirror/x/genres.tar.gz",)
    assert addresses_of(FAULT_FILTERED_LISTS["validation"]) == (
        "http://mirror/x/splits/valid_filtered.txt",
    )
    monkeypatch.delenv(BASE_VARIABLE)
    lists = (*FAULT_FILTERED_LISTS.values(), *ARTIST_LISTS.values())
    for download in (*DOWNLOADS.values(), *lists):
        assert addresses_of(download)[0].startswith("https://")
    digits = {"md5": 32, "sha1": 40}
    assert all(len(one.checksum) == digits[one.algorithm] for one in DOWNLOADS.values())


@pytest.mark.parametrize("second", [None, b"<!DOCTYPE html><title>Log in</title>"])
def test_another_address_does_not_cost_what_has_arrived(tmp_path, second):
    files = {"/0/file.zip": CONTENT} | ({} if second is None else {"/1/file.zip": second})
    with serving(files, break_after=[100_000, 0, 0, 0]) as server:
        with pytest.raises(DownloadError, match=r"HTML page|answered 404"):
            get(described(server, addresses=2), tmp_path)
        assert (tmp_path / "file.zip.part").read_bytes() == CONTENT[:100_000]
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert server.requests[-1][1:] == ("bytes=100000-", 206)


def test_an_html_page_in_place_of_the_rest_does_not_cost_what_has_arrived(tmp_path):
    with serving({"/0/file.zip": CONTENT}, break_after=[100_000, 0, 0, 0]) as server:
        with pytest.raises(DownloadError, match="without a new byte"):
            get(described(server), tmp_path)
        server.files["/0/file.zip"], server.etag = b"<!DOCTYPE html><title>Full</title>", '"2"'
        with pytest.raises(DownloadError, match="HTML page"):
            get(described(server), tmp_path)
    assert (tmp_path / "file.zip.part").read_bytes() == CONTENT[:100_000]


@pytest.mark.parametrize(
    "error",
    [OSError(errno.EHOSTUNREACH, "No route to host"), ssl.SSLError("record layer failure")],
)
def test_a_network_that_fails_while_reading_is_resumed(tmp_path, monkeypatch, error):
    answers = iter([None, error])
    read1 = http.client.HTTPResponse.read1

    def failing(self, n=-1):
        if (problem := next(answers, None)) is not None:
            raise problem
        return read1(self, min(n, 50_000))

    monkeypatch.setattr(http.client.HTTPResponse, "read1", failing)
    with serving({"/0/file.zip": CONTENT}) as server:
        assert get(described(server), tmp_path).read_bytes() == CONTENT
        assert [status for *_, status in server.requests] == [200, 206]


def test_a_folder_that_cannot_be_written_is_no_broken_connection(tmp_path):
    (tmp_path / "file.zip.part.json").mkdir()
    with serving({"/0/file.zip": CONTENT}) as server:
        with pytest.raises(OSError, match=r"part\.json"):
            get(described(server), tmp_path)
        assert len(server.requests) == 1


def test_a_base_address_without_a_scheme_is_named(monkeypatch):
    monkeypatch.setenv(BASE_VARIABLE, "mirror/x")
    with pytest.raises(IngestError, match=r"must be an address .* got 'mirror/x'"):
        addresses_of(DOWNLOADS["gtzan"])


def test_the_start_of_a_download_is_shown_once(tmp_path):
    seen: list[tuple[int, int, str]] = []
    content = CONTENT * 4
    with serving({"/0/file.zip": content}) as server:
        download = described(server, content=content)
        get(download, tmp_path, advance=lambda *now: seen.append(now))
    assert [done for done, *_ in seen] == [0, 1]
