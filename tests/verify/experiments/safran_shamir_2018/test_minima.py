"""The experiment at a small size: proved, written, drawn, and its criteria able to fail."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from certificates import Accepted, Undecided, check
from verify.experiments.safran_shamir_2018 import minima
from verify.experiments.safran_shamir_2018.minima import _criteria
from verify.experiments.safran_shamir_2018.points import Settings, find_point
from verify.experiments.writing import write

SMALL = Settings(turned=(3, 6), twice_turned=(), shared=(7,))


@pytest.fixture(scope="module")
def done():
    seen = []
    found = minima.run(lambda *step: seen.append(step), SMALL)
    assert [(name, step) for name, step, _ in seen] == [
        ("k=3, one turned", 0),
        ("k=6, one turned", 1),
        ("k=7, two share", 2),
    ]
    return found


def test_every_point_is_proved_and_the_criteria_are_met(done):
    assert done.is_complete and all(each["met"] for each in done.document["criteria"])
    assert [row[4] for row in done.rows] == ["saddle, index 1", "spurious minimum", "spurious minimum"]
    assert [each["students"] - each["teachers"] for each in done.document["points"]] == [0, 0, 1]
    assert any("F = 0.02508058100246, curvature" in each["criterion"] for each in done.document["criteria"])


def test_time_and_memory_are_reported(done):
    for row, each in zip(done.rows, done.document["points"], strict=True):
        assert float(row[-1]) > 10 and float(row[-2]) >= 0 and each["check_seconds"] >= 0


def test_the_files_are_accepted(done, tmp_path):
    write(replace(done, figure=None), tmp_path)
    files = sorted((tmp_path / "certificates").glob("*.cert.json"))
    assert [path.name.partition(".")[0] for path in files] == ["k3-n3", "k6-n6", "k7-n8"]
    assert all(isinstance(check(path), Accepted) for path in files)
    assert json.loads((tmp_path / "result.json").read_text())["experiment"] == "safran-shamir"


@pytest.mark.slow  # a picture
def test_the_picture_has_minima_full_and_saddles_hollow(done):
    drawing = done.figure()
    styles = [line.get_fillstyle() for axes in drawing.axes for line in axes.get_lines()]
    assert sorted(styles) == ["full"] * 4 + ["none"] * 2


def test_criteria_fail_where_a_point_is_not_what_it_should_be():
    point = find_point("one turned", 6)
    claim = point.proposal.claim
    assert all(met for _, met in _criteria(point))

    def failing(**changes):
        bent = replace(point, proposal=replace(point.proposal, claim=replace(claim, **changes)))
        return [text for text, met in _criteria(bent) if not met]

    assert any("spurious" in text for text in failing(value_lower=0.0))
    assert any("spurious" in text for text in failing(index=1))
    assert any("curvature" in text for text in failing(nondegeneracy=0.0047))
    assert any("distance" in text for text in failing(distance=1e-14))
    assert any("F = " in text for text in failing(value_lower=0.02508, value_upper=0.02509))
    assert [text for text, met in _criteria(replace(point, check_seconds=1.5)) if not met] == [
        "one turned, n = 6, k = 6: checked in under 1 s"
    ]
    refused = Undecided("population-minimum", "a rule", "fast", 7, "no")
    (lost,) = _criteria(replace(point, proposal=replace(point.proposal, claim=None, verdict=refused)))
    assert not lost[1] and "nothing is proved" in lost[0]


@pytest.mark.slow
def test_all_of_it_is_met():
    done = minima.run()
    assert done.is_complete and len(done.proofs) == 31
