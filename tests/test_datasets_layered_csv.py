"""CSV with several header rows: what is read, and what is refused with its place named."""

import pytest

from pipeline.datasets import DatasetError
from pipeline.datasets.layered_csv import LayeredFile, read_layered

TEXT = 'h,a,a,b\n,x,y,x\nid,,,\n1, 2 ,"three, four",5\n\n7,8,"two\nlines",\n'


def read(folder, text=TEXT, *, required=(("a", "y"),), optional=(), header_rows=2):
    """Write ``text`` as it is and read columns of it."""
    path = folder / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    file = LayeredFile(path, header_rows, "id", "Restore it.")
    return read_layered(file, required=required, optional=optional)


def test_columns_asked_for_are_read_by_spreadsheet_row(tmp_path):
    table = read(tmp_path, required=[("b", "x"), ("a", "x")], optional=[("a", "y"), ("c", "x")])
    assert table.to_dict("index") == {
        4: {"id": "1", "b/x": "5", "a/x": "2", "a/y": "three, four"},
        6: {"id": "7", "b/x": "", "a/x": "8", "a/y": "two\nlines"},
    }


def test_single_header_row_holds_the_name_of_the_index(tmp_path):
    table = read(tmp_path, "id,a\n1,2\n", required=[("a",)], header_rows=1)
    assert table.to_dict("index") == {2: {"id": "1", "a": "2"}}


def test_byte_order_mark_and_carriage_returns_are_tolerated(tmp_path):
    text = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    assert read(tmp_path, text).index.to_list() == [4, 6]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",x,y,x", ",x,z,x", "rows 1 to 2: missing column 'a/y'"),
        ("a,a,b\n,x,y,x", "a,a,a\n,x,y,y", "rows 1 to 2: repeated column 'a/y'"),
        ("id,,,\n", "", r"row 3: expected 'id' in the first cell, .* got '1'"),
        ("h,a,a,b", "h,a,a", "2 header rows must be of one length, got 3, 4 cells"),
        (",5\n", ",5,6\n", r"row 4, column '5': '6' is past the last of 4 columns"),
    ],
)
def test_wrong_layout_is_refused(tmp_path, old, new, message):
    with pytest.raises(DatasetError, match=rf"t\.csv.*{message}.*Restore it\."):
        read(tmp_path, TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04\x00\x00", "must be CSV text, got binary data"),
        (b"h,a,a,b\n,x,y,x\nid,,,\n1,2,\xff,5\n", "must be CSV text, got binary data"),
        (b"h,a,a,b\n,x,y,x\nid,,,\n", "has a header and no rows"),
        (b'h,a,a,b\n,x,y,x\nid,,,\n1,2,"3,5\n', "is not valid CSV"),
        (b"<!DOCTYPE html><html></html>", "is an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a Git-LFS pointer"),
    ],
)
def test_file_that_is_no_table_is_refused(tmp_path, content, message):
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, content)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"nothing\.csv cannot be read"):
        read_layered(LayeredFile(tmp_path / "nothing.csv", 1, "id", ""), required=[("a",)])
