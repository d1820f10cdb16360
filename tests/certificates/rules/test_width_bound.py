"""The rule of `width-bound`: starts at that width are certified one by one, and every part of the theorem counts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims import relu_convergence as relu_claims
from certificates.claims.width_bound import Claim
from certificates.errors import MalformedCertificate
from tests.support.certificates import certificate_bytes
from verify.generators.wide import unit_data, wide_problem
from verify.proposals import relu_convergence
from verify.proposals.width_bound import propose

TENTH = Fraction(1, 10)


def _axes(label: float = 1e-3):
    """Two perpendicular inputs: λ₀ = ½, ‖G‖ = 1."""
    return np.eye(2), label * np.array([1.0, -1.0])


@pytest.mark.parametrize("form", ["printed", "sharpened"])
@pytest.mark.parametrize("start", ["plain", "antisymmetric"])
def test_of_perpendicular_inputs_both_ends_are_known(form, start):
    found = propose(wide_problem(*_axes(), width=2), form=form, start=start)
    facts = {fact.symbol: fact for fact in found.verdict.facts}
    assert facts["λ₀"].lower <= 0.5 and found.claim.eigenvalue == pytest.approx(0.5, rel=2e-3)
    assert 1 <= facts["‖G‖"].upper < 1.001 and facts["‖y‖²"].upper == pytest.approx(2e-6)


def test_at_that_width_most_starts_are_certified_one_by_one():
    claim = propose(wide_problem(*_axes(), width=2), start="antisymmetric").claim
    width = 2 * (int(claim.width) // 2 + 1)
    starts = [wide_problem(*_axes(), width=width, seed=seed, antisymmetric=True) for seed in range(10)]
    flow = relu_claims.Claim("unit", 1e308, 0.0)
    found = [decide(flow, relu_convergence.propose(start).evidence, start) for start in starts]
    assert sum(isinstance(each, Accepted) and each.proved.decrease_rate >= claim.eigenvalue for each in found) >= 9


def test_what_the_number_of_units_has_no_say_in():
    """Only inputs and labels count: their lengths, this network's weights and its scale of the loss do not."""
    inputs, labels = unit_data(4, 3, seed=1)
    first = propose(wide_problem(inputs, labels, width=2))
    other = wide_problem(8 * inputs, labels, width=50, seed=9, scale=7, loss="mean")
    assert isinstance(decide(first.claim, first.evidence, other), Accepted)
    assert isinstance(decide(first.claim, first.evidence, replace(other, targets=2 * other.given_targets)), Undecided)


def test_more_probability_needs_more_units():
    network = wide_problem(*unit_data(4, 3, seed=1), width=2)
    widths = [propose(network, failure=Fraction(1, k)).claim.width for k in (2, 10, 100)]
    assert widths == sorted(widths) and widths[0] < widths[2] / 10


def test_the_numbers_are_the_theorems():
    """Of the table of theory 5.3: n = d = 20, within a few percent of what its formula gives for other random data."""
    network = wide_problem(*unit_data(20, 20, seed=7), width=2)
    printed = propose(network, form="printed", failure=Fraction(20, 198))
    assert 1e16 < printed.claim.width < 1e18
    assert printed.claim.width / propose(network).claim.width > 1e5


def test_a_shift_too_large_and_parts_that_are_no_probabilities():
    found = propose(wide_problem(*_axes(), width=2))
    assert decide(found.claim, replace(found.evidence, shift=0.6), found.problem).check == 5
    for changes in ({"kernel": Fraction(0)}, {"flips": Fraction(-1, 10)}, {"residual": Fraction(0)}):
        verdict = decide(found.claim, replace(found.evidence, **changes), found.problem)
        assert isinstance(verdict, Rejected) and verdict.check == 2
    for share in (Fraction(0), Fraction(1)):
        assert decide(found.claim, replace(found.evidence, share=share), found.problem).check == 2


@pytest.mark.parametrize("failure", [Fraction(0), Fraction(1), Fraction(-1, 2)])
def test_a_failure_is_a_probability(failure):
    with pytest.raises(MalformedCertificate, match="failure"):
        Claim("sharpened", "plain", failure, 1e9, 0.1)


def test_the_verdict_names_chance_as_an_assumption():
    found = propose(wide_problem(*_axes(), width=2))
    assert any("probability" in each.text for each in found.verdict.ledger)
    assert "even width" in propose(found.problem, start="antisymmetric").claim.sentence()
    assert b'"form": "sharpened"' in certificate_bytes(found.problem, found.claim, found.evidence)
