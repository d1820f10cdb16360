"""CSV cells become numbers or are named by row and column; what is not certain is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.errors import MalformedProblem
from verify.problems.csv_format import CsvFormat
from verify.problems.csv_text import read_csv_table


def test_names_order_and_numbers() -> None:
    table = read_csv_table(b"\xef\xbb\xbfa, b,y\r\n1,2.5,-3e-1\r\n.5,6,+7\r\n\r\n  \n", "t.csv", names_needed=True)
    assert table.names == ("a", "b", "y")
    assert table.columns(["y", "a"]).tolist() == [[-0.3, 1.0], [7.0, 0.5]]
    assert table.said == "t.csv: 2 rows, 3 columns (a, b, y) named in row 1; ',' between cells, decimal '.'"
    assert table.remarks == ()


# Recognised without having been said, and so a note of the problem: separators, decimal commas, an index.
REMARKABLE = [
    'alcohol;"malic acid";y\n14,23;1,71;1\n13,2;1,78;2\n',
    "1,5;2,5\n3,5;4,25\n",
    "a;b\n1.5;2\n",
    "a\tb\n1\t2\n",
    "a|b\n1|2\n",
    ",a,b\n0,1.5,2\n1,2.5,3\n",
    ",0,1\n0,1.5,2\n1,2.5,3\n",
]


@pytest.mark.parametrize(
    ("text", "names", "numbers", "said"),
    [
        ("1.5,2\n3,4\n", "0 1", [[1.5, 2.0], [3.0, 4.0]], "without a header, numbered"),
        ("a,b\n3,4\n", "a b", [[3.0, 4.0]], "named in row 1"),
        ("5\n6.5\n5\n", "0", [[5.0], [6.5], [5.0]], "without a header"),
        ("y\n5\n", "y", [[5.0]], "1 row, 1 column (y) named in row 1; decimal '.'"),
        # European: semicolons and decimal commas
        ('alcohol;"malic acid";y\n14,23;1,71;1\n13,2;1,78;2\n', "alcohol|malic acid|y", None, "';' between cells"),
        ("1,5;2,5\n3,5;4,25\n", "0 1", [[1.5, 2.5], [3.5, 4.25]], "decimal ','"),
        ("a;b\n1.5;2\n", "a b", [[1.5, 2.0]], "';' between cells, decimal '.'"),
        ("a\tb\n1\t2\n", "a b", [[1.0, 2.0]], "'\\t' between cells"),
        ("a|b\n1|2\n", "a b", [[1.0, 2.0]], "'|' between cells"),
        ('"a, b","c"\n"1","2"\n', "a, b|c", [[1.0, 2.0]], "2 columns (a, b, c)"),
        # pandas' index, with names and without
        (",a,b\n0,1.5,2\n1,2.5,3\n", "a b", [[1.5, 2.0], [2.5, 3.0]], "numbers the rows, left out"),
        (",0,1\n0,1.5,2\n1,2.5,3\n", "0 1", [[1.5, 2.0], [2.5, 3.0]], "numbers the rows, left out"),
        # names above numbers, some of them numbers
        ("0,1,target\n1.5,2,3\n", "0 1 target", [[1.5, 2.0, 3.0]], "named in row 1"),
    ],
)
def test_what_is_certain_is_recognised_and_said(
    text: str, names: str, numbers: list[list[float]] | None, said: str
) -> None:
    table = read_csv_table(text.encode(), "t.csv")
    assert table.names == tuple(names.split("|" if "|" in names else None))
    assert numbers is None or table.numbers().tolist() == numbers
    assert said in table.said
    assert bool(table.remarks) == (text in REMARKABLE)


ASKED = [
    # a header of numbers
    ("0,1\n0.3,0.7\n0.2,0.9\n", "row 1", "0, 1 may be names or a sample", "--header"),
    ("0\n1.5\n2.5\n", "row 1", "0 may be names or a sample", "--header"),
    ("0\n1\n0\n", "row 1", "0 may be names or a sample", "--header"),
    ("1,2,3\n4,5,9\n", "row 1", "may be names or a sample", "--header"),
    ("1990,2000,2015\n0.5,1.5,2.5\n", "row 1", "may be names or a sample", "--header"),
    ("400.5,401.0,401.5\n1,2,7\n", "row 1", "may be names or a sample", "--header"),
    ("7\n1.5\n2.5\n", "row 1", "7 may be names or a sample", "--header"),
    # a category in the first sample
    ("red,1.5\nblue,2.5\n", "row 1", "cell 'red' is no number, others are", "--no-header"),
    # a first column that counts
    ("id,a\n1,5\n2,6\n3,8\n", "t.csv", "column 'id' counts 1, 2, …", "--index-column"),
    ("0,5.5\n1,6.5\n", "t.csv", "column '0' counts 0, 1, …", "--no-index-column"),
    # separators and decimal signs
    ("a,b;c\nx,y;z\n", "t.csv", "separated by commas or semicolons", "--separator"),
    ("a;b\n1,234;5,678\n", "t.csv", "'1,234' may have a decimal comma or a thousands separator", "--decimal"),
    ("a;b\n1,5;2.5\n", "t.csv", "cells such as 1,5 and such as 2.5", "--decimal"),
    ('a,b\n"1,5",2\n', "t.csv", "'1,5' is a cell, and commas separate", "--decimal"),
]


@pytest.mark.parametrize(("text", "place", "what", "remedy"), ASKED)
def test_what_is_not_certain_is_asked_for(text: str, place: str, what: str, remedy: str) -> None:
    with pytest.raises(MalformedProblem) as caught:
        read_csv_table(text.encode(), "t.csv").numbers()
    assert place in caught.value.place
    assert what in caught.value.what
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "answer", "numbers"),
    [
        ("0,1\n0.3,0.7\n", CsvFormat(header=True), [[0.3, 0.7]]),
        ("0,1\n0.3,0.7\n", CsvFormat(header=False), [[0.0, 1.0], [0.3, 0.7]]),
        ("0\n1\n", CsvFormat(header=True), [[1.0]]),
        ("id,a\n1,5\n2,6\n", CsvFormat(index_column=True), [[5.0], [6.0]]),
        ("id,a\n1,5\n2,6\n", CsvFormat(index_column=False), [[1.0, 5.0], [2.0, 6.0]]),
        ("7,a\n3,5\n9,6\n", CsvFormat(index_column=True), [[5.0], [6.0]]),
        ("a,b;c\n1,2;3\n", CsvFormat(separator="semicolon", decimal=","), [[1.2, 3.0]]),
        ("a;b\n1,234;5,678\n", CsvFormat(decimal=","), [[1.234, 5.678]]),
        ('a,b\n"1,5","2,5"\n', CsvFormat(separator=",", decimal=","), [[1.5, 2.5]]),
        ("1 2  3\n4 5 6\n", CsvFormat(separator="space", header=False), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        ("y\n1,5\n2,5\n", CsvFormat(decimal=","), [[1.5], [2.5]]),
        ("a\tb\n1\t2\n", CsvFormat(separator="\\t"), [[1.0, 2.0]]),
    ],
)
def test_answers_are_taken(text: str, answer: CsvFormat, numbers: list[list[float]]) -> None:
    table = read_csv_table(text.encode(), "t.csv", answer)
    assert table.numbers().tolist() == numbers
    assert table.remarks == () or answer.separator is None


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"separator": ":"}, "--separator"),
        ({"decimal": "x"}, "--decimal"),
    ],
)
def test_formats_that_are_none(options: dict[str, str], place: str) -> None:
    with pytest.raises(MalformedProblem) as caught:
        CsvFormat(**options)
    assert caught.value.place.startswith(place)


@pytest.mark.parametrize("cell", ["x", "", " ", "nan", "inf", "1e999", "1_0", "0x10", "1,5 €", "٣", "1 2"])
def test_a_cell_that_is_no_number_is_named_by_row_and_column(cell: str) -> None:
    text = f'a,y\n1,2\n"{cell}",3\n'
    with pytest.raises(MalformedProblem) as caught:
        read_csv_table(text.encode(), "t.csv").numbers()
    assert caught.value.place == "t.csv, row 3, column 'a'"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a,b\n"1,234.5",2\n', "thousands separator"),
        ("a,b\n1 234,2\n", "thousands separator"),
        ("colour,b\nred,2\nblue,3\n", "nor are 1 other cells of this column; encode categories"),
        ("1 2 3\n4 5 6\n", "--separator space"),
        ("a;b\n1.234,5;2,5\n", "thousands separator"),
    ],
)
def test_cells_that_people_write_have_their_remedy(text: str, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words):
        read_csv_table(text.encode(), "t.csv").numbers()


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"", "t.csv", "is empty"),
        (b"\n", "t.csv", "is empty"),
        (b"a,y\n", "t.csv", "no rows"),
        (b"a,a\n1,2\n", "t.csv, row 1", "two columns 'a'"),
        (b"a,\n1,2\n", "t.csv, row 1", "without a name"),
        (b",a\n5,2\n", "t.csv, row 1", "without a name; name it, or say --index-column"),
        (b"0.5,1.5\n1,2\n", "t.csv, row 1", "numbers only, and names of columns are needed; say --header"),
        (b"a,y\n1,2\n1\n", "t.csv, row 3", "expected 2 cells separated by commas as in row 1, got 1"),
        (b"a,y\n1,2,3\n", "t.csv, row 2", "got 3; say --separator semicolon"),
        (b"a,y\n\n1,2\n", "t.csv, row 2", "got 0"),
        (b"y\n1,5\n", "t.csv, row 2", "--decimal , for 1,5"),
        (b'a,y\n1,"2\n', "t.csv", "no text separated by commas"),
        (b"a,\xff\n1,2\n", "t.csv", "byte 2 is not UTF-8"),
    ],
)
def test_malformed_tables(data: bytes, place: str, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        read_csv_table(data, "t.csv", names_needed=True)
    assert caught.value.place == place


def test_a_missing_column_lists_those_there_are() -> None:
    with pytest.raises(MalformedProblem, match=r"no column 'z'; its columns are a, y"):
        read_csv_table(b"a,y\n1,2\n", "t.csv").columns(["z"])


def test_messages_stay_short() -> None:
    name = "x" * 5_000
    for text in (f"{name},a\nq,1\n", f"{name},{name}\n1,2\n", ",".join([name] * 3) + "\n1,2\n"):
        with pytest.raises(MalformedProblem) as caught:
            read_csv_table(text.encode(), "t.csv").columns([name, "y"])
        assert len(str(caught.value)) < 400


def test_half_a_unit_of_the_last_decimal() -> None:
    table = read_csv_table(b"a,b\n1.25,-3\n2e-3,1.5e2\n0e99999999999,0.5\n", "t.csv")
    assert table.half_units().tolist() == [[0.005, 0.0], [0.0005, 5.0], [5e299, 0.05]]


cells = st.text("0123456789.,;\t|\"' +-eab\n\r", max_size=12)


@given(st.lists(cells, max_size=8), st.sampled_from(",;\t|\n"))
def test_any_text_is_a_table_of_numbers_or_a_refusal(parts: list[str], separator: str) -> None:
    try:
        table = read_csv_table(separator.join(parts).encode(), "t.csv")
        assert table.numbers().shape == (len(table.rows), len(table.names)) == table.half_units().shape
    except MalformedProblem as error:
        assert "t.csv" in error.place


grids = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=width, max_size=width),
        min_size=1,
        max_size=5,
    )
)


@given(grids, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(".,"))
def test_what_is_written_is_read_back_once_the_format_is_said(grid: list, separator: str, decimal: str) -> None:
    if separator == decimal:
        return
    text = "\n".join(separator.join(f"{x:.3f}".replace(".", decimal) for x in row) for row in grid)
    answer = CsvFormat(header=False, index_column=False, separator=separator, decimal=decimal)
    assert read_csv_table(text.encode(), "t.csv", answer).numbers().tolist() == grid
    try:  # what is recognised without being told is the same, or is asked for
        seen = read_csv_table(text.encode(), "t.csv").numbers().tolist()
    except MalformedProblem:
        return
    assert seen == grid or (decimal == "," and len(grid[0]) == 1)


@pytest.mark.parametrize("decimal", [".", ","])
def test_a_numeral_of_any_length_is_looked_at_once(decimal: str) -> None:
    given = CsvFormat(header=False, index_column=False, separator=";", decimal=decimal)
    for cell in ("9" * 100_000 + "x", "-" + "9" * 100_000):
        with pytest.raises(MalformedProblem, match="no finite number"):
            read_csv_table(f"{cell};1\n1;2\n".encode(), "t.csv", given).numbers()


def test_separators_of_old_that_count_as_white_space_are_stripped() -> None:
    given = CsvFormat(header=False, index_column=False, separator="comma")
    assert read_csv_table(b"1.\x1c,2\n3,4\x1f\n", "t.csv", given).numbers().tolist() == [[1, 2], [3, 4]]
