"""Critical points from many starts: indices and values of known ones, interruption, folders of other searches."""

from __future__ import annotations

import json

import numpy as np
import pytest

import verify
from certificates import Accepted, Dense, check
from certificates.errors import Malformed
from tests.support.kinks import vector_f
from tests.support.minima import LOGISTIC, problem, vector
from tests.support.saddles import copied_saddle
from tests.support.spurious import frozen_output, planted_minimum
from verify.certification.find import find
from verify.certification.find_state import STATE

STARTS = 12


@pytest.fixture(scope="module")
def network():
    """Two strict minima among the first starts, and saddles."""
    return frozen_output()


@pytest.fixture(scope="module")
def found(network, tmp_path_factory):
    return find(network, tmp_path_factory.mktemp("points"), starts=STARTS)


def _signature(found):
    return [(each.point.value, each.point.index, each.point.starts, each.proof.claim) for each in found.points]


def test_the_saddle_and_the_minima_of_two_weights(tmp_path):
    """Vector A at ±(u, v), and B, the saddle between: turned signs are the same point."""
    done = find(vector("A"), tmp_path / "deep" / "points", starts=6)
    kinds = [(each.proof.claim.kind, each.point.index) for each in done.certified]
    assert kinds == [("strict-minimum", 0), ("critical-point", 1)]
    least, saddle = (each.value for each in done.certified)
    assert least[0] <= 0.4328662210668731 <= least[1] and saddle[0] <= np.log(2) <= saddle[1]
    assert sum(each.point.starts for each in done.points) + done.nowhere == 6


def test_every_certificate_is_one_and_minima_that_are_not_the_best_are_marked(found):
    strict = [each for each in found.certified if each.point.index == 0]
    kinds = [each.proof.claim.kind for each in strict]
    assert len(found.certified) > 3 and kinds == ["strict-minimum"] + ["spurious-minimum"] * (len(strict) - 1)
    for each in found.certified:
        assert isinstance(check(each.path), Accepted)
    for each in strict[1:]:
        assert each.proof.claim.gap == pytest.approx(each.point.value - found.best, rel=1e-4)


def test_points_are_listed_once(found):
    seen = [(round(each.point.value, 9), *np.round(each.point.eigenvalues, 7)) for each in found.points]
    assert len(set(seen)) == len(seen)


def test_an_interrupted_run_goes_on_where_it_was(network, found, tmp_path):
    def stop(stage, step, *_):
        if (stage, step) == ("start", 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find(network, tmp_path, starts=STARTS, progress=stop)
    assert json.loads((tmp_path / STATE).read_text())["done"] == 3
    begun = []
    again = find(network, tmp_path, starts=STARTS, progress=lambda stage, step, *_: begun.append((stage, step)))
    assert begun[0] == ("start", 3) and _signature(again) == _signature(found)
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_a_folder_belongs_to_one_search(network, tmp_path):
    find(network, tmp_path, starts=1)
    with pytest.raises(Malformed, match="another problem or another --seed"):
        find(network, tmp_path, starts=1, seed=1)
    with pytest.raises(Malformed, match="another problem"):
        find(vector("A"), tmp_path, starts=1)
    for text in ("[]", "{", '{"format": "other"}', (tmp_path / STATE).read_text().replace('"best": [', '"best": [[')):
        (tmp_path / STATE).write_text(text)
        with pytest.raises(Malformed, match="no state of a search"):
            find(network, tmp_path, starts=1)
    (tmp_path / STATE).unlink()
    (tmp_path / "point-001.strict-minimum.cert.json").touch()
    with pytest.raises(Malformed, match="holds certificates"):
        find(network, tmp_path, starts=1)


def test_minima_of_planted_labels_are_held_against_the_teacher(tmp_path):
    """From the given weights alone: the witness is the teacher, at which f is 0."""
    (point,) = find(planted_minimum(), tmp_path, starts=1).certified
    assert point.proof.claim.kind == "spurious-minimum" and point.proof.claim.gap > 5e-4


def test_problems_that_no_claim_can_be_about(tmp_path):
    layers = Dense(np.ones((1, 10_001)), None), Dense(np.ones((1, 1)), None)
    wide = problem(layers, np.ones((1, 10_001)), [[1.0]], LOGISTIC)
    with pytest.raises(Malformed, match="too many trained parameters"):
        find(wide, tmp_path / "wide")
    with pytest.raises(Malformed, match="kink-minimum --polish"):
        find(vector_f(), tmp_path / "relu")
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Malformed, match="cannot be made"):
        find(vector("A"), file / "points")


def test_a_degenerate_saddle_has_a_ball_without_minima(tmp_path):
    """A unit split into two equal halves is on a curve of critical points."""
    done = find(copied_saddle(), tmp_path, starts=1)
    assert [each.proof.claim.kind for each in done.certified] == ["no-local-minimum"] and done.certified[
        0
    ].value is None


def test_the_public_name(network, tmp_path):
    path = verify.save_problem(network, tmp_path / "net.safetensors")
    assert verify.find(path, tmp_path / "points", starts=1).starts == 1
