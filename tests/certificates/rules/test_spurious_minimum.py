"""The rule of `spurious-minimum`: two minima of one objective, and weights that are no witness."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from certificates import Accepted, Dense, Rejected, Undecided, decide
from certificates.arithmetic.arb import precision
from certificates.claims.spurious_minimum import Claim
from certificates.errors import MalformedCertificate
from tests.support.minima import fitted
from tests.support.planted_frozen import frozen_problem
from tests.support.spurious import deep_regressor, frozen_minima, planted_minimum, two_minima
from tests.twins.hyper_dual import derivative_along
from verify.numeric.mlp import Perceptron
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals.spurious_minimum import propose
from verify.search.better_weights import teacher_weights
from verify.search.minimum import in_pieces


@cache
def found():
    return propose(*frozen_minima())


def _witness(evidence):
    return np.array([number for piece in evidence.witness for number in piece])


def test_two_minima_of_three_units():
    """0.0278 and 0.0063, the digits of another route: hyper-dual numbers in balls."""
    proved, network = found().verdict.proved, found().problem
    nowhere = [0.0] * 9
    with precision(200):
        better, here = (
            derivative_along(network, weights.tolist(), nowhere, nowhere).a
            for weights in (_witness(found().evidence), FloatObjective(network).initial())
        )
        gap = here - better
    assert proved.gap == pytest.approx(float(gap), rel=1e-9) and proved.gap <= float(gap)
    assert proved.value_lower <= float(here) <= proved.value_upper and proved.value_lower > 0.0278
    assert proved.value_upper - proved.value_lower < 1e-12 and proved.distance < 1e-13 < 4e-4 < proved.radius


def test_a_witness_that_is_better_by_less_proves_less():
    """Along the segment from the minimum to the witness the gap shrinks to nothing, and with it the claim."""
    network, evidence = found().problem, found().evidence
    objective, better = FloatObjective(network), _witness(found().evidence)
    start, weakest = objective.initial(), replace(found().claim, gap=5e-324)
    lowest = objective.value(start)
    for share in np.linspace(0, 1, 9):
        witness = start + share * (better - start)
        verdict = decide(weakest, replace(evidence, witness=in_pieces(witness)), network)
        gap = lowest - objective.value(witness)
        if gap > 1e-12:
            assert verdict.proved.gap == pytest.approx(gap, rel=1e-6)
        else:
            assert isinstance(verdict, Undecided) and verdict.check == 9


def test_the_distance_to_the_minimum_counts_against_the_gap():
    """At weights that are off by 10⁻⁵, f(w_0) is not f(ŵ): a point between the two values is no witness."""
    network = found().problem
    hidden = network.layers[0]
    moved = replace(network, layers=(replace(hidden, weight=hidden.weight + 1e-5), network.layers[1]))
    best = propose(moved, FloatObjective(network).initial())
    value, minimum = (FloatObjective(each).value(FloatObjective(each).initial()) for each in (moved, network))
    assert value > minimum and best.claim is None and best.verdict.check == 9
    verdict = propose(moved, _witness(found().evidence)).verdict
    far, facts = verdict.proved, {fact.symbol: fact for fact in verdict.facts}
    assert far.value_lower < minimum < far.value_upper and far.gap < found().verdict.proved.gap
    here, better = facts["f(w₀)"], facts["f(w′)"]
    assert better.lower < better.upper and here.upper - here.lower > 2 * np.spacing(here.upper)
    drop = Fraction(facts["M"].upper) * Fraction(facts["D"].upper) ** 2 / 2 * (1 - Fraction(1, 2**40))
    least = Fraction(here.lower) - drop + Fraction(np.spacing(here.lower))  # ends of facts are rounded, too
    assert Fraction(far.value_lower) <= least and Fraction(far.gap) <= least - Fraction(better.upper)
    assert (far.value_upper, far.distance) == (here.upper, facts["D"].upper)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_no_witness(number):
    witness = _witness(found().evidence)
    witness[4] = number
    verdict = decide(found().claim, replace(found().evidence, witness=in_pieces(witness)), found().problem)
    assert isinstance(verdict, Rejected) and verdict.check == 8


@pytest.mark.parametrize("count", [0, 8, 10, 12])
def test_a_witness_has_a_number_for_each_trained_parameter(count):
    witness = np.resize(_witness(found().evidence), count)
    verdict = decide(found().claim, replace(found().evidence, witness=in_pieces(witness)), found().problem)
    assert isinstance(verdict, Rejected) and verdict.check == 8 and f"{count} numbers" in verdict.seen


@pytest.mark.parametrize("size", [5e-324, 1e300])
def test_numbers_of_any_size_are_read(size):
    """The activation is bounded, so a huge weight is one of a step; f there is not smaller than f(ŵ)."""
    verdict = decide(found().claim, replace(found().evidence, witness=((size,) * 9,)), found().problem)
    assert isinstance(verdict, Undecided) and verdict.check in (8, 9, 0)


def test_pieces_of_any_length():
    witness = _witness(found().evidence).tolist()
    pieces = (tuple(witness[:2]), (), tuple(witness[2:]))
    assert isinstance(decide(found().claim, replace(found().evidence, witness=pieces), found().problem), Accepted)


def test_frozen_layers_stay():
    """The witness of the first layer alone; with both trained the same numbers are too few."""
    network = found().problem
    both = replace(network, layers=(network.layers[0], replace(network.layers[1], trained=True)))
    verdict = decide(found().claim, found().evidence, both)
    assert not isinstance(verdict, Accepted)


def test_the_teacher_is_a_witness_at_which_f_is_zero():
    """Exactly: the gap is the least value at ŵ itself. With rounded labels that are given it is not."""
    worse = planted_minimum()
    teacher = worse.teacher[0].weight
    best = propose(worse, teacher.ravel()).verdict
    assert best.proved.gap == best.proved.value_lower > 5e-4 and _value(best) == (0.0, 0.0)
    given = replace(worse, targets=Perceptron(worse).targets, teacher=None)
    assert 0 < _value(propose(given, teacher.ravel()).verdict)[1] < 1e-25
    off = np.nextafter(teacher.ravel(), np.inf)
    assert 0 < _value(propose(worse, off).verdict)[1] < 1e-25


def _value(verdict):
    return next((fact.lower, fact.upper) for fact in verdict.facts if fact.symbol == "f(w′)")


def test_a_teacher_of_other_widths_is_none():
    """Three units plant, two learn: the minimum is positive, and no weights of the network are the teacher's."""
    rng = np.random.default_rng(5)
    inputs = np.round(rng.normal(size=(30, 2)), 3)
    narrow = frozen_problem(rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), [1.0, 1.0], inputs, "tanh")
    wide = tuple(Dense(rng.normal(size=shape), None, False) for shape in ((3, 2), (1, 3)))
    network = fitted(replace(narrow, teacher=wide))
    assert teacher_weights(network) is None and teacher_weights(narrow) is not None
    assert isinstance(propose(network, None).verdict, Undecided)


def test_the_budget_is_asked_for_the_witness_too():
    network, claim, evidence = found().problem, found().claim, found().evidence
    assert decide(claim, evidence, network, budget=1e3).check == 4


@pytest.mark.slow
def test_a_deep_network_with_a_penalty():
    network, better = two_minima(deep_regressor(), (7, 8))
    done = propose(network, better)
    assert isinstance(done.verdict, Accepted) and done.claim.gap > 0.01 and "spurious" in done.claim.sentence()


def test_claims_that_say_nothing():
    with pytest.raises(MalformedCertificate, match="gap"):
        Claim(0.0, 1.0, 0.5, 1.0, 2.0)
    with pytest.raises(MalformedCertificate, match="value_lower"):
        Claim(0.1, 1.0, 0.5, 2.0, 1.0)
    with pytest.raises(MalformedCertificate, match="distance"):
        Claim(0.1, 0.5, 1.0, 1.0, 2.0)
    with pytest.raises(MalformedCertificate, match="distinct"):
        Claim(0.1, 1.0, 0.5, 1.0, 2.0, ("output.bias shift",) * 2)
