"""Notes fit into the problem file whatever strangers put into names."""

from __future__ import annotations

from certificates.document.problem_file import decode_problem, encode_problem
from certificates.subjects import LONGEST_NOTE, MOST_NOTES
from verify.problems import from_arrays
from verify.problems.imported import imported

NET = from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[1.0]], [[1.0]])


def test_notes_are_printable_bounded_and_said_once():
    done = imported(NET, ["a\x1b[2J\u202e\n", "same", "same", "x" * 5_000])
    assert done.notes == (r"a\x1b[2J\u202e\n", "same", "x" * (LONGEST_NOTE - 1) + "…")
    assert decode_problem(encode_problem(done.network)).notes == done.notes


def test_too_many_are_counted():
    done = imported(NET, map(str, range(100)))
    assert len(done.notes) == MOST_NOTES and done.notes[-1] == "69 more notes were left out"
