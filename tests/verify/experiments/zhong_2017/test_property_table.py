from __future__ import annotations

from dataclasses import replace

import pytest

from verify.experiments.zhong_2017 import property_table as zhong_property_table
from verify.theory.zhong_2017.printed import MARKS


@pytest.fixture(scope="module")
def done():
    return zhong_property_table.run()


def test_all_forty_marks_agree_two_of_them_with_a_proviso(done):
    assert done.is_complete
    cells = done.document["cells"]
    assert len(cells) == done.document["marks"] == done.document["marks_that_agree"] == 40
    provisos = [(c["activation"], c["column"], c["proviso"]) for c in cells if c["proviso"]]
    assert provisos == [("squared ReLU", "P3.a", "E5"), ("squared ReLU", "P1,2,3", "E5")]


def test_each_mark_is_a_proof_of_the_property_or_of_its_negation(done):
    assert len(done.proofs) == 32
    for cell in done.document["cells"]:
        if cell["column"] == "P1,2,3":
            continue
        (path,) = cell["certificates"]
        claim = done.proofs[path.removeprefix("certificates/").removesuffix(".cert.json")].claim
        name = claim.label.removeprefix("not-").replace("P3", "P3.").split("-")[0]
        assert name == cell["column"]
        assert claim.label.startswith("not-") is not cell["proved"]


def test_a_wrong_mark_would_be_seen(monkeypatch):
    (linear,) = (row for row in MARKS if row.function.name == "linear")
    wrong = replace(linear, marks=(True, True, True, True, False))
    monkeypatch.setattr(zhong_property_table, "MARKS", (wrong,))
    found = zhong_property_table.run()
    assert found.document["marks_that_agree"] == 4
    assert found.rows[0][-1] == "differs: unexplained"


def test_without_a_proof_a_mark_is_open(monkeypatch):
    monkeypatch.setattr(zhong_property_table, "MARKS", MARKS[:1])
    monkeypatch.setattr(zhong_property_table, "is_proved", lambda proposal: proposal.claim.label != "P2")
    found = zhong_property_table.run()
    assert not found.is_complete
    assert [cell["proved"] for cell in found.document["cells"]] == [True, None, False, True, None]
    assert found.rows[0][-1] == "undecided"
