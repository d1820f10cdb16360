"""The rule of P2: signs on cells and tails, T₃ on cells of σ, witnesses, moments that must exist."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided
from certificates.checks.outcome import Refusal
from certificates.claims.positive_rho import Claim, Evidence, SigmaCells
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.language.slopes import AssumedSlope, SlopeCells, Zero
from certificates.rules import positive_rho as rule
from tests.support.activations import TINY, TREACHEROUS, judge, tiling
from verify.proposals.positive_rho import propose

F, ONE, HALF = Fraction, Fraction(1), Fraction(1, 2)
CELLS = SlopeCells(F(8), tiling(-8, 8))
SIGN = Evidence(ONE, CELLS)
AT_KINK = Evidence(F(0), CELLS)
SIGMA = SigmaCells(tiling(0, 4, 16), ((F(0), F(1, 4)),))
THIRD = Evidence(ONE, sigma=SIGMA)
TWO = ((F(0), ONE), (ONE, F(2)))
P2 = Claim()


def by_sign(**changes):
    return replace(SIGN, slope=replace(CELLS, **changes))


# ---- by the sign of the slope --------------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", [(), CELLS.cells[1:], CELLS.cells[::-1], tiling(0, 8)])
def test_cells_that_do_not_tile_are_rejected(cells):
    assert isinstance(judge("tanh", P2, SIGN), Accepted)
    verdict = judge("tanh", P2, by_sign(cells=cells))
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_one_way_is_given():
    for ways in ({}, {"slope": CELLS, "sigma": SIGMA}):
        with pytest.raises(MalformedCertificate, match="either"):
            Evidence(ONE, **ways)


@pytest.mark.parametrize("name", ["gelu", "silu", "mish", "sin", "quadratic", "-z", "z-2*tanh(z)", "z^3-3*z", "-(z^2)"])
def test_slopes_that_are_negative_somewhere_are_never_accepted(name):
    zeros = (Zero(F(0), 1), Zero(F(0), 2))
    for evidence in (SIGN, AT_KINK, by_sign(zeros=zeros)):
        assert not isinstance(judge(name, P2, evidence), Accepted)


@pytest.mark.parametrize(
    "text", ["-tanh(z)", "1-sigmoid(z)", "-softplus(z)", "-(z-tanh(z))", "-(z-1/3)^3", "-piecewise(0, 0, z)"]
)
def test_the_slope_may_be_negative_throughout(text):
    """T₁, T₂ and T₃ of −φ are those of φ; a tail can be assumed for φ' ≥ 0 only."""
    wide = (*tiling(-8, 0), (F(0), F(2)), *tiling(2, 8))
    zeros = (Zero(F(1, 3), 2), Zero(F(0), 2))
    evidence = by_sign(cells=wide if "1/3" in text else tiling(-8, 8), zeros=zeros)
    at = replace(evidence, witness=F(0)) if "piecewise" in text else evidence
    assert isinstance(judge(text, P2, at), Accepted)
    for bent in (f"{text}+3*z*exp(-z^2)", f"{text}+z*(1+tanh(z))"):
        assert not isinstance(judge(bent, P2, at), Accepted)


@pytest.mark.parametrize("rise", ["(z/16)^3", "piecewise(0, 0, (z/16)^3)", "piecewise((z/16)^3, 0, 0)"])
def test_slopes_that_change_their_sign_beyond_the_cells(rise):
    """φ' = ±(3z²/4096 − 1) keeps its sign for |z| < 36 only."""
    for text in (f"{rise}-z", f"z-({rise})"):
        for witness in (ONE, -ONE):
            verdict = judge(text, P2, replace(SIGN, witness=witness))
            assert not isinstance(verdict, Accepted) and verdict.check == 4


def test_no_tail_is_assumed_for_a_negative_slope():
    small = SlopeCells(ONE, tiling(-1, 1, 32), tail=AssumedSlope(F(2), F(0), 0))
    assert isinstance(judge("z+atan(sin(z))/4", P2, Evidence(ONE, small)), Accepted)
    verdict = judge("-z-atan(sin(z))/4", P2, Evidence(ONE, small))
    assert not isinstance(verdict, Accepted) and verdict.check == 4


@pytest.mark.slow
def test_third_terms_of_slopes_that_jump():
    """Hardswish, whose T₃ falls to 1/4 − 1/(2π); steeper in the middle it has φ' < 0 there, and T₃ < 0."""
    found = propose(parse_activation("piecewise(0, -3, z*(z+3)/6, 3, z)")).evidence
    assert isinstance(judge("piecewise(0, -3, z*(z+3)/6, 3, z)", P2, found), Accepted)
    assert isinstance(judge("piecewise(0, 0, z)+tanh(z)", P2, THIRD), Accepted)  # a jump at 0 moves nothing
    assert not isinstance(judge("piecewise(0, -3, z*(z+3)/6, 3, z)", P2, THIRD), Accepted)
    assert not isinstance(judge("piecewise(0, -3, z*(z+3)/6-2*(z+3), 3, z-12)", P2, found), Accepted)


def test_a_zero_at_a_point_that_is_not_dyadic_and_one_of_odd_order():
    wide = (*tiling(-8, 0), (F(0), F(2)), *tiling(2, 8))
    assert isinstance(judge("(z-1/3)^3", P2, by_sign(cells=wide, zeros=(Zero(F(1, 3), 2),))), Accepted)
    odd = by_sign(zeros=(Zero(F(0), 1), Zero(F(0), 3)))
    for text in ("z^2", "-z^2", "z^4", "piecewise(-z^2, 0, z^2)+z^4"):
        assert not isinstance(judge(text, P2, odd), Accepted)
    assert isinstance(judge("-z^3", P2, odd), Accepted)  # φ' ≤ 0


@pytest.mark.parametrize("witness", ["0", "1", "-3"])
def test_what_is_affine_has_no_witness(witness):
    for name in ("identity", "piecewise(z, 0, z)"):
        assert not isinstance(judge(name, P2, replace(SIGN, witness=F(witness))), Accepted)


def test_a_jump_of_the_slope_is_a_witness_where_it_jumps():
    assert isinstance(judge("relu", P2, AT_KINK), Accepted)
    verdict = judge("relu", P2, SIGN)
    assert isinstance(verdict, Undecided) and verdict.check == 5


@pytest.mark.parametrize(
    ("name", "evidence", "kind", "check"),
    [
        ("piecewise(0, 0, 1)", AT_KINK, Rejected, 1),
        ("piecewise(0, 0, z, 1, z+1)", AT_KINK, Rejected, 1),
        ("piecewise(z, 8, z)", SIGN, Rejected, 2),
        ("10-z", SIGN, Undecided, 5),  # φ' < 0 throughout, but φ is affine
        ("piecewise(10-z, 0, 10+z)", SIGN, Rejected, 3),
        ("z-sqrt(atan(1))*erf(z)", SIGN, Undecided, 3),
        ("atan(z)-z/1000", SIGN, Undecided, 4),  # φ' < 0 beyond 31
        ("tanh", AT_KINK, Undecided, 5),  # φ''(0) = 0
        ("identity", SIGN, Undecided, 5),
        ("tanh", replace(THIRD, sigma=SigmaCells(TWO[:1], ((F(0), HALF),))), Rejected, 2),
        ("tanh", replace(THIRD, sigma=SigmaCells(((F(0), HALF),), TWO[:1])), Rejected, 2),
        ("tanh", replace(THIRD, sigma=SigmaCells(TWO[:1], ())), Rejected, 2),
        ("tanh", replace(THIRD, sigma=SigmaCells((), TWO[:1])), Rejected, 2),
        ("relu", THIRD, Undecided, 5),  # φ''' = 0
    ],
)
def test_refusals_say_whether_they_are_certain(name, evidence, kind, check):
    verdict = judge(name, P2, evidence)
    assert isinstance(verdict, kind) and verdict.check == check, verdict.explanation()


@pytest.mark.parametrize("text", ["exp(z)", "z*exp(z^2)"])
def test_p2_needs_moments(text):
    """A nonnegative slope of more than polynomial growth: of z·exp(z²) no moment exists for σ ≥ 1."""
    cells = SlopeCells(F(2), tiling(-2, 2, 64))
    assert rule.nonnegative_cells(cells, parse_activation(text))
    verdict = judge(text, P2, Evidence(ONE, cells))
    assert isinstance(verdict, Undecided) and verdict.cause == "enclosure"


@pytest.mark.parametrize("text", TREACHEROUS)
def test_nothing_is_proved_about_a_formula_that_is_not_shown_to_be_defined(text):
    third = replace(THIRD, sigma=SigmaCells(tiling(0, 4), SIGMA.far))
    for evidence in (SIGN, third):
        assert not isinstance(judge(text, P2, evidence), Accepted)


def test_an_assumed_tail_makes_the_verdict_conditional():
    small = SlopeCells(ONE, tiling(-1, 1, 32), tail=AssumedSlope(F(2), F(0), 0))
    assert not isinstance(judge("z+atan(sin(z))/4", P2, Evidence(ONE, replace(small, tail=None))), Accepted)
    verdict = judge("z+atan(sin(z))/4", P2, Evidence(ONE, small))
    assert isinstance(verdict, Accepted) and verdict.conditional
    (assumption,) = [a for a in verdict.ledger if a.mathematical]
    assert "|z| ≥ 1" in assumption.text and "not proven" in assumption.text


# ---- T₃ on cells of σ ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_cells_of_sigma_must_cover_the_half_line():
    near, far = SIGMA.near, SIGMA.far
    assert isinstance(judge("gelu", P2, THIRD), Accepted)
    bad = [
        (near[1:], far),
        (near[:-1], far),
        (near[:3] + near[4:], far),
        (near, far[1:]),
        (near, ()),
        ((), far),
        (near, ((F(0), 1 / near[-1][1] - TINY),)),
    ]
    for some_near, some_far in bad:
        verdict = judge("gelu", P2, replace(THIRD, sigma=SigmaCells(some_near, some_far)))
        assert isinstance(verdict, Rejected) and verdict.check == 2


@pytest.mark.parametrize(("near", "far"), [(TWO, ((F(0), HALF),)), (((F(0), HALF),), TWO)])
def test_the_last_cells_meet(near, far):
    """σ ≤ 2 and 1/σ ≤ 1/2 leave nothing out, by the last end of each."""
    assert judge("tanh", P2, replace(THIRD, sigma=SigmaCells(near, far))).check == 7


def test_cells_too_wide_or_another_activation_are_not_accepted():
    wide = replace(THIRD, sigma=replace(SIGMA, near=((F(0), SIGMA.near[-1][1]),)))
    verdict = judge("gelu", P2, wide)
    assert isinstance(verdict, Undecided) and verdict.check == 7
    for name in ("sin", "quadratic", "identity", "relu"):
        assert not isinstance(judge(name, P2, THIRD), Accepted)
    assert not isinstance(judge("gelu", P2, replace(THIRD, witness=F(0))), Accepted)


def test_previous_bug_10_the_least_third_term_is_a_bound():
    """T₃ of softplus falls to 1/4 − 1/(2π) as σ grows."""
    fact = judge("softplus", P2, THIRD).facts[-1]
    assert fact.symbol == "T₃" and 0 < fact.lower <= 1 / 4 - 1 / (2 * math.pi) and fact.upper == math.inf


def test_no_bound_of_the_third_term_is_told_where_it_falls_to_zero():
    """T₃ of tanh is about (π/6)/σ⁴: it is shown to be positive, not to stay above a number."""
    fine = SigmaCells((*tiling(0, 1, 16), *tiling(1, 2, 32)), tiling(0, 1, 64)[:32])
    verdict = judge("tanh(z)", P2, Evidence(ONE, sigma=fine))
    assert isinstance(verdict, Accepted), verdict.explanation()
    assert "T₃" not in {fact.symbol for fact in verdict.facts}


# ---- one function at a time, at its bounds --------------------------------------------------------------------------


def refused(check, certain, call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert (caught.value.check, caught.value.certain) == (check, certain), caught.value


def test_both_tails_are_asked_and_an_assumption_is_stated_once(monkeypatch):
    asked = []
    monkeypatch.setattr(rule, "nonnegative_cells", lambda *_: [])
    monkeypatch.setattr(rule, "nonnegative_tail", lambda *a: asked.append(a[2]) or (None, ["assumed"]))
    assert rule._nonnegative_slope(parse_activation("exp(z^2)"), CELLS) == ("assumed",)  # nothing of the moments
    assert sorted(asked) == [-1, 1]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(arb(0.5), True), (arb(-0.5), True), (arb(0), False), (arb(0.5, 0.5), False), (arb(-0.5, 0.5), False)],
)
def test_a_witness_shows_a_derivative_that_is_not_zero(monkeypatch, value, shown):
    asked = []
    monkeypatch.setattr(
        rule, "derivatives_arb", lambda phi, point, order: asked.append(order) or (None,) * order + (value,)
    )
    for order in (2, 3):
        arguments = parse_activation("tanh"), ONE, order
        if shown:
            assert rule._bend(*arguments).symbol == f"φ^({order})(z₀)"
        else:
            refused(5, False, rule._bend, *arguments)
    assert asked == [2, 3]


@pytest.mark.parametrize(("near", "far"), [(0.5, 0.25), (0.25, 0.5)])
def test_the_least_third_term_is_the_fact(monkeypatch, near, far):
    asked, honest = [], rule._bend
    monkeypatch.setattr(rule, "_bend", lambda phi, point, order: asked.append(order) or honest(phi, point, order))
    monkeypatch.setattr(rule, "third_term_near", lambda *_: arb(near))
    monkeypatch.setattr(rule, "third_term_far", lambda *_: arb(far))
    assert judge("gelu", P2, THIRD).facts[-1].lower == 0.25 and asked == [3]


@pytest.mark.parametrize("bound", ["nan", "0", "0 +/- 1"])
def test_a_cell_whose_bound_is_not_certainly_positive_is_undecided(monkeypatch, bound):
    monkeypatch.setattr(rule, "third_term_near", lambda *_: arb(1))
    monkeypatch.setattr(rule, "third_term_far", lambda *_: arb(bound))
    verdict = judge("gelu", P2, THIRD)
    assert isinstance(verdict, Undecided) and verdict.check == 7
