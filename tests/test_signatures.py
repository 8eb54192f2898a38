"""What a file is called by its first bytes."""

import pytest

from pipeline.signatures import AUDIO_KINDS, file_kind


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "a WAV file"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "a WAV file"),
        (b"FORM\x00\x00\x00\x00AIFFCOMM", "an AIFF file"),
        (b".snd\x00\x00\x00\x18", "an AU file"),
        (b"fLaC\x00\x00\x00\x22", "a FLAC file"),
        (b"OggS\x00\x02", "an Ogg file"),
        (b"ID3\x04\x00", "an MP3 file"),
        (b"\xff\xfb\x90\x00", "an MP3 file"),
        (b"\xff\xf3\x40\x00", "an MP3 file"),
        (b"\x00\x00\x00\x20ftypM4A \x00", "an M4A file"),
        (b"\x00\x00\x00\x20ftypM4B \x00", "an M4A file"),
        (b"\x00\x00\x00\x18ftypmp42", "an MP4 file"),
        (b"\x00\x00\x00\x18ftypisom", "an MP4 file"),
        (b"\x00\x00\x00\x18ftyp3gp4", "an MP4 file"),
        (b"\x00\x00\x00\x14ftypqt  ", "a QuickTime (MOV) file"),
        (b"\x00\x00\x00\x08wide\x00\x00", "a QuickTime (MOV) file"),
        (b"\xff\xf1\x50\x80", "an AAC file"),
        (b"\x30\x26\xb2\x75\x8e\x66", "a WMA (ASF) file"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webmB", "a WebM file"),
        (b"\x1a\x45\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroskaB", "a Matroska (MKV) file"),
    ],
)
def test_file_kind_audio(head: bytes, expected: str) -> None:
    assert file_kind(head) == expected
    assert expected in AUDIO_KINDS


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"\x00\x00\x00\x1cftypheic", "image"),
        (b"\x00\x00\x00\x1cftypavif", "image"),
        (b"MThd\x00\x00", "MIDI"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04\x14", "ZIP"),
        (b"\x1f\x8b\x08", "packed"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "video"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"\xef\xbb\xbf\n<!doctype HTML>", "HTML"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"filename,length\n", "text"),
    ],
)
def test_file_kind_other(head: bytes, part: str) -> None:
    kind = file_kind(head)
    assert kind is not None
    assert part in kind
    assert kind not in AUDIO_KINDS


@pytest.mark.parametrize("head", [b"", bytes(64), b"\x01\x02\x03\x04"])
def test_file_kind_unknown(head: bytes) -> None:
    assert file_kind(head) is None
