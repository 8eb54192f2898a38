"""CSV text -> documents -> the same bytes, whatever the text is."""

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store import StoreError
from pipeline.store.rows import csv_of_rows, plain_csv, rows_of_csv


@pytest.fixture(scope="module")
def table_path(tmp_path_factory):
    return tmp_path_factory.mktemp("rows") / "table.csv"


def rows_of(path, content: bytes):
    path.write_bytes(content)
    return rows_of_csv(path)


def written_again(rows) -> bytes:
    return csv_of_rows(
        rows.documents, header=rows.header, columns=rows.columns, newline=rows.newline
    )


PLAIN = b"filename,length,tempo,label\nblues.00001.wav,661794,129.19921875,blues\n"


def test_documents_hold_numbers_as_numbers_and_the_place(table_path):
    rows = rows_of(table_path, PLAIN)
    assert rows.documents == [
        {
            "filename": "blues.00001.wav", "length": 661794, "tempo": 129.19921875,
            "label": "blues", "_row": 0,
        }
    ]  # fmt: skip
    assert type(rows.documents[0]["length"]) is int
    assert written_again(rows) == PLAIN


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.rstrip(b"\n"),
        PLAIN + b"\n\n",
        b"\n" + PLAIN,
        PLAIN + b"\nblues.2.wav,1,2.0,blues\n",
        PLAIN.replace(b"129.19921875", b"129.50"),
        PLAIN.replace(b"129.19921875", b"1e-5"),
        PLAIN.replace(b"129.19921875", b"-0"),
        PLAIN.replace(b"129.19921875", b"nan"),
        PLAIN.replace(b"129.19921875", b"1_000"),
        PLAIN.replace(b"129.19921875", b"99999999999999999999"),
        PLAIN.replace(b"129.19921875", b" 3.5 "),
        PLAIN.replace(b"blues\n", b'"blues"\n'),
        PLAIN.replace(b"blues\n", b'"blu\nes, ""x"""\n'),
        PLAIN.replace(b",blues", ",bl\u00fces".encode()),
        b"label,filename\nrock,007\nrock,0007\n",
    ],
)
def test_every_byte_comes_back(table_path, content):
    assert written_again(rows_of(table_path, content)) == content


def test_only_unusual_rows_keep_their_text(table_path):
    rows = rows_of(table_path, PLAIN + b"a,1,2.50,b\n" + b"c,1,2.5,d\n")
    assert [document.get("_text") for document in rows.documents] == [None, "a,1,2.50,b\n", None]
    assert rows.documents[1]["tempo"] == 2.5


def test_names_stay_text_even_if_they_are_digits(table_path):
    (document,) = rows_of(table_path, b"track_id,split,fold\n000123,1,2\n").documents
    assert (document["track_id"], document["split"], document["fold"]) == ("000123", "1", 2)


def test_a_changed_value_is_written_even_beside_a_kept_text(table_path):
    rows = rows_of(table_path, b"filename,tempo\na,2.50\n")
    rows.documents[0]["tempo"] = 3.0
    assert written_again(rows) == b"filename,tempo\na,3.0\n"


CELLS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
    st.sampled_from(["1.50", "+1", "1e5", "007", " 2", "1_0", "inf", ""]),
)


@given(
    st.lists(st.tuples(st.text("abc", min_size=1), CELLS, CELLS), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_table_comes_back(table_path, table, newline, quoting):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=newline, quoting=quoting)
    writer.writerows([("filename", "a", "b"), *table])
    content = text.getvalue().encode()
    rows = rows_of(table_path, content)
    assert written_again(rows) == content
    for document, cells in zip(rows.documents, table, strict=True):
        for name, cell in zip(("a", "b"), cells[1:], strict=True):
            value = document[name]
            assert isinstance(value, str) or (math.isfinite(value) and value == float(cell))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no rows under a header"),
        (b"filename,tempo\n", "no rows under a header"),
        (b"\xff\xfe\x00", "must be a CSV table"),
        (b'a,b\n"x,1\n', "must be a CSV table"),
        (b"a,b\nx\n", "data row 1: 1 cells under 2 columns"),
        (b"a,a\nx,1\n", "column 'a' cannot be a field"),
        (b"a,\nx,1\n", "column '' cannot be a field"),
        (b"a,_row\nx,1\n", "column '_row' cannot be a field"),
        (b"a,b.c\nx,1\n", "column 'b.c' cannot be a field"),
        (b"a,$b\nx,1\n", r"column '\$b' cannot be a field"),
    ],
)
def test_what_is_no_table_is_refused(table_path, content, said):
    with pytest.raises(StoreError, match=said):
        rows_of(table_path, content)


def test_documents_of_another_program_become_a_plain_table():
    documents = [{"_id": 1, "b": 0.5, "a": "x", "more": 1}, {"a": "y", "b": 2}]
    assert plain_csv(documents, ["a", "b"]) == b"a,b\nx,0.5\ny,2\n"
