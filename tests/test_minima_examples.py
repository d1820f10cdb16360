"""The shipped minima of penalised objectives: re-checked, and made again from the problems as fitted."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import verify
from certificates import Accepted, check
from certificates.certificate import decode_certificate, encode_certificate

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
MINIMA = sorted(EXAMPLES.glob("*/*.strict-minimum.cert.json"))
ACCURACIES = sorted(EXAMPLES.glob("*/*.certified-accuracy.cert.json"))
LARGER = ["breast_cancer", "digits_classifier"]
RIGHT_AND_WRONG = {"breast_cancer": (139, 4), "digits_classifier": (433, 17), "iris": (37, 1), "wine": (45, 0)}


def _some(paths, names, *, among=True):
    return [pytest.param(path, id=path.parent.name) for path in paths if (path.parent.name in names) is among]


def _claim(path):
    return decode_certificate(path.read_bytes()).claim


def test_what_is_shipped():
    assert [path.parent.name for path in MINIMA] == [
        "breast_cancer", "diabetes_penalised", "digits_classifier", "iris", "moons", "wine",
    ]  # fmt: skip
    assert {path.parent.name for path in ACCURACIES} == {"breast_cancer", "digits_classifier", "iris", "wine"}


@pytest.mark.parametrize("path", _some([*MINIMA, *ACCURACIES], LARGER, among=False))
def test_shipped_minima_are_theorems(path):
    verdict = check(path)
    assert isinstance(verdict, Accepted) and not verdict.conditional


@pytest.mark.slow
@pytest.mark.parametrize("path", _some([*MINIMA, *ACCURACIES], LARGER))
def test_larger_shipped_minima_are_theorems(path):
    assert isinstance(check(path), Accepted)


def test_the_minimum_on_kinks_is_a_theorem():
    path = EXAMPLES / "relu_iris" / "problem.kink-minimum.cert.json"
    claim = _claim(path)
    assert isinstance(check(path), Accepted)
    assert (len(claim.kinks), len({unit for _, unit in claim.kinks})) == (6, 4)
    assert claim.growth > 0.00138 and claim.radius > 9.08e-5 and claim.distance < 6.83e-12


def test_what_the_pages_say():
    minima = {path.parent.name: _claim(path) for path in MINIMA}
    assert all(claim.distance < claim.radius and claim.step_size_max > 0 for claim in minima.values())
    assert minima["moons"].origin is None  # certified as PyTorch left it
    assert minima["moons"].flat == minima["breast_cancer"].flat == minima["diabetes_penalised"].flat == ()
    assert minima["wine"].flat == minima["iris"].flat == ("output.bias shift",)
    tested = {path.parent.name: _claim(path) for path in ACCURACIES if path.name.startswith("test")}
    assert {name: (claim.right, claim.wrong) for name, claim in tested.items()} == RIGHT_AND_WRONG


def test_a_larger_radius_is_refused(tmp_path):
    """Ten times the radius is not proved."""
    (path,) = (each for each in MINIMA if each.parent.name == "moons")
    shutil.copy(path.with_name("problem.safetensors"), tmp_path)
    certificate = decode_certificate(path.read_bytes())
    larger = replace(certificate, claim=replace(certificate.claim, radius=10 * certificate.claim.radius))
    (tmp_path / path.name).write_bytes(encode_certificate(larger))
    assert not isinstance(check(tmp_path / path.name), Accepted)


@pytest.mark.slow
@pytest.mark.parametrize("path", _some(MINIMA, ["digits_classifier"], among=False))
def test_certified_again_from_the_problem(path, tmp_path):
    problem = tmp_path / "problem.safetensors"
    shutil.copy(path.with_name("problem.safetensors"), problem)
    done = verify.certify(problem, polish=True)
    mine, theirs = done.certificate.claim, _claim(path)
    assert mine.radius == pytest.approx(theirs.radius, rel=0.1)
    assert mine.value_upper == pytest.approx(theirs.value_upper, abs=1e-9)


POINTS = sorted((EXAMPLES / "two_minima" / "points").glob("*.cert.json"))


@pytest.mark.parametrize(
    "path", [pytest.param(p, marks=pytest.mark.slow if i > 2 else ()) for i, p in enumerate(POINTS)]
)
def test_the_critical_points_of_two_minima_are_theorems(path):
    assert isinstance(check(path), Accepted)


def test_what_the_page_of_two_minima_says():
    claims = [_claim(path) for path in POINTS]
    kinds = [claim.kind for claim in claims]
    assert (kinds.count("strict-minimum"), kinds.count("spurious-minimum"), kinds.count("critical-point")) == (1, 1, 15)
    (spurious,) = (claim for claim in claims if claim.kind == "spurious-minimum")
    assert spurious.gap > 0.021477 and spurious.radius > 6.1e-4 and spurious.value_lower > 0.0278075
