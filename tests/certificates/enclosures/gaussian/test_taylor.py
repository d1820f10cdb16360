"""Taylor quadrature on integrals with closed forms, its remainder, and its refusals."""

from fractions import Fraction

import pytest
from flint import acb, arb, ctx

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.gaussian.taylor import taylor_integrals
from certificates.errors import EnclosureFailure
from certificates.expression import parse_expression

TINY = exact(Fraction(1, 2**70))


def _integral(text: str, left: Fraction, right: Fraction, order=(1, 0), sigma=Fraction(1), bits=60) -> arb:
    with precision(bits + 40):
        return taylor_integrals([(parse_expression(text), left, right)], [order], sigma, [TINY], bits)[0]


def test_gaussian_pieces():
    """∫ e^{−z²/2} = √(π/2) erf(z/√2), and ∫ z e^{−z²/2} = −e^{−z²/2}."""
    left, right = Fraction(-1, 3), Fraction(7, 2)
    with precision(150):
        root = exact(2).sqrt()
        truth = (arb.pi() / 2).sqrt() * ((exact(right) / root).erf() - (exact(left) / root).erf())
        first = (-exact(left) * exact(left) / 2).exp() - (-exact(right) * exact(right) / 2).exp()
    zeroth = _integral("z", left, right)
    assert zeroth.overlaps(truth)
    assert zeroth.rad() < 1e-17
    assert _integral("z", left, right, (0, 0)).overlaps(truth)
    assert _integral("z", left, right, (1, 1)).overlaps(first)
    assert _integral("z^2/2", left, right).overlaps(first)


def test_the_remainder_is_counted():
    """φ' = 2/√π e^{−25z²} on one cell that a low order cannot resolve: the ball must still hold the truth."""
    with precision(100):
        coarse = taylor_integrals(
            [(parse_expression("erf(5*z)/5"), Fraction(0), Fraction(1))], [(1, 0)], Fraction(1), [exact(1)], 2
        )
        rate = exact(Fraction(51, 2))
        truth = 2 / arb.pi().sqrt() * (arb.pi() / rate).sqrt() / 2 * rate.sqrt().erf()
        assert coarse[0].overlaps(truth)
        assert coarse[0].rad() > 1e-6
        fine = _integral("erf(5*z)/5", Fraction(0), Fraction(1))
        assert fine.overlaps(truth)
        assert fine.rad() < 1e-16


def test_the_remainder_is_that_of_the_whole_cell():
    """E^{60z} on one cell [0, 1]: derivatives of its left half, or at its middle, are too small."""
    with precision(100):
        piece = parse_expression("exp(60*z)/60")
        goal = exact(10) ** 40
        coarse = taylor_integrals([(piece, Fraction(0), Fraction(1))], [(1, 0)], Fraction(1), [goal], 2)[0]
        truth = acb.integral(lambda z, _: (60 * z - z * z / 2).exp(), acb(0), acb(1)).real
        assert coarse.rad() > 1000 * truth.rad()
        assert coarse.overlaps(truth)


@pytest.mark.parametrize("bits", [20, 60, 150, 400])
def test_precision_sharpens(bits):
    with precision(bits + 40):
        goal = exact(Fraction(1, 2 ** (bits + 12)))
        found = taylor_integrals(
            [(parse_expression("atan(z)"), Fraction(0), Fraction(3))], [(1, 0)], Fraction(2), [goal], bits
        )
        assert found[0].rad() < arb(2) ** -bits


def test_segments_and_orders_are_added_up():
    pieces = [
        (parse_expression(t), Fraction(a), Fraction(b)) for t, a, b in (("exp(z)", -2, 0), ("z", 0, 1), ("3", 1, 2))
    ]
    orders = [(0, 0), (1, 0), (2, 3)]
    with precision(100):
        together = taylor_integrals(pieces, orders, Fraction(1), [TINY] * 3, 60)
        for index, order in enumerate(orders):
            alone = sum((taylor_integrals([p], [order], Fraction(1), [TINY], 60)[0] for p in pieces), start=exact(0))
            assert together[index].overlaps(alone)
    assert _integral("3", Fraction(1), Fraction(2)) == 0  # a constant has no slope


def test_structure_at_one_billionth_is_resolved():
    """∫ sech²(σz) dz from 0 to 1 is tanh(σ)/σ, to 10⁻²⁴ of σ⁻³."""
    sigma = Fraction(10**9)
    with precision(110):
        goal = exact(Fraction(1, 10**30))
        found = taylor_integrals(
            [(parse_expression("tanh(z)"), Fraction(0), Fraction(1))], [(1, 0)], sigma, [goal], 60
        )[0]
        assert (found * 10**9).contains(1) or abs(found * 10**9 - 1) < 1e-17
        assert found.rad() < 1e-25


@pytest.mark.parametrize("text", ["sqrt(z)", "log(z)", "1/z", "1/(z-1/3)", "sqrt(z^2)", "atan(1/z)"])
def test_singularities_are_refused_within_the_cells_allowed(text):
    with pytest.raises(EnclosureFailure, match="no progress near z"):
        _integral(text, Fraction(0), Fraction(1))


def test_many_oscillations_are_refused():
    with pytest.raises(EnclosureFailure, match="no progress"):
        _integral("sin(z)", Fraction(-10), Fraction(10), sigma=Fraction(10**9))


def test_the_global_cap_is_restored():
    before = ctx.cap
    _integral("tanh(z)", Fraction(0), Fraction(1))
    with pytest.raises(EnclosureFailure):
        _integral("1/z", Fraction(0), Fraction(1))
    assert ctx.cap == before
