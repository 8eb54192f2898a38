"""Files of spectrograms that are damaged or hold something else are refused, and named."""

import numpy as np
import pytest
from PIL import Image
from tiny_spectrograms import TRACKS, picture_path, tables_of, write_mel_3s, write_pictures

from pipeline.datasets import DatasetError


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:3000]), r"blues00001\.png is no picture"),
        (lambda path: path.write_text("<html>"), r"blues00001\.png is no picture"),
        (lambda path: Image.new("RGB", (50, 60)).save(path), "432 x 288 .* is 50 x 60"),
        (lambda path: Image.new("RGB", (432, 288)).save(path.with_name("blues00100.png")),
         r"blues00100\.png: expected the picture of a track"),
        (lambda path: path.rename(path.parent.parent / "jazz" / path.name),
         r"jazz.blues00001\.png: .* in its genre's folder"),
        (lambda path: Image.new("RGB", (432, 288), "green").save(path),
         r"42,624 of 42,624 pixels of .*blues00001\.png"),
    ],
)  # fmt: skip
def test_damaged_pictures_are_refused(tmp_path, damage, part) -> None:
    write_pictures(tmp_path)
    damage(picture_path(tmp_path, "blues.00001"))
    with pytest.raises(DatasetError, match=part):
        tables_of(tmp_path, "mel_clip")


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"mel": np.zeros((4, 130, 128), np.float16)}, r"\(4, 128, 130\).* got .*\(4, 130, 128\)"),
        ({"mel": np.zeros((3, 128, 130), np.float16)}, r"\(4, 128, 130\).* got .*\(3, 128, 130\)"),
        ({"mel": np.zeros((4, 128, 130), int)}, "got int64"),
        ({"mel": np.full((4, 128, 130), np.nan)}, "not finite"),
        ({"track_id": np.array(["blues.00000", "a", "b", "c"])}, "'a' is not a track"),
        ({"track_id": np.array(["blues.00000"] * 4)}, r"'blues\.00000' is there twice"),
        ({"track_id": np.array(["blues.00000", None])}, "expected the arrays"),
    ],
)
def test_other_arrays_of_first_seconds_are_refused(tmp_path, changed, part) -> None:
    path = write_mel_3s(tmp_path, **changed)
    with pytest.raises(DatasetError, match=part) as caught:
        tables_of(tmp_path, "mel_3s")
    assert str(path) in str(caught.value)


def test_a_damaged_file_of_first_seconds_is_refused(tmp_path) -> None:
    path = write_mel_3s(tmp_path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    np.save(tmp_path / "array.npy", np.zeros(3))
    for content in (
        whole[:middle],
        whole[:middle] + b"damage" + whole[middle + 6 :],
        b"text",
        b"",
        (tmp_path / "array.npy").read_bytes(),
    ):
        path.write_bytes(content)
        with pytest.raises(DatasetError, match=r"mel_3s\.npz: expected the arrays 'mel'"):
            tables_of(tmp_path, "mel_3s")
    np.savez(path, track_id=np.array(TRACKS))
    with pytest.raises(DatasetError, match="expected the arrays 'mel'"):
        tables_of(tmp_path, "mel_3s")
