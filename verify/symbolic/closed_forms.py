"""Gaussian means of formulas, and the moments α_{i,j}(σ) = E[φ'(σz)ⁱ zʲ] of activations, in closed form.

A formula is multiplied out; each term is zᵏ e^{tz + bz²} erf(az)^m, or belongs to a rational function. The class of a
term decides the integral (Gaussian tilt, interval, Stein, Laplace), so SymPy is never asked to integrate what it may
not finish: a formula in another class, such as a logistic, is refused at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import sympy as sp

from verify.symbolic.expressions import SIGMA, NoClosedForm, SlopePiece, Z
from verify.symbolic.half_line import interval_moment
from verify.symbolic.laplace import rational_mean
from verify.symbolic.stein import erf_moment

__all__ = ["Mean", "Method", "gaussian_mean", "moment", "tidy", "zhong_terms"]

# Beyond these SymPy needs seconds a step.
_MOST_TERMS = 12
_MOST_PIECES = 8
_LONGEST_TO_TIDY = 250
_MOST_FUNCTIONS = 6


class Method(Enum):
    """How a mean was found."""

    TILT = "tilt"
    INTERVAL = "interval"
    STEIN = "stein"
    SQUARED_ERF = "squared erf"
    LAPLACE = "laplace"


@dataclass(frozen=True)
class Mean:
    """A closed form with the integrals it rests on."""

    value: sp.Expr
    methods: frozenset[Method]


@dataclass(frozen=True)
class _Term:
    """zᵏ e^{tz + bz²} erf(az)^m."""

    power: int
    tilt: sp.Expr
    square: sp.Expr
    scale: sp.Expr
    times: int


def moment(pieces: tuple[SlopePiece, ...], i: int, j: int) -> Mean:
    """α_{i,j} as a function of :data:`SIGMA`.

    Parameters
    ----------
    pieces
        φ', from :func:`slope_pieces`.
    i, j
        Orders of φ' and of z.

    May fail when
    -------------
    A piece is outside the classes, or the moment does not exist for every σ: :class:`NoClosedForm`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> from verify.symbolic.expressions import slope_pieces
    >>> moment(slope_pieces(parse_activation("erf0")), 2, 0).value
    1/sqrt(4*sigma**2 + 1)
    """
    longest = max(len(sp.Add.make_args(sp.expand(_in_exponentials(piece.formula)))) for piece in pieces)
    if len(pieces) > _MOST_PIECES or longest > _MOST_TERMS:
        raise NoClosedForm(f"a slope of {len(pieces)} pieces and up to {longest} terms is too long to integrate")
    total, methods = sp.Integer(0), frozenset[Method]()
    for piece in pieces:
        integrand = piece.formula.subs(Z, SIGMA * Z) ** i * Z**j
        part = gaussian_mean(integrand, piece.lower / SIGMA, piece.upper / SIGMA)
        total, methods = total + part.value, methods | part.methods
    return Mean(tidy(total), methods)


def gaussian_mean(formula: sp.Expr, lower: sp.Expr = -sp.oo, upper: sp.Expr = sp.oo) -> Mean:
    """E[F(z) 1_{lower < z ≤ upper}] for z ~ N(0, 1).

    Examples
    --------
    >>> gaussian_mean(sp.cos(SIGMA * Z)).value
    exp(-sigma**2/2)
    """
    formula = sp.expand(_in_exponentials(formula))
    polynomial: dict[_Term, sp.Expr] = {}
    rational = sp.Integer(0)
    for summand in sp.Add.make_args(formula) if formula != 0 else ():
        if summand.is_rational_function(Z) and not summand.is_polynomial(Z):
            rational += summand
            continue
        coefficient, term = _term(summand)
        polynomial[term] = polynomial.get(term, sp.Integer(0)) + coefficient
    ends = (lower, upper)
    parts = [(c, _integrated(term, *ends)) for term, c in polynomial.items() if c != 0]
    if rational != 0:
        if ends != (-sp.oo, sp.oo):
            raise NoClosedForm("a rational slope on part of the line leads to exponential integrals")
        parts.append((sp.Integer(1), Mean(rational_mean(rational), frozenset({Method.LAPLACE}))))
    value = sum((c * part.value for c, part in parts), sp.Integer(0))
    if value.has(sp.I):  # from sines and cosines
        value = value.as_real_imag()[0]
    return Mean(sp.expand(value), frozenset().union(*(part.methods for _, part in parts)))


def _in_exponentials(formula: sp.Expr) -> sp.Expr:
    """Sines and cosines by Euler's formula."""
    return formula.replace(lambda node: node.func in {sp.sin, sp.cos}, lambda node: node.rewrite(sp.exp))


def _term(summand: sp.Expr) -> tuple[sp.Expr, _Term]:
    """Coefficient and dependence on z of one summand."""
    coefficient, dependent = summand.as_independent(Z, as_Add=False)
    power, exponent, scale, times = 0, sp.Integer(0), sp.Integer(0), 0
    for factor in sp.Mul.make_args(dependent):
        if factor.func == sp.exp:
            exponent += factor.args[0]
            continue
        base, count = factor.as_base_exp()
        if base == Z and count.is_Integer and count > 0:
            power += int(count)
        elif isinstance(base, sp.erf) and count.is_Integer and count > 0 and scale == 0:
            scale, times = base.args[0] / Z, int(count)
        elif factor != 1:
            raise NoClosedForm(f"{sp.sstr(factor)} is no power of z, exponential of a quadratic or error function")
    constant, tilt, square = _quadratic(exponent)
    if scale.has(Z) or (times and tilt != 0):
        raise NoClosedForm("an error function with an offset or beside an exponential has no closed form here")
    return coefficient * sp.exp(constant), _Term(power, tilt, square, scale, times)


def _quadratic(exponent: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Coefficients of 1, z and z² of an exponent."""
    exponent = sp.expand(exponent)
    if not exponent.is_polynomial(Z) or sp.degree(exponent, Z) > 2:
        raise NoClosedForm(f"exp({sp.sstr(exponent)}) is no Gaussian tilt")
    return exponent.coeff(Z, 0), exponent.coeff(Z, 1), exponent.coeff(Z, 2)


def _integrated(term: _Term, lower: sp.Expr, upper: sp.Expr) -> Mean:
    curvature = 1 - 2 * term.square
    if not curvature.is_positive:
        raise NoClosedForm("the moment is not shown to exist for every σ")
    is_line = (lower, upper) == (-sp.oo, sp.oo)
    if not is_line and (term.times or not term.tilt.is_real):
        raise NoClosedForm("error functions, sines and cosines on part of the line have no closed form here")
    if term.times:
        methods = {Method.STEIN} | ({Method.SQUARED_ERF} if term.times > 1 else set())
        return Mean(erf_moment(term.power, term.scale, term.times, curvature), frozenset(methods))
    value = interval_moment(term.power, term.tilt, curvature, lower, upper)
    return Mean(value, frozenset({Method.TILT if is_line else Method.INTERVAL}))


def tidy(value: sp.Expr) -> sp.Expr:
    """The shortest of a few cheap spellings; no general simplification, which may take minutes."""
    if sp.count_ops(value) > _LONGEST_TO_TIDY:
        return value
    expanded = sp.expand(value)
    atoms = sorted(expanded.atoms(sp.Function), key=sp.default_sort_key)
    if sp.count_ops(expanded) > _LONGEST_TO_TIDY or len(atoms) > _MOST_FUNCTIONS:
        return value
    spellings = [value, expanded, sp.factor_terms(expanded), sp.powsimp(expanded), sp.collect(expanded, atoms)]
    spellings += [sp.factor(expanded), sp.collect(expanded, atoms, sp.factor)]
    return min(spellings, key=sp.count_ops)


def zhong_terms(moments: dict[tuple[int, int], sp.Expr]) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """T₁, T₂, T₃ from α₁₀, α₁₁, α₁₂, α₂₀, α₂₂."""
    a10, a11, a12, a20, a22 = (moments[order] for order in ((1, 0), (1, 1), (1, 2), (2, 0), (2, 2)))
    return tidy(a20 - a10**2 - a11**2), tidy(a22 - a11**2 - a12**2), tidy(a10 * a12 - a11**2)
