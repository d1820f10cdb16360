"""Checks 2 to 5 about the sign and size of φ', one function at a time, at their bounds."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided
from certificates.checks import slopes as _slopes
from certificates.checks.outcome import Refusal
from certificates.claims.activation_property import AssumedTail, Claim, Evidence
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Monomial
from certificates.enclosures.infinity.tails import Tail
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from tests.support.activations import judge, tiling

F = Fraction
LINEAR = Monomial(F(0), F(0), F(1))
TWO = Evidence("sign", radius=F(2), cells=tiling(-2, 2))


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
        ((1, 2), 0, None, "4"),
        ((1, 2), 1, None, "2"),
    ],
)
def test_the_share_of_a_cell_in_the_bound_of_a_parabola(cell, power, slope, wanted):
    """Φ' = 2z: its maximum less slope·|z|^power at the end nearest to 0; without a slope, sup φ'/|z|^p."""
    ends = (F(cell[0]), F(cell[1]))
    found = _slopes._over(parse_activation("z^2"), ends, power, slope and F(slope))
    assert float(found) == pytest.approx(float(F(wanted)), rel=1e-7) and found >= float(F(wanted))


def test_the_share_of_a_cell_is_the_upper_end(monkeypatch):
    monkeypatch.setattr(_slopes, "slope_over_power", lambda *_: arb(2, 1))
    monkeypatch.setattr(_slopes, "cell_range", lambda *_: (arb(0), arb(4, 1)))
    for slope, wanted in ((None, 3), (F(1), 4)):
        found = _slopes._over(parse_activation("z^2"), (F(1), F(2)), 1, slope)
        assert float(found) == pytest.approx(wanted) and found >= wanted


@pytest.mark.parametrize(
    ("text", "power", "slope", "wanted"),
    [
        ("z", 0, None, 1),
        ("z", 0, F(1, 2), 0.5),
        ("z", 1, F(3, 4), 0),  # 1/t ≤ 3/4 for t ≥ 2: nothing is left
        ("z", 1, F(1, 4), 1),
        ("z", 1, None, 0.5),
        ("z^2/2", 1, None, 1),
    ],
)
def test_the_share_of_a_tail_in_the_bound(text, power, slope, wanted):
    found, assumed = _slopes._tail_bound(TWO, parse_activation(text), power, slope, 1)
    assert not assumed and float(found) == pytest.approx(wanted, rel=1e-7)
    assert found >= wanted


def test_a_tail_that_grows_as_the_slope_allows_leaves_nothing(monkeypatch):
    known = SimpleNamespace(is_nonnegative=True, against_power=lambda power: arb(0.5), range=lambda: arb(3, 1))
    monkeypatch.setattr(_slopes, "tail_or_assumption", lambda *_: (known, []))
    for slope, wanted in ((F(1, 2), 0), (F(1, 4), 4)):
        found, _ = _slopes._tail_bound(TWO, parse_activation("z"), 1, slope, 1)
        assert float(found) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("factor", "certain"),
    [(arb(-0.5), True), (arb(0, 1), False), (arb(0, 0.5), False), (arb(-0.5, 0.5), False), (arb(-3, 1), True)],
)
def test_a_tail_that_is_not_shown_to_be_nonnegative(monkeypatch, factor, certain):
    monkeypatch.setattr(_slopes, "tail_or_assumption", lambda *_: (Tail(ONE_MONOMIAL, factor, F(2)), []))
    refused(4, certain, _slopes._tail_bound, TWO, parse_activation("z"), 0, None, 1)


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
    ],
)
def test_the_share_of_an_assumed_tail(tail, power, slope, wanted):
    given = tail and AssumedTail(F(tail[0]), F(tail[1]), tail[2], F(0))
    evidence = Evidence("sign", radius=F(2), cells=(), tail=given)
    if wanted is None:
        refused(4, False, _slopes._assumed_bound, evidence, F(2), power, slope)
    else:
        assert _slopes._assumed_bound(evidence, F(2), power, slope) == arb(wanted.numerator) / wanted.denominator


@pytest.mark.parametrize(
    ("name", "evidence", "kind"),
    [
        ("z^2+z", Evidence("growth", radius=F(8)), Accepted),  # φ'' does not grow
        ("z/2+z^3", Evidence("growth", radius=F(8)), Accepted),
        ("z^3", Evidence("growth", radius=F(8)), Undecided),
        ("z^3-z", Evidence("growth", radius=F(8)), Undecided),
        ("softplus", Evidence("growth", radius=F(8)), Undecided),
        ("-z/2", Evidence("witness", witness=F(0)), Accepted),
        ("z/2", Evidence("witness", witness=F(0)), Rejected),
        ("z^2", Evidence("witness", witness=F(0)), Undecided),
        ("-z", Evidence("witness"), Rejected),
    ],
)
def test_a_slope_that_is_not_nonnegative(name, evidence, kind):
    verdict = judge(name, Claim("not-P1"), evidence)
    assert isinstance(verdict, kind) and (kind is Accepted or verdict.check == 5), verdict.explanation()


@pytest.mark.parametrize(
    ("left", "right", "grows"),
    [
        (None, (LINEAR, arb(1)), True),  # nothing is known on the left
        (None, (LINEAR, arb(0.5)), True),
        (None, (LINEAR, arb(-0.5)), True),
        ((LINEAR, arb(0.5)), None, True),
        ((LINEAR, arb(-3)), (ONE_MONOMIAL, arb(1)), True),
        ((ONE_MONOMIAL, arb(9)), (ONE_MONOMIAL, arb(-9)), False),
        ((LINEAR, arb(0, 0.5)), (LINEAR, arb(0)), False),
        ((LINEAR, arb(0.5, 0.5)), (LINEAR, arb(-0.5, 0.5)), False),
        (None, None, False),
    ],
)
def test_growth_on_one_side_is_enough(monkeypatch, left, right, grows):
    def tail(activation, derivative, radius, side):
        assert derivative == 2 and radius == 2 and side in (-1, 1)
        found = left if side < 0 else right
        if found is None:
            raise EnclosureFailure("no expansion")
        return Tail(*found, radius)

    monkeypatch.setattr(_slopes, "tail", tail)
    assert _slopes.grows_without_bound(parse_activation("z"), 2, TWO) is grows


@pytest.mark.parametrize(("high", "certain"), [(-0.5, True), (0.0, False), (0.5, False)])
def test_a_cell_that_is_certainly_negative_is_rejected(monkeypatch, high, certain):
    monkeypatch.setattr(_slopes, "is_slope_nonnegative", lambda *_: False)
    monkeypatch.setattr(_slopes, "cell_range", lambda piece, cell, order: (arb(-9), arb(high)))
    refused(3, certain, _slopes.nonnegative_cells, TWO, parse_activation("z"))


def test_the_largest_share_counts_and_an_assumption_is_stated_once(monkeypatch):
    monkeypatch.setattr(_slopes, "nonnegative_cells", lambda *_: list(pairwise([F(0), F(1), F(2)])))
    for cells, tails, wanted in (((1, 2), (0, 0), 2), ((2, 1), (0, 0), 2), ((0, 0), (3, 1), 3), ((0, 0), (1, 3), 3)):
        shares, ends = iter(cells), dict(zip((-1, 1), tails, strict=True))
        monkeypatch.setattr(_slopes, "_over", lambda *_, shares=shares: arb(next(shares)))
        monkeypatch.setattr(_slopes, "_tail_bound", lambda *a, ends=ends: (arb(ends[a[-1]]), ["assumed"]))
        found = _slopes.prove_sign(Claim("P1", slope_bound=F(9), power=0), TWO, parse_activation("z"))
        assert found.claim.slope_bound == wanted and found.assumptions == ("assumed",)
    monkeypatch.setattr(_slopes, "_over", lambda *_: arb(-2))
    monkeypatch.setattr(_slopes, "_tail_bound", lambda *_: (arb(-3), []))
    found = _slopes.prove_sign(Claim("P1", slope_bound=F(9), power=0), TWO, parse_activation("z"))
    assert found.claim.slope_bound == 0  # φ' − B|z|^p ≤ 0 says nothing below 0
