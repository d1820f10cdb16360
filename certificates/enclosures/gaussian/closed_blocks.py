"""Blocks of the population Hessian in closed form: ReLU, leaky ReLU, squared ReLU, erf (theory 4.1.2).

With g = |w|²|u|² − (w·u)² = (|w||u| sin θ)² and p = w·u, both exact, θ = atan2(√g, p) is in no danger near 0 and π:

* ReLU: 2πG = (π − θ)I + (wuᵀ + uwᵀ − (p/|w|²)wwᵀ − (p/|u|²)uuᵀ)/√g; ½I for parallel rows, 0 for opposite ones.
* leaky ReLU of slope s for z < 0: φ' = s + (1 − s)1_{z>0}, so G = sI + (1 − s)²G_ReLU.
* squared ReLU: ½πG = (√g + (π − θ)p)I + (π − θ)(wuᵀ + uwᵀ) + √g(wwᵀ/|w|² + uuᵀ/|u|²).
* erf0 (φ' = e^{−z²}): G = det(M)^{−1/2}M^{−1}, M = I + 2wwᵀ + 2uuᵀ. With D = (½ + |w|²)(½ + |u|²) − p², det M = 4D and
  M^{−1} = I − ((½ + |u|²)wwᵀ + (½ + |w|²)uuᵀ − p(wuᵀ + uwᵀ))/D. erf is 2/√π times erf0.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend, spend_rationals, word_count
from certificates.enclosures.gaussian.blocks import Block, Products, scaled_block
from certificates.expression import Activation

__all__ = ["closed_block"]

_HALF = Fraction(1, 2)


def closed_block(activation: Activation) -> Callable[[Products], Block] | None:
    """The closed form of a catalogue entry, ``None`` where there is none.

    Guarantee
    ---------
    For rows that are not 0 the result encloses E[φ'(w·x) φ'(u·x) x xᵀ], x ~ N(0, I).

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> relu = closed_block(parse_activation("relu"))
    >>> bool(abs(relu(Products(Fraction(1), Fraction(4), Fraction(0), Fraction(4))).identity - 0.25) < 1e-15)
    True
    """
    form = _FORMS.get(activation.name or "")
    return None if form is None else lambda pair: _metered(form, activation, pair)


def _metered(form: Callable[[Activation, Products], Block], activation: Activation, pair: Products) -> Block:
    spend(60 * (word_count() + 3))
    spend_rationals(_bits(pair.first) + _bits(pair.second) + _bits(pair.mixed), 8)
    return form(activation, pair)


def _bits(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()


def _relu(_: Activation, pair: Products) -> Block:
    zero = exact(0)
    if pair.sign:
        return Block(exact(_HALF if pair.sign > 0 else Fraction(0)), zero, zero, zero)
    root, whole = exact(pair.gram).sqrt(), 2 * arb.pi()
    scale = 1 / (whole * root)
    return Block(
        _supplement(pair, root) / whole,
        -exact(pair.mixed / pair.first) * scale,
        -exact(pair.mixed / pair.second) * scale,
        scale,
    )


def _leaky_relu(activation: Activation, pair: Products) -> Block:
    leak = activation.parameters[0]
    block = scaled_block(_relu(activation, pair), (1 - leak) ** 2)
    return Block(block.identity + exact(leak), block.first, block.second, block.mixed)


def _squared_relu(_: Activation, pair: Products) -> Block:
    root = exact(pair.gram).sqrt()
    angle = _supplement(pair, root)
    block = Block(root + angle * exact(pair.mixed), root / exact(pair.first), root / exact(pair.second), angle)
    return scaled_block(block, 2 / arb.pi())


def _supplement(pair: Products, root: arb) -> arb:
    """π − θ, exact at θ = π."""
    if pair.sign < 0:
        return exact(0)
    return arb.pi() - arb.atan2(root, exact(pair.mixed))


def _erf0(_: Activation, pair: Products) -> Block:
    first, second = _HALF + pair.first, _HALF + pair.second
    determinant = first * second - pair.mixed * pair.mixed
    inverse = Block(
        exact(1), -exact(second / determinant), -exact(first / determinant), exact(pair.mixed / determinant)
    )
    return scaled_block(inverse, 1 / exact(4 * determinant).sqrt())


def _erf(activation: Activation, pair: Products) -> Block:
    return scaled_block(_erf0(activation, pair), 4 / arb.pi())


_FORMS: dict[str, Callable[[Activation, Products], Block]] = {
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "squared_relu": _squared_relu,
    "erf0": _erf0,
    "erf": _erf,
}
