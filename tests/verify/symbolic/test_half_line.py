"""Interval integrals: the recurrence against SymPy's own integration and against derivatives of the base integral."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.twins.half_powers import positive_power_moment
from tests.twins.population import joint_generating_function
from verify.symbolic.expressions import Z
from verify.symbolic.gaussian_tilt import CURVATURE, TILT, density, generating_function
from verify.symbolic.half_line import half_line_generating_function, interval_moment

ONE, ZERO = sp.Integer(1), sp.Integer(0)


@pytest.mark.parametrize("power", range(5))
def test_powers_are_derivatives_in_the_tilt(power: int) -> None:
    line = interval_moment(power, TILT, CURVATURE, -sp.oo, sp.oo)
    assert sp.simplify(line - sp.diff(generating_function(), TILT, power)) == 0
    half = interval_moment(power, TILT, CURVATURE, ZERO, sp.oo).rewrite(sp.erf)
    assert sp.simplify(sp.expand(half - sp.diff(half_line_generating_function(), TILT, power))) == 0


def test_elu_integrals_satisfy_their_recurrence() -> None:
    k = [interval_moment(j, TILT, ONE, -sp.oo, ZERO) for j in range(5)]
    assert sp.simplify(k[0] - sp.exp(TILT**2 / 2) * (1 - sp.erf(TILT / sp.sqrt(2))) / 2).rewrite(sp.erf).simplify() == 0
    assert sp.expand(k[1] - TILT * k[0] + 1 / sp.sqrt(2 * sp.pi)) == 0
    for j in range(1, 4):
        assert sp.expand(k[j + 1] - TILT * k[j] - j * k[j - 1]) == 0


def test_even_moments_are_double_factorials() -> None:
    found = [interval_moment(k, ZERO, ONE, -sp.oo, sp.oo) for k in range(11)]
    assert found == [sp.factorial2(k - 1) if k % 2 == 0 else 0 for k in range(11)]


def test_half_moments_and_the_constant_of_the_slides() -> None:
    root = sp.sqrt(2 / sp.pi)
    assert [
        sp.simplify(2 * positive_power_moment(sp.Integer(k)) - m) for k, m in enumerate((1, root, 1, 2 * root, 3))
    ] == [0] * 5
    q = sp.Symbol("q", positive=True)
    constant = positive_power_moment(q + 3) - 3 * positive_power_moment(q + 1)  # E[z₊^q He₃(z)]
    printed = 2 ** ((q - 1) / 2) * (q - 1) * sp.gamma(q / 2 + 1) / sp.sqrt(sp.pi)
    assert sp.gammasimp(constant / printed).simplify() == 1


def test_intervals_add_up() -> None:
    ends = [sp.Rational(-3, 2), sp.Rational(1, 3), sp.Integer(2)]
    whole = interval_moment(3, ONE, CURVATURE, ends[0], ends[2])
    parts = [interval_moment(3, ONE, CURVATURE, a, b) for a, b in ((ends[0], ends[1]), (ends[1], ends[2]))]
    assert sp.expand(whole - sum(parts)) == 0
    exact = sp.Integral(Z**3 * sp.exp(Z) * density(), (Z, ends[0], ends[2])).evalf(30)
    assert abs(whole.subs(CURVATURE, 1).evalf(30) - exact) < 1e-25


def test_joint_generating_function_is_the_gaussian_one() -> None:
    a, b, c = sp.symbols("a b c", positive=True)
    matrix, t = sp.Matrix([[a, b], [b, c + b**2 / a]]), sp.Matrix(sp.symbols("t1:3", real=True))
    expected = sp.exp((t.T * matrix.inv() * t)[0] / 2) / sp.sqrt(sp.expand(matrix.det()))
    assert sp.simplify(joint_generating_function(matrix, t) / expected) == 1
