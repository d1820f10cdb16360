"""CSV cells become numbers or are named by row and column."""

import pytest

from certificates.errors import MalformedProblem
from verify.problems.csv_text import read_csv_table


def test_names_order_and_numbers() -> None:
    table = read_csv_table(b"\xef\xbb\xbfa, b,y\r\n1,2.5,-3e-1\r\n.5,6,+7\r\n\r\n", "t.csv", header=True)
    assert table.names == ("a", "b", "y")
    assert table.columns(["y", "a"]).tolist() == [[-0.3, 1.0], [7.0, 0.5]]


def test_a_table_without_names_is_read_where_names_are_optional() -> None:
    assert read_csv_table(b"1,2\n3,4\n", "x.csv").numbers().tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert read_csv_table(b"a,b\n3,4\n", "x.csv").numbers().tolist() == [[3.0, 4.0]]


@pytest.mark.parametrize("cell", ["x", "", " ", "nan", "inf", "1e999", "1_0", "0x10", "1,5 €", "٣", "1 2"])
def test_a_cell_that_is_no_number_is_named_by_row_and_column(cell: str) -> None:
    text = f'a,y\n1,2\n"{cell}",3\n'
    with pytest.raises(MalformedProblem) as caught:
        read_csv_table(text.encode(), "t.csv", header=True).numbers()
    assert caught.value.place == "t.csv, row 3, column 'a'"


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"", "t.csv", "is empty"),
        (b"\n", "t.csv", "is empty"),
        (b"a,y\n", "t.csv", "no rows"),
        (b"a,a\n1,2\n", "t.csv, row 1", "two columns 'a'"),
        (b"a,\n1,2\n", "t.csv, row 1", "without a name"),
        (b"0.5,1.5\n1,2\n", "t.csv, row 1", "expected a header row"),
        (b"a,y\n1,2\n1\n", "t.csv, row 3", "expected 2 cells, got 1"),
        (b"a,y\n1,2,3\n", "t.csv, row 2", "expected 2 cells, got 3"),
        (b"a,y\n\n1,2\n", "t.csv, row 2", "expected 2 cells, got 0"),
        (b'a,y\n1,"2\n', "t.csv", "no comma-separated text"),
        (b"a,\xff\n1,2\n", "t.csv", "byte 2 is not UTF-8"),
    ],
)
def test_malformed_tables(data: bytes, place: str, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        read_csv_table(data, "t.csv", header=True)
    assert caught.value.place == place


def test_a_missing_column_lists_those_there_are() -> None:
    with pytest.raises(MalformedProblem, match=r"no column 'z'; its columns are a, y"):
        read_csv_table(b"a,y\n1,2\n", "t.csv", header=True).columns(["z"])
