"""The bad inputs of theory 3.8.2, item by item: each has its own outcome."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.certificate import Certificate, decode_certificate, encode_certificate
from certificates.claims import gradient_dominance, gradient_dominance_sos
from certificates.claims.negative_curvature import Claim as Curvature
from certificates.claims.negative_curvature import Evidence as Direction
from certificates.claims.optimality_gap import Claim as Gap
from certificates.claims.optimality_gap import Evidence as Dual
from certificates.claims.second_order_stationary import Claim as SecondOrder
from certificates.claims.second_order_stationary import Evidence as Spectra
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from certificates.errors import Malformed, MalformedCertificate, MalformedProblem
from certificates.subjects import Dense, Network, Objective, Squared
from tests.support.quadratic import network_problem, random_problem
from verify.problems import from_arrays
from verify.proposals import optimality_gap as gap_search
from verify.proposals import orbit_convergence, second_order_stationary

LOOSE = SecondOrder(1e9, 1e9, 1e9)


@pytest.fixture(scope="module")
def one_sign():
    return random_problem(np.random.default_rng(1), 4, 3, 20)


@pytest.fixture(scope="module")
def mixed():
    return random_problem(np.random.default_rng(2), 8, 3, 20, "mixed")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_entries_that_are_not_finite(bad):
    with pytest.raises(MalformedProblem, match="NaN or infinite"):
        network_problem([[1.0, bad]], [1.0], [[1.0, 2.0]], [1.0])


@pytest.mark.parametrize(
    ("weights", "inputs", "labels"),
    [([[1.0, 2.0]], [[1.0]], [1.0]), ([[1.0]], [[1.0], [2.0]], [1.0]), ([[1.0]], np.zeros((0, 1)), [])],
    ids=["inputs", "labels", "no samples"],
)
def test_shapes_that_do_not_fit(weights, inputs, labels):
    with pytest.raises(MalformedProblem):
        network_problem(weights, [1.0], inputs, labels, Fraction(1))


def test_numbers_that_are_no_exact_spelling(one_sign):
    done = gap_search.propose(one_sign)
    text = encode_certificate(_certificate(one_sign, done)).decode()
    assert decode_certificate(text.encode())
    for bad in ("0.5", '"1e-9"', '"nan"', '"0x1.8p+0"'):
        with pytest.raises(Malformed):
            decode_certificate(text.replace(f'"{done.claim.gap.hex()}"', bad, 1).encode())


def _certificate(problem, done):
    data = encode_problem(problem)
    return Certificate(
        done.claim.kind, ProblemReference("network", sha256_hex(data), None, data), done.claim, done.evidence, {}
    )


def test_directions_that_are_none():
    for units, inputs in (((0.0,), (1.0,)), ((1.0,), (0.0,))):
        with pytest.raises(MalformedCertificate, match="u ≠ 0 and b ≠ 0"):
            Direction(units, inputs, 1.0)
    with pytest.raises(MalformedCertificate, match="u ≠ 0"):
        Spectra(-1.0, 1.0, units=(0.0, 0.0))


def test_a_direction_over_both_sign_classes_bounds_no_spectrum(mixed):
    evidence = Spectra(-1e6, 1e6, fourth_moment_shift=1e6, units=(1.0,) * 8)
    verdict = decide(LOOSE, evidence, mixed)
    assert isinstance(verdict, Undecided) and verdict.check == 5 and "one sign" in verdict.required


def test_sign_patterns_that_the_method_is_not_about(mixed):
    for evidence in (Dual("self-dual", shift=1.0), Dual("dual", vector=(1.0,) * 20)):
        verdict = decide(Gap(1e9), evidence, mixed)
        assert isinstance(verdict, Rejected) and verdict.check == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dual("self-dual", shift=-1e-300),
        lambda: Gap(-1.0),
        lambda: SecondOrder(-1e-300, 0.0, 0.0),
        lambda: SecondOrder(0.0, -1e-300, 0.0),
        lambda: Curvature(0.0, 0.0, 0.0),
        lambda: gradient_dominance.Claim(0.0, 1.0),
        lambda: gradient_dominance.Claim(1.0, 0.0),
        lambda: gradient_dominance_sos.Claim((Fraction(0),), Fraction(0), Fraction(1), Fraction(0)),
        lambda: gradient_dominance_sos.Claim((Fraction(0),), Fraction(1), Fraction(0), Fraction(0)),
    ],
    ids=["t", "gap", "ε_g", "ε_H", "curvature", "ϱ", "μ", "ϱ of squares", "μ of squares"],
)
def test_numbers_of_the_wrong_sign(make):
    with pytest.raises(MalformedCertificate):
        make()


def test_inputs_whose_covariance_is_singular_are_never_divided_by():
    flat = np.random.default_rng(3).normal(size=(9, 1)) @ np.array([[1.0, 2.0, -1.0]])
    problem = network_problem(np.eye(3), np.ones(3), flat, np.ones(9))
    verdict = decide(LOOSE, Spectra(-1e6, 1e6, covariance_shift=1e-3), problem)
    assert isinstance(verdict, Undecided) and verdict.check == 5 and "λ_min(Σ̂)" in verdict.reason


def test_a_dual_vector_of_zeros_proves_the_loss_and_no_more(one_sign):
    evidence = Dual("dual", vector=(0.0,) * 20)
    verdict = decide(Gap(1e9), evidence, one_sign)
    assert isinstance(verdict, Accepted)
    assert verdict.proved.gap >= verdict.facts[0].lower
    assert isinstance(decide(Gap(verdict.facts[0].lower / 2), evidence, one_sign), Undecided)


def test_lower_bounds_below_zero_are_cut_off(one_sign):
    """A dual point with νᵀy > 0 would give a negative bound of the infimum; f ≥ 0 is better."""
    labels = one_sign.given_targets[:, 0]
    verdict = decide(Gap(1e9), Dual("dual", vector=tuple(np.abs(labels) * 100)), one_sign)
    assert isinstance(verdict, Accepted)
    inf = next(fact for fact in verdict.facts if fact.symbol == "inf f")
    assert inf.lower >= -1e-12 * verdict.facts[0].upper


def test_a_teacher_of_deficient_rank_has_no_curvature_across_rotations():
    rng = np.random.default_rng(4)
    row = rng.normal(size=(1, 4))
    teacher = [np.vstack([row, 2 * row]), np.ones((1, 2))]
    problem = from_arrays(
        [rng.normal(size=(2, 4)), np.ones((1, 2))],
        None,
        "quadratic",
        rng.normal(size=(400, 4)),
        teacher=teacher,
        frozen=[1],
    )
    found = orbit_convergence.propose(problem)
    assert not isinstance(found.verdict, Accepted)


def test_a_frozen_first_layer_is_no_problem_of_this_chapter():
    layers = (Dense(np.eye(2), None, False), Dense(np.ones((1, 2)), None, True))
    source = random_problem(np.random.default_rng(5), 2, 2, 4)
    problem = Network(layers, source.activations, source.inputs, source.given_targets, Objective(Squared(Fraction(1))))
    for claim, evidence in ((Gap(1e9), Dual("nonnegative")), (LOOSE, Spectra(-1e6, 1e6))):
        verdict = decide(claim, evidence, problem)
        assert isinstance(verdict, Rejected) and verdict.check == 1


def test_what_is_not_finite_inside_evidence_is_rejected(one_sign):
    honest = second_order_stationary.propose(one_sign)
    for bad in (np.nan, np.inf, -np.inf):
        verdict = decide(LOOSE, replace(honest.evidence, force_lower=bad), one_sign)
        assert isinstance(verdict, Rejected) and verdict.check == 2
