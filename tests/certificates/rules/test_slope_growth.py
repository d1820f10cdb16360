"""The rule of sign and growth: bounds a hair stronger, slopes that turn, assumed tails, treacherous formulas."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided
from certificates.checks.outcome import Refusal
from certificates.claims.slope_growth import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.language.slopes import AssumedSlope, Zero
from certificates.rules import slope_growth as rule
from tests.support.activations import TINY, TREACHEROUS, judge, tiling

F, HALF = Fraction, Fraction(1, 2)
SIGN = Evidence(F(8), tiling(-8, 8))
ZEROS = (Zero(F(0), 1), Zero(F(0), 2))


def p1(bound: object, power: int = 0) -> Claim:
    return Claim(power, F(0), F(str(bound)))


# ---- bounds --------------------------------------------------------------------------------------------------------

BOUNDED = [
    ("tanh", p1(2), "slope", 1),
    ("squared_relu", p1(3, 1), "slope", 2),
    ("z^3/3", p1(3, 2), "slope", 1),
    ("z+z^3", Claim(2, F(9), F(4)), "constant", 1),
]


@pytest.mark.parametrize(("name", "claim", "field", "supremum"), BOUNDED)
def test_what_is_proved_bounds_the_truth_and_a_hair_less_is_undecided(name, claim, field, supremum):
    evidence = replace(SIGN, zeros=(Zero(F(0), 2 if "^3" in name else 1),))
    verdict = judge(name, claim, evidence)
    assert isinstance(verdict, Accepted) and not verdict.conditional
    proved = verdict.proved
    assert supremum <= getattr(proved, field) < supremum + 1
    assert isinstance(judge(name, proved, evidence), Accepted)
    verdict = judge(name, replace(proved, **{field: getattr(proved, field) - TINY}), evidence)
    assert isinstance(verdict, Undecided) and verdict.check == 5 and verdict.proved == proved


@pytest.mark.parametrize("growth", ["-1", "-1/1000000"])
def test_previous_bug_01_negative_growth_in_the_weaker_property(growth):
    """0 ≤ tanh' ≤ 20 − |z| was accepted: cells were bounded at their end nearest to 0, tails not at all."""
    with pytest.raises(MalformedCertificate, match="bounds"):
        Claim(1, F(20), F(growth))


def test_growth_must_cover_the_tails():
    claim = Claim(2, F(300), F(4))
    assert isinstance(judge("z+z^3", claim, SIGN), Accepted)
    for less in (replace(claim, slope=F(3)), replace(claim, power=1)):
        assert not isinstance(judge("z+z^3", less, SIGN), Accepted)


FORBIDDEN = [("tanh", 1), ("squared_relu", 0), ("squared_relu", 2), ("z+z^3", 0), ("z+z^3", 2), ("z^3/3", 1)]


@pytest.mark.parametrize(("name", "power"), FORBIDDEN)
def test_a_power_that_the_origin_or_the_tail_forbids(name, power):
    assert not isinstance(judge(name, p1(10**6, power), replace(SIGN, zeros=ZEROS)), Accepted)


def test_a_constant_that_is_not_needed_is_not_proved():
    """φ' = max(|z| − 1, 0): claimed beside a constant, B alone is proved, and proved again."""
    text = "piecewise(-(z+1)^2/2, -1, 0, 1, (z-1)^2/2)"
    evidence = Evidence(F(4), tiling(-4, 4, 1), (Zero(F(-1), 1), Zero(F(1), 1)))
    proved = judge(text, Claim(1, F(5), F(2)), evidence).proved
    assert proved.constant == 0 and proved.slope <= 2
    assert judge(text, proved, evidence).proved == proved


def test_the_constant_counts_the_end_of_a_cell_nearest_to_zero():
    """sup(tanh' − |z|) = 1, at 0."""
    claim = Claim(1, F(2), F(1))
    assert judge("tanh", claim, SIGN).proved.constant >= 1
    assert not isinstance(judge("tanh", replace(claim, constant=F(9, 10)), SIGN), Accepted)


GROWING = Claim(1, F(9), F(1))


def test_a_cell_around_zero_has_its_nearest_point_at_zero():
    """φ' = 1 ≤ A + |z| on [−1/2, 1/2] needs A = 1, not 1/2."""
    evidence = Evidence(F(2), tuple(pairwise([F(-2), -HALF, HALF, F(2)])))
    assert judge("z", GROWING, evidence).proved.constant == 1


@pytest.mark.parametrize(
    "text", ["piecewise(0, 0, z^3/3, 1, z-2/3)", "piecewise(z+2/3, -1, z^3/3, 0, 0)"], ids=["right", "left"]
)
def test_a_cell_away_from_zero_is_measured_at_its_near_end(text):
    """φ' = z² up to |z| = 1, then 1, on one side; where 1/2 ≤ |z| ≤ 1, φ' ≤ A + |z| needs 1 − 1/2 on that cell."""
    ends = [F(-2), F(-1), -HALF, F(0), HALF, F(1), F(2)]
    evidence = Evidence(F(2), tuple(pairwise(ends)), (Zero(F(0), 2),))
    proved = judge(text, GROWING, evidence).proved.constant
    assert HALF <= proved <= HALF + F(1, 10**6)


@pytest.mark.parametrize(("claim", "symbol"), [(p1(2), "L₁"), (Claim(1, F(2), HALF), "A")], ids=["alone", "beside"])
def test_previous_bug_10_the_numbers_beside_a_verdict_hold(claim, symbol):
    """A bound was shown as an enclosure: sup tanh' in [1.0000000002, 1.0000000002]."""
    (fact,) = judge("tanh", claim, SIGN).facts
    assert fact.symbol == symbol and fact.lower == -math.inf and 1.0 <= fact.upper < 1.01


# ---- signs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gelu", "silu", "mish", "sin", "quadratic", "-tanh(z)", "z-2*tanh(z)", "-z"])
def test_slopes_that_are_negative_somewhere_are_never_accepted(name):
    for evidence in (SIGN, replace(SIGN, zeros=ZEROS)):
        assert not isinstance(judge(name, p1(10), evidence), Accepted)
        assert not isinstance(judge(name, GROWING, evidence), Accepted)


def test_a_slope_that_is_negative_only_far_out_is_refused_by_its_tail():
    """φ' = 1/(1 + z²) − 1/1000 is positive on [−8, 8]."""
    verdict = judge("atan(z)-z/1000", p1(1), SIGN)
    assert isinstance(verdict, Undecided) and verdict.check == 4
    verdict = judge("tanh(z)-z/1000", p1(1), Evidence(F(3), tiling(-3, 3)))
    assert not isinstance(verdict, Accepted) and verdict.check == 4


def test_a_zero_at_a_point_that_is_not_dyadic_bounds_no_slope_that_grows():
    verdict = judge("(z-1/3)^3", p1(200), replace(SIGN, zeros=(Zero(F(1, 3), 2),)))
    assert not isinstance(verdict, Accepted)


@pytest.mark.parametrize(
    ("name", "claim", "evidence", "kind", "check"),
    [
        ("tanh", p1(2), replace(SIGN, cells=SIGN.cells[1:]), Rejected, 2),
        ("piecewise(z, 9, z)", p1(2), SIGN, Rejected, 2),
        ("10-z", p1(1), SIGN, Rejected, 3),
        ("z-sqrt(atan(1))*erf(z)", p1(2), SIGN, Undecided, 3),
        ("atan(z)-z/1000", p1(9), SIGN, Undecided, 4),  # φ' < 0 beyond 31
        ("z+atan(sin(z))/4", p1(9), SIGN, Undecided, 4),  # no expansion at infinity, nothing assumed
        ("tanh", p1(HALF), SIGN, Undecided, 5),
    ],
)
def test_refusals_say_whether_they_are_certain(name, claim, evidence, kind, check):
    verdict = judge(name, claim, evidence)
    assert isinstance(verdict, kind) and verdict.check == check, verdict.explanation()


@pytest.mark.parametrize("text", ["piecewise(0, 0, 1)", "piecewise(0, 0, z, 1, z+1)"])
def test_a_jump_is_rejected(text):
    verdict = judge(text, p1(1), SIGN)
    assert isinstance(verdict, Rejected) and verdict.check == 1 and "φ jumps" in verdict.seen


@pytest.mark.parametrize("text", TREACHEROUS)
def test_nothing_is_proved_about_a_formula_that_is_not_shown_to_be_defined(text):
    for claim, zeros in ((p1(10), ZEROS), (p1(10, 1), ZEROS), (Claim(2, F(9), F(9)), ())):
        assert not isinstance(judge(text, claim, replace(SIGN, zeros=zeros)), Accepted)


# ---- assumed tails -------------------------------------------------------------------------------------------------

TAIL = AssumedSlope(F(2), F(0), 0)
UNKNOWN = "z+atan(sin(z))/4"
SMALL = Evidence(F(1), tiling(-1, 1, 32), tail=TAIL)


def test_an_assumed_tail_makes_the_verdict_conditional():
    assert not isinstance(judge(UNKNOWN, p1(9), replace(SMALL, tail=None)), Accepted)
    verdict = judge(UNKNOWN, p1(9), SMALL)
    assert isinstance(verdict, Accepted) and verdict.conditional
    (assumption,) = [a for a in verdict.ledger if a.mathematical]
    assert "0 ≤ φ'(z) ≤ 2 for all |z| ≥ 1" in assumption.text and "not proven" in assumption.text


def test_assumed_tails_enter_the_bound_and_do_not_weaken_the_cells():
    assert judge(UNKNOWN, p1(9), SMALL).proved.slope == 2
    lower = replace(SMALL, tail=replace(TAIL, constant=F(6, 5)))  # false at 2π, which no point shows
    assert judge(UNKNOWN, p1(9), lower).proved.slope > F(6, 5)
    grown = replace(SMALL, tail=replace(TAIL, slope=F(1), power=1))
    assert not isinstance(judge(UNKNOWN, p1(10**6), grown), Accepted)
    negative = judge("-z+atan(sin(z))/4", p1(9), SMALL)
    assert isinstance(negative, Rejected) and negative.check == 3


@pytest.mark.parametrize(
    ("radius", "power", "growth", "wanted"),
    [(1, 0, (1, 0), 3), (2, 0, (1, 0), 3), (2, 2, (1, 1), 1), (2, 2, (3, 0), F(5, 4)), (2, 2, (0, 0), HALF)],
)
def test_an_assumed_tail_against_a_power(radius, power, growth, wanted):
    """φ' ≤ 2 + B|z|^q for |z| ≥ R: at most 2R^−p + B R^{q−p} times |z|^p; φ' = tanh²(z)/10 on the cells is below."""
    text = UNKNOWN if power == 0 else "(z-tanh(z))/10+0*atan(sin(z))"
    tail = AssumedSlope(F(2), F(growth[0]), growth[1])
    evidence = Evidence(F(radius), tiling(-radius, radius, 32), (Zero(F(0), 2),) if power else (), tail)
    verdict = judge(text, p1(9, power), evidence)
    assert isinstance(verdict, Accepted) and verdict.proved.slope == wanted


@pytest.mark.parametrize("name", ["tanh", "gelu", "atan(z)-z/1000"])
def test_an_assumed_tail_is_not_used_where_there_is_a_proof(name):
    absurd = AssumedSlope(F(0), F(0), 0)
    with_tail, without = judge(name, p1(2), replace(SIGN, tail=absurd)), judge(name, p1(2), SIGN)
    assert type(with_tail) is type(without) and with_tail.proved == without.proved
    assert not (isinstance(with_tail, Accepted) and with_tail.conditional)


def test_absorbed_growth_of_an_assumed_tail():
    evidence = replace(SMALL, tail=AssumedSlope(F(2), F(1), 1))
    assert judge(UNKNOWN, GROWING, evidence).conditional
    for refused_ in (replace(GROWING, slope=F(99, 100)), p1(9), replace(GROWING, power=2)):
        assert not isinstance(judge(UNKNOWN, refused_, evidence), Accepted)


# ---- work ----------------------------------------------------------------------------------------------------------


def test_work_beyond_the_budget_is_undecided():
    verdict = judge("tanh", p1(2), replace(SIGN, cells=tiling(-8, 8, 128)), budget=1e8)
    assert isinstance(verdict, Undecided) and verdict.cause == "budget" and "--budget" in verdict.options


# ---- one function at a time, at its bounds --------------------------------------------------------------------------

TWO = Evidence(F(2), tiling(-2, 2))


def refused(check, certain, call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert (caught.value.check, caught.value.certain) == (check, certain), caught.value


@pytest.mark.parametrize(
    ("cell", "power", "slope", "wanted"),
    [
        ((1, 2), 1, "1/2", "7/2"),
        ((2, 4), 2, "1/2", "6"),
        ((-2, -1), 1, "1/2", "-5/2"),
        ((-4, -2), 2, "1/2", "-6"),
        ((-1, 2), 1, "1/2", "4"),
        ((-2, 1), 1, "1/2", "2"),
        ((0, 2), 1, "1/2", "4"),
        (("1/4", 2), 1, "1/2", "31/8"),
        ((-2, "-1/2"), 1, "1/2", "-5/4"),
        ((-2, 1), 3, "1/2", "2"),
    ],
)
def test_the_share_of_a_cell_in_the_constant_of_a_parabola(cell, power, slope, wanted):
    """Φ' = 2z: its maximum less slope·|z|^power at the end nearest to 0."""
    found = rule._beside(parse_activation("z^2"), (F(cell[0]), F(cell[1])), power, F(slope))
    assert float(found) == pytest.approx(float(F(wanted)), rel=1e-7) and found >= float(F(wanted))


def test_the_share_of_a_cell_is_the_upper_end(monkeypatch):
    monkeypatch.setattr(rule, "cell_range", lambda *_: (arb(0), arb(4, 1)))
    found = rule._beside(parse_activation("z^2"), (F(1), F(2)), 1, F(1))
    assert float(found) == pytest.approx(4) and found >= 4


def known(text):
    """The right tail of φ' beyond 2."""
    return rule.nonnegative_tail(TWO, parse_activation(text), 1)[0]


@pytest.mark.parametrize(("text", "power", "wanted"), [("z", 0, 1), ("z", 1, 0.5), ("z^2/2", 1, 1)])
def test_the_share_of_a_tail_in_the_slope(text, power, wanted):
    found = rule._tail_over(known(text), TWO, power)
    assert float(found) == pytest.approx(wanted, rel=1e-7) and found >= wanted


@pytest.mark.parametrize(("slope", "wanted"), [(F(3, 4), 0), (F(1, 4), 1)])
def test_the_share_of_a_tail_in_the_constant(slope, wanted):
    """1/t ≤ 3/4 for t ≥ 2: nothing is left."""
    found = rule._tail_beside(known("z"), TWO, 1, slope)
    assert float(found) == pytest.approx(wanted, rel=1e-7) and found >= wanted


def test_a_tail_that_grows_as_the_slope_allows_leaves_nothing():
    found = SimpleNamespace(against_power=lambda power: arb(0.5), range=lambda: arb(3, 1))
    for slope, wanted in ((HALF, 0), (F(1, 4), 4)):
        assert float(rule._tail_beside(found, TWO, 1, slope)) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("tail", "power", "slope", "wanted"),
    [
        ((3, 0, 0), 0, None, 3),
        ((3, 5, 1), 1, None, F(13, 2)),  # 3/2 + 5
        ((3, 5, 1), 3, None, F(13, 8)),  # 3/8 + 5/4
        ((3, 5, 2), 1, None, None),  # grows faster
        ((3, 0, 1), 2, F(1), 3),  # nothing to absorb
        ((3, "1/2", 2), 2, F(1, 2), 3),
        ((3, "1/4", 2), 2, F(1, 2), 3),
        ((3, "3/4", 2), 2, F(1, 2), None),
        ((3, "1/4", 1), 2, F(1, 2), None),  # another power
        ((3, 1, 1), 2, F(2), None),
        ((3, 0, 3), 2, F(1), None),
        (None, 1, None, None),
        (None, 1, F(1), None),
    ],
)
def test_the_share_of_an_assumed_tail(tail, power, slope, wanted):
    evidence = replace(TWO, tail=tail and AssumedSlope(F(tail[0]), F(tail[1]), tail[2]))
    share = rule._tail_over if slope is None else rule._tail_beside
    arguments = (None, evidence, power) if slope is None else (None, evidence, power, slope)
    if wanted is None:
        refused(4, False, share, *arguments)
    else:
        assert share(*arguments) == arb(F(wanted).numerator) / F(wanted).denominator


@pytest.mark.parametrize(
    ("cells", "tails", "wanted"), [((1, 2), (0, 0), 2), ((2, 1), (0, 0), 2), ((0, 0), (3, 1), 3), ((0, 0), (1, 3), 3)]
)
def test_the_largest_share_counts(monkeypatch, cells, tails, wanted):
    for name in ("slope_over_power", "_beside"):
        monkeypatch.setattr(rule, name, lambda activation, cell, *_: arb(cells[cell]))
    for name in ("_tail_over", "_tail_beside"):
        monkeypatch.setattr(rule, name, lambda side, *_: arb(tails[side]))
    arguments = TWO, parse_activation("z"), [0, 1], [0, 1]
    assert rule._strongest(p1(9, 1), *arguments)[0] == Claim(1, F(0), F(wanted))
    assert rule._strongest(Claim(1, F(9), F(5)), *arguments)[0] == Claim(1, F(wanted), F(5))


def test_what_is_left_below_0_is_proved_as_0(monkeypatch):
    """φ' − B|z|^p ≤ 0 everywhere: B alone is a bound, and so is a smaller one of its own."""
    monkeypatch.setattr(rule, "_beside", lambda *_: arb(-2))
    monkeypatch.setattr(rule, "_tail_beside", lambda *_: arb(-3))
    monkeypatch.setattr(rule, "_tail_over", lambda *_: arb(1))
    for over, slope in ((4, 4), (6, 5)):
        monkeypatch.setattr(rule, "slope_over_power", lambda *_, over=over: arb(over))
        arguments = TWO, parse_activation("z"), [(F(0), F(1))], [None, None]
        assert rule._strongest(Claim(1, F(9), F(5)), *arguments)[0] == Claim(1, F(0), F(slope))


def test_an_assumption_is_stated_once(monkeypatch):
    stated = judge(UNKNOWN, p1(9), SMALL).ledger
    assert sum(entry.mathematical for entry in stated) == 1
