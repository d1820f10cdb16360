"""Bounds of |φ'| in a strip |Im w| ≤ y of the complex plane, for the trapezoidal rule (theory 2.3.2).

Each entry is a lemma, proved here, not evidence. With w = x + iy', |y'| ≤ y, q = e^w, s = 1/(1 + e^{−w}):

* tanh' = sech²: |cosh w|² = cosh²x − sin²y' ≥ cos²y' · cosh²x, so |sech²w| ≤ sec²y for y < π/2.
  sigmoid' = ¼ sech²(w/2), so ≤ ¼ sec²(y/2) for y < π.
* softplus_β' = s(βw): |1 + e^{−βw}| ≥ 1 where Re e^{−βw} ≥ 0, so ≤ 1 for βy ≤ π/2; the smooth leaky ReLU has
  |a + (1 − a)s| ≤ 1 there.
* arctan' = 1/(1 + w²) and |1 + w²| = |w − i||w + i| ≥ (1 − y)(1 + y), so ≤ 1/(1 − y²) for y < 1.
* erf0' = e^{−w²}, |e^{−w²}| = e^{y'² − x²} ≤ e^{y²}; erf' is 2/√π times it.
* silu' = s + ws(1 − s): |s| ≤ 1 for y ≤ π/2, s(1 − s) = ¼ sech²(w/2), |cosh(w/2)|² ≥ ½ cosh²(x/2) there, so
  |w s(1 − s)| ≤ ½(|x| + y) sech²(x/2) ≤ ½(0.9 + y), as max x sech²(x/2) < 0.9.
* gelu' = Φ(w) + w n(w): Φ(x + iy') = Φ(x) + i∫₀^{y'} n(x + it)dt, so |Φ| ≤ 1 + y e^{y²/2}/√(2π);
  |w n(w)| ≤ (|x| + y) e^{(y² − x²)/2}/√(2π) and max |x|e^{−x²/2} = e^{−1/2}.
* mish' = t + w t', t = 1 − 2/D, t' = 4q(q + 1)/D², D = (q + 1)² + 1. For y ≤ π/2 write q = u + iv, u ≥ 0. Then
  |D|² = ((u + 1)² + v² + 1)² − 4v² and (u + 1)² + v² + 1 ≥ |q|² + 2 give |D|² ≥ |q|⁴ + 4, so |t| ≤ 2 and
  |t'| ≤ 4r(r + 1)/(r⁴ + 4) with r = |q| = e^x: at most 1.8, and |x| times it at most 1.3 (the tests bisect to
  prove both constants). So ≤ 3.3 + 1.8y.
* sin' = cos: |cos w| ≤ cosh y.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.expression import Activation

__all__ = ["Strip", "strip"]


@dataclass(frozen=True)
class Strip:
    """|φ'(w)| ≤ ``bound(y)`` for |Im w| ≤ y ≤ ``half_width``.

    Parameters
    ----------
    half_width
        The largest y to which the lemma applies; ``None`` if there is no limit.
    bound
        An upper bound, as a ball.
    """

    half_width: Fraction | None
    bound: Callable[[arb], arb]


def _gelu(y: arb) -> arb:
    return 1 + (y * y / 2).exp() / (2 * arb.pi()).sqrt() * (2 * y + exact(Fraction(-1, 2)).exp())


_THREE_HALVES = Fraction(3, 2)  # below π/2

_STRIPS: Mapping[str, Strip] = {
    "tanh": Strip(_THREE_HALVES, lambda y: y.cos() ** -2),
    "sigmoid": Strip(Fraction(3), lambda y: (y / 2).cos() ** -2 / 4),
    "arctan": Strip(Fraction(15, 16), lambda y: 1 / (1 - y * y)),
    "erf0": Strip(None, lambda y: (y * y).exp()),
    "erf": Strip(None, lambda y: (y * y).exp() * 2 / arb.pi().sqrt()),
    "silu": Strip(_THREE_HALVES, lambda y: 1 + (exact(Fraction(9, 10)) + y) / 2),
    "gelu": Strip(None, _gelu),
    "mish": Strip(_THREE_HALVES, lambda y: exact(Fraction(33, 10)) + exact(Fraction(9, 5)) * y),
    "sin": Strip(None, lambda y: y.cosh()),
    "smooth_leaky_relu": Strip(_THREE_HALVES, lambda y: y * 0 + 1),
    "identity": Strip(None, lambda y: y * 0 + 1),
}


def strip(activation: Activation) -> Strip | None:
    """The lemma for a catalogue entry, ``None`` where there is none.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> strip(parse_activation("softplus(3)")).half_width
    Fraction(1, 2)
    """
    if activation.name is None:  # a name is its formula's: Activation sees to it
        return None
    if activation.name == "softplus":
        return Strip(_THREE_HALVES / activation.parameters[0], lambda y: y * 0 + 1)
    return _STRIPS.get(activation.name)
