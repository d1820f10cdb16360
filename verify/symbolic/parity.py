"""Parity of φ', shown by SymPy: φ' even, or φ'(z) + φ'(−z) = κ, which says that the odd part of φ is κz/2."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from verify.symbolic.expressions import SlopePiece, Z

__all__ = ["Parity", "slope_parity"]

_POINTS = (sp.Rational(3, 7), sp.Rational(9, 5))
_SAME = sp.Float("1e-25")


@dataclass(frozen=True)
class Parity:
    """What was shown; neither is a statement that it does not hold.

    Parameters
    ----------
    is_even
        φ'(−z) = φ'(z) for z ≠ 0.
    reflected_sum
        κ with φ'(z) + φ'(−z) = κ for z ≠ 0; 0 if φ' is odd.
    """

    is_even: bool
    reflected_sum: sp.Expr | None


def slope_parity(pieces: tuple[SlopePiece, ...]) -> Parity:
    """Decide both, for a slope that breaks at 0 at most.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> from verify.symbolic.expressions import slope_pieces
    >>> slope_parity(slope_pieces(parse_activation("silu")))
    Parity(is_even=False, reflected_sum=1)
    """
    if any(end not in {0, -sp.oo, sp.oo} for piece in pieces for end in (piece.lower, piece.upper)):
        return Parity(is_even=False, reflected_sum=None)
    right, mirrored = pieces[-1].formula, pieces[0].formula.subs(Z, -Z)
    return Parity(_constant(right - mirrored) == 0, _constant(right + mirrored))


def _constant(formula: sp.Expr) -> sp.Expr | None:
    """The constant that a formula is, if that is shown; two points first, as most formulas are none."""
    formula = sp.expand(formula)
    if not formula.has(Z):
        return sp.nsimplify(formula) if formula.is_Rational else formula
    values = [formula.subs(Z, point).evalf(30) for point in _POINTS]
    if not all(value.is_Float for value in values) or abs(values[0] - values[1]) > _SAME:
        return None
    reduced = sp.cancel(sp.together(_in_exponentials(formula)))
    return None if reduced.free_symbols else reduced


def _in_exponentials(formula: sp.Expr) -> sp.Expr:
    """Hyperbolic tangents as exponentials, e^{rz} as powers of one symbol, every other function as a symbol."""
    formula = formula.rewrite(sp.exp)
    rates = {power: power.args[0] / Z for power in formula.atoms(sp.exp)}
    rational = {power: rate for power, rate in rates.items() if rate.is_Rational}
    unit = sp.ilcm(1, *(rate.q for rate in rational.values()))
    base = sp.Dummy("q", positive=True)
    formula = formula.xreplace({power: base ** (rate * unit) for power, rate in rational.items()})
    others = sorted(formula.atoms(sp.Function), key=sp.default_sort_key, reverse=True)
    return formula.xreplace({function: sp.Dummy() for function in others})
