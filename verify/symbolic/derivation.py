"""From an activation to closed forms of its Gaussian moments and of T₁, T₂, T₃, as steps a reader can follow.

What is derived is computed from the activation's formula. Where no closed form is known the steps hold the identities
that still do: parity, the ladder, and the terms in the moments that remain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from certificates.expression import Activation
from verify.symbolic.closed_forms import Method, moment, zhong_terms
from verify.symbolic.derivation_steps import LEMMAS, Step
from verify.symbolic.expressions import SIGMA, NoClosedForm, SlopePiece, Z, slope_pieces
from verify.symbolic.gaussian_tilt import density
from verify.symbolic.moment_recurrence import next_moment
from verify.symbolic.parity import Parity, slope_parity
from verify.symbolic.rendering import Order, alpha, latex_lines, text_lines

__all__ = ["Derivation", "Step", "derive", "to_latex", "to_text"]

_SLOPE = sp.Function("f")


@dataclass(frozen=True)
class Derivation:
    """Steps, and what they end with.

    Parameters
    ----------
    activation
        φ.
    steps
        In the order of reasoning.
    moments
        α_{i,j}(σ) for i = 1, 2 and j = 0, 1, 2; an unknown one is the function α_{i,j} itself.
    terms
        T₁, T₂, T₃ in the moments.
    """

    activation: Activation
    steps: tuple[Step, ...]
    moments: dict[Order, sp.Expr]
    terms: tuple[sp.Expr, sp.Expr, sp.Expr]


@lru_cache(maxsize=64)
def derive(activation: Activation) -> Derivation:
    """Derive the moments and terms of an activation.

    Parameters
    ----------
    activation
        A catalogue entry or a user's formula, locally absolutely continuous; φ' is meant almost everywhere.

    May fail when
    -------------
    Never; what has no closed form here, or is too large, stays an unknown function of σ.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> derive(parse_activation("relu")).terms
    ((1 - 2/pi)/4, (1 - 2/pi)/4, (1 - 2/pi)/4)
    """
    try:
        pieces = slope_pieces(activation)
    except NoClosedForm as reason:
        return _finished(activation, [_definition(), _unknown_step(str(reason))], _Moments({}, {}, frozenset()))
    parity = slope_parity(pieces)
    moments = _moments(pieces, parity)
    steps = [_slope_step(pieces), _definition(), *_parity_steps(parity)]
    steps += [LEMMAS[method]() for method in Method if method in moments.methods]
    return _finished(activation, steps, moments)


def to_text(derivation: Derivation) -> str:
    """The derivation as plain text.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> print(to_text(derive(parse_activation("quadratic"))).splitlines()[-1])
         T₃ = -4*σ^2
    """
    return text_lines(derivation.activation, derivation.steps)


def to_latex(derivation: Derivation) -> str:
    r"""The derivation as LaTeX paragraphs, without a preamble; needs the package amsmath.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> r"f{\left(z \right)} = 2 z" in to_latex(derive(parse_activation("quadratic")))
    True
    """
    return latex_lines(derivation.activation, derivation.steps)


@dataclass(frozen=True)
class _Moments:
    known: dict[Order, sp.Expr]
    reasons: dict[Order, str]  # of the moments found, or of the refusal for the others
    methods: frozenset[Method]


def _moments(pieces: tuple[SlopePiece, ...], parity: Parity) -> _Moments:
    """α_{i,0} and α_{i,1}: by parity, else by integration."""
    known, methods = _by_parity(parity), frozenset[Method]()
    reasons = {(i, j): "the integrand is odd" if j else "the odd part, above" for i, j in known}
    for order in ((1, 0), (1, 1), (2, 0), (2, 1)):
        if order in known:
            continue
        try:
            found = moment(pieces, *order)
        except NoClosedForm as reason:
            reasons[order] = str(reason)
            continue
        known[order], methods = found.value, methods | found.methods
        used = ", ".join(method.value for method in Method if method in found.methods)
        reasons[order] = f"multiply out and integrate term by term ({used})"
    if parity.reflected_sum is not None and (2, 1) not in known:
        known[2, 1] = parity.reflected_sum * known.get((1, 1), alpha(1, 1))
        reasons[2, 1] = "$f = κ/2 + o$ with o odd, so $f^2 = κ^2/4 + κo + o^2$, of which only the odd κo counts"
    return _Moments(known, reasons, methods)


def _by_parity(parity: Parity) -> dict[Order, sp.Expr]:
    known: dict[Order, sp.Expr] = {}
    if parity.is_even:
        known |= {(1, 1): sp.Integer(0), (2, 1): sp.Integer(0)}
    if parity.reflected_sum is not None:
        known[1, 0] = parity.reflected_sum / 2
    return known


def _finished(activation: Activation, steps: list[Step], moments: _Moments) -> Derivation:
    """The moments one by one, the ladder, the terms."""
    values = dict(moments.known)
    for order in ((1, 0), (1, 1), (2, 0), (2, 1)):
        if order in values:
            steps.append(Step("Moment", sp.Eq(alpha(*order), values[order], evaluate=False), moments.reasons[order]))
        elif order in moments.reasons:
            steps.append(_unknown_step(moments.reasons[order], order))
        values.setdefault(order, alpha(*order))
    for i in (1, 2):
        values[i, 2] = next_moment(values[i, 0], 0)
        why = "$α_{i,j+2} = (j + 1) α_{i,j} + σ α_{i,j}'$, which is Stein's lemma for $z^{j+1} f(σz)^i$"
        steps.append(Step("Ladder", sp.Eq(alpha(i, 2), values[i, 2], evaluate=False), why))
    terms = zhong_terms(values)
    sources = ("α_{2,0} − α_{1,0}^2 − α_{1,1}^2", "α_{2,2} − α_{1,1}^2 − α_{1,2}^2", "α_{1,0} α_{1,2} − α_{1,1}^2")
    for k, (term, source) in enumerate(zip(terms, sources, strict=True), start=1):
        steps.append(Step("Term", sp.Eq(sp.Symbol(f"T_{k}"), term, evaluate=False), f"$T_{k} = {source}$"))
    return Derivation(activation, tuple(steps), values, terms)


def _slope_step(pieces: tuple[SlopePiece, ...]) -> Step:
    if len(pieces) == 1:
        formula = pieces[0].formula
    else:
        formula = sp.Piecewise(*[(p.formula, p.upper >= Z if p.upper.is_finite else True) for p in pieces])
    return Step("Slope", sp.Eq(_SLOPE(Z), formula, evaluate=False), "$f = φ'$, by differentiation")


def _definition() -> Step:
    i, j = sp.symbols("i j", integer=True, nonnegative=True)
    integral = sp.Integral(_SLOPE(SIGMA * Z) ** i * Z**j * density(), (Z, -sp.oo, sp.oo))
    why = "$α_{i,j}(σ) = E[f(σz)^i z^j]$ for a standard Gaussian z"
    return Step("Definition", sp.Eq(sp.Function("alpha_{i,j}")(SIGMA), integral, evaluate=False), why)


def _parity_steps(parity: Parity) -> list[Step]:
    steps = []
    if parity.is_even:
        why = "compare both sides; so $α_{i,j} = 0$ for odd j"
        steps.append(Step("Even slope", sp.Eq(_SLOPE(-Z), _SLOPE(Z), evaluate=False), why))
    if parity.reflected_sum is not None:
        why = "add up; the odd part of φ is $κz/2$ for this κ, so $α_{1,j} = (κ/2) E[z^j]$ for even j"
        total = sp.Eq(_SLOPE(Z) + _SLOPE(-Z), parity.reflected_sum, evaluate=False)
        steps.append(Step("Odd part", total, why))
    return steps


def _unknown_step(reason: str, order: Order | None = None) -> Step:
    shown = reason.replace("**", "^").replace("sigma", "σ")
    why = f"no elementary closed form is known here: {shown}; it stays a function of σ"
    return Step("No closed form", alpha(*order) if order else None, why)
