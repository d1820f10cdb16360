"""The rule of Lipschitz slopes: constants a hair smaller, kinks and jumps, assumed bounds, treacherous formulas."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided
from certificates.checks.outcome import Refusal
from certificates.claims.lipschitz_slope import Claim, Evidence
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL
from certificates.enclosures.infinity.tails import Tail
from certificates.expression import parse_activation
from certificates.rules import lipschitz_slope as rule
from tests.support.activations import TINY, TREACHEROUS, judge, tiling

F = Fraction
CELLS = Evidence(F(8), tiling(-8, 8))
STRICT, LIPSCHITZ = Claim("everywhere", F(9)), Claim("almost everywhere", F(9))
UNKNOWN = "z+atan(sin(z))/4"


@pytest.mark.parametrize(
    ("name", "claim", "supremum"),
    [("gelu", STRICT, 0.7978845608028), ("squared_relu", LIPSCHITZ, 2), ("tanh", LIPSCHITZ, 4 / (3 * 3**0.5))],
)
def test_what_is_proved_bounds_the_truth_and_a_hair_less_is_undecided(name, claim, supremum):
    verdict = judge(name, claim, CELLS)
    assert isinstance(verdict, Accepted) and not verdict.conditional
    proved = verdict.proved
    assert supremum <= proved.curvature_bound < supremum * 1.1
    (fact,) = verdict.facts
    assert fact.symbol == "L₂" and fact.lower == -math.inf and supremum <= fact.upper
    assert isinstance(judge(name, proved, CELLS), Accepted)
    verdict = judge(name, replace(proved, curvature_bound=proved.curvature_bound - TINY), CELLS)
    assert isinstance(verdict, Undecided) and verdict.check == 5 and verdict.proved == proved


@pytest.mark.parametrize("cells", [(), CELLS.cells[1:], CELLS.cells[:-1], CELLS.cells[::-1], tiling(0, 8)])
def test_cells_that_do_not_tile_are_rejected(cells):
    verdict = judge("tanh", STRICT, replace(CELLS, cells=cells))
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_smoothness_is_compared_exactly():
    for name in ("squared_relu", "softsign", "elu"):
        assert isinstance(judge(name, LIPSCHITZ, CELLS), Accepted)
        verdict = judge(name, STRICT, CELLS)
        assert isinstance(verdict, Undecided) and verdict.check == 3
    for name in ("relu", f"piecewise(z, 1, 1+(1+1/1{'0' * 30})*(z-1))"):
        verdict = judge(name, LIPSCHITZ, CELLS)
        assert isinstance(verdict, Rejected) and verdict.check == 3


@pytest.mark.parametrize(
    ("name", "claim", "evidence", "kind", "check"),
    [
        ("piecewise(0, 0, 1)", LIPSCHITZ, CELLS, Rejected, 1),
        ("piecewise(0, 0, z, 1, z+1)", LIPSCHITZ, CELLS, Rejected, 1),
        ("piecewise(z, 8, z)", STRICT, CELLS, Rejected, 2),
        ("relu", STRICT, CELLS, Rejected, 3),
        (UNKNOWN, STRICT, CELLS, Undecided, 4),
        ("tanh", Claim("everywhere", F(1, 2)), CELLS, Undecided, 5),
    ],
)
def test_refusals_say_whether_they_are_certain(name, claim, evidence, kind, check):
    verdict = judge(name, claim, evidence)
    assert isinstance(verdict, kind) and verdict.check == check, verdict.explanation()


@pytest.mark.parametrize("text", ["z^3", "exp(z)", "z^2*tanh(z)*z"])
def test_a_curvature_that_grows_is_not_bounded(text):
    assert not isinstance(judge(text, Claim("everywhere", F(10**9)), CELLS), Accepted)


@pytest.mark.parametrize("text", TREACHEROUS)
def test_nothing_is_proved_about_a_formula_that_is_not_shown_to_be_defined(text):
    for claim in (STRICT, LIPSCHITZ):
        assert not isinstance(judge(text, replace(claim, curvature_bound=F(99)), CELLS), Accepted)


def test_an_assumed_bound_makes_the_verdict_conditional():
    small = Evidence(F(1), tiling(-1, 1, 32), F(10**4))
    claim = Claim("everywhere", F(10**4))
    assert not isinstance(judge(UNKNOWN, claim, replace(small, tail=None)), Accepted)
    verdict = judge(UNKNOWN, claim, small)
    assert isinstance(verdict, Accepted) and verdict.conditional and verdict.proved.curvature_bound == 10**4
    (assumption,) = [a for a in verdict.ledger if a.mathematical]
    assert "|φ''(z)| ≤ 10000 for all |z| ≥ 1" in assumption.text and "not proven" in assumption.text


@pytest.mark.parametrize("name", ["tanh", "gelu"])
def test_an_assumed_bound_is_not_used_where_there_is_a_proof(name):
    claim = Claim("everywhere", F(2))
    with_tail, without = judge(name, claim, replace(CELLS, tail=F(0))), judge(name, claim, CELLS)
    assert isinstance(with_tail, Accepted) and not with_tail.conditional and with_tail.proved == without.proved


# ---- one function at a time, at its bounds --------------------------------------------------------------------------


def tails(monkeypatch, left, right, *assumed):
    """Let φ'' have these factors on the tails; returns what the rule asks for."""
    asked = []

    def known(check, activation, side, bound, *, is_given):
        assert side in (-1, 1) and bound.beyond == 8 and not bound.is_nonnegative
        asked.append((check, bound.derivative, bound.constant, bound.slope, is_given))
        factor = left if side < 0 else right
        return (None if factor is None else Tail(ONE_MONOMIAL, factor, F(8))), list(assumed)

    monkeypatch.setattr(rule, "tail_or_assumption", known)
    return asked


@pytest.mark.parametrize(
    ("cells", "left", "right", "wanted"),
    [
        ((-3, 1), 0, 0, 3),
        ((-1, 3), 0, 0, 3),
        ((-3, -2), 0, 0, 3),
        ((2, 3), 0, 0, 3),
        ((0, 1), -5, 2, 5),
        ((0, 1), 2, -5, 5),
        ((0, 1), 5, 2, 5),
        ((0, 1), 2, 5, 5),
        ((0, 9), 2, 5, 9),
        ((0, 1), None, 2, 7),
        ((0, 1), 2, None, 7),
    ],
)
def test_the_largest_curvature_of_cells_and_tails(monkeypatch, cells, left, right, wanted):
    monkeypatch.setattr(rule, "range_on_cells", lambda activation, order, cells_: (arb(cells[0]), arb(cells[1])))
    asked = tails(monkeypatch, *(None if end is None else arb(end) for end in (left, right)), "assumed")
    verdict = judge("tanh", STRICT, replace(CELLS, tail=F(7)))
    assert verdict.proved.curvature_bound == wanted and verdict.ledger.count("assumed") == 1
    assert set(asked) == {(4, 2, 7, 0, True)}


def test_the_curvature_of_a_tail_counts_by_its_upper_end(monkeypatch):
    monkeypatch.setattr(rule, "range_on_cells", lambda *_: (arb(0), arb(1)))
    asked = tails(monkeypatch, arb(0), arb(4, 1))
    assert float(judge("tanh", STRICT, CELLS).proved.curvature_bound) == pytest.approx(5.0)
    assert all(not is_given for *_, is_given in asked)


@pytest.mark.parametrize("certain", [True, False])
def test_a_slope_that_jumps_is_rejected_one_that_may_jump_undecided(monkeypatch, certain):
    found = SimpleNamespace(is_certainly_c11=False, is_certainly_not_c11=certain, reason="a kink")
    monkeypatch.setattr(rule, "smoothness", lambda activation: found)
    with pytest.raises(Refusal) as caught:
        rule._require_smooth(parse_activation("tanh"), "almost everywhere")
    assert (caught.value.check, caught.value.certain) == (3, certain)
