"""Exact instances behind sharpenings of Zhong et al."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify.theory.counterexamples import Fact, Instance

__all__ = ["INSTANCES"]

Vector = tuple[Fraction, ...]

_INPUTS: tuple[Vector, ...] = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(2)))
_PLANTED: Vector = (Fraction(1), Fraction(1))
_START: Vector = (Fraction(2), Fraction(1))
_EIGENVALUES = Fraction(1, 2), Fraction(2)  # of ½Σ xxᵀ, diagonal for these inputs


def _gradient(weights: Vector) -> Vector:
    """Of (1/2n) Σ (w·x − w*·x)²."""
    residuals = [_dot(weights, x) - _dot(_PLANTED, x) for x in _INPUTS]
    pulled = ([r * x[p] for r, x in zip(residuals, _INPUTS, strict=True)] for p in range(len(weights)))
    return tuple(sum(column, Fraction(0)) / len(_INPUTS) for column in pulled)


def _dot(left: Vector, right: Vector) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def _squared_distance(weights: Vector) -> Fraction:
    return sum(((a - b) ** 2 for a, b in zip(weights, _PLANTED, strict=True)), Fraction(0))


def _one_step() -> tuple[Fact, ...]:
    smallest, largest = _EIGENVALUES
    after = tuple(w - g / largest for w, g in zip(_START, _gradient(_START), strict=True))
    factor, printed = _squared_distance(after) / _squared_distance(_START), 1 - smallest / largest
    name = "‖W† − W*‖²/‖W − W*‖²"
    return (
        Fact(name, factor, "=", "(1 − m₀/M₀)²", printed**2),
        Fact(name, factor, "<", "1 − m₀/M₀, the printed factor", printed),
    )


def _where_f_is_concave() -> tuple[Fact, ...]:
    """One unit z², one sample x = 1, w* = 1: f = ½(w² − 1)², s_* = S_* = β = 2, η = (S_* + βR)⁻² = 1/9."""
    planted, start, slope, bend = Fraction(1), Fraction(1, 2), Fraction(2), Fraction(2)
    radius = planted - start
    step = 1 / (slope + bend * radius) ** 2
    after = start - step * 2 * start * (start**2 - 1)
    promised = 1 - step * (slope - 3 * bend * radius / 2) * (slope - bend * radius / 2)
    return (
        Fact("f''(1/2)", 6 * start**2 - 2, "<", "", Fraction(0)),
        Fact("|w − w*|", radius, "<", "2s_*/(3β), the radius of descent", 2 * slope / (3 * bend)),
        Fact("|w⁺ − w*|²/|w − w*|²", (after - planted) ** 2 / radius**2, "<", "the factor of descent", promised),
    )


INSTANCES: Mapping[str, Instance] = {
    "zhong-corollary": Instance(
        "one linear unit, inputs (1, 0) and (0, 2), W* = (1, 1), W = (2, 1): m₀ = 1/2, M₀ = 2", _one_step
    ),
    "zhong-concave": Instance("one unit z², one sample x = 1, W* = 1, W = 1/2, step 1/9", _where_f_is_concave),
}
