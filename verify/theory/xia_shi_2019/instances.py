"""Exact instances behind the errata of Xia and Shi."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from verify.theory.counterexamples import Fact, Instance, Matrix, column_norms, gram, identity, squared_norm, times

__all__ = ["INSTANCES"]

_HALF = Fraction(1, 2)


def _diagonal(*entries: Fraction) -> Matrix:
    return tuple(tuple(e if i == j else Fraction(0) for j in range(len(entries))) for i, e in enumerate(entries))


def _population_step(factor: Matrix, planted: Matrix, step: Fraction) -> Matrix:
    """M − μ[(tr S)I + 2S]M with S = MMᵀ − M♮M♮ᵀ."""
    order = range(len(factor))
    mine, theirs = (gram(tuple(zip(*each, strict=True))) for each in (factor, planted))
    s = tuple(tuple(mine[i][j] - theirs[i][j] for j in order) for i in order)
    trace = sum((s[i][i] for i in order), Fraction(0))
    update = tuple(tuple((i == j) - step * (trace * (i == j) + 2 * s[i][j]) for j in order) for i in order)
    return times(update, factor)


def _state_evolution() -> tuple[Fact, ...]:
    step, factor, planted = Fraction(1, 100), _diagonal(_HALF, _HALF), ((Fraction(1),) * 2, (Fraction(0),) * 2)
    squared = squared_norm(factor)  # MᵀM = I/4, so A and B are multiples of I
    a, b = (1 + step * (k - squared) - 2 * step / 4 for k in (6, 2))
    before, after = (column_norms(each, planted) for each in (factor, _population_step(factor, planted, step)))
    return (
        Fact("α₁²/α₀²", after[0] / before[0], "<", "r σ_r(A)², the lower bound of (13a) squared", 2 * a * a),
        Fact("β₁²/β₀²", after[1] / before[1], "<", "r σ_r(B)², the lower bound of (13b) squared", 2 * b * b),
        Fact("α₁²/α₀²", after[0] / before[0], "=", "σ_r(A)²", a * a),
        Fact("β₁²/β₀²", after[1] / before[1], "=", "σ_r(B)²", b * b),
    )


def _rank_one() -> tuple[Fact, ...]:
    planted = ((Fraction(1),) * 2, (Fraction(0),) * 2)
    product = gram(planted)
    determinant = product[0][0] * product[1][1] - product[0][1] * product[1][0]
    facts = [Fact("σ₁²σ₂² of [e₁, e₁]", determinant, "=", "", Fraction(0))]
    step = Fraction(1, 100)
    for b_squared in (Fraction(1, 100), Fraction(1, 10**6)):
        s_squared = 2 - b_squared / 3
        facts += [
            Fact(f"s₊/s (b² = {b_squared})", 1 + step * (6 - 3 * s_squared - b_squared), "=", "", Fraction(1)),
            Fact(
                f"b₊/b (b² = {b_squared})",
                1 + step * (2 - s_squared - 3 * b_squared),
                "=",
                "1 − (8/3)μb²",
                1 - Fraction(8, 3) * step * b_squared,
            ),
        ]
    return tuple(facts)


def _distance() -> tuple[Fact, ...]:
    factor, planted = _diagonal(Fraction(7, 5), Fraction(1, 5)), identity(2)
    alpha, beta = column_norms(factor, planted)
    nuclear = factor[0][0] + factor[1][1]  # MᵀM♮ is diagonal and nonnegative
    squared = squared_norm(factor) + squared_norm(planted) - 2 * nuclear
    return (
        Fact("α²", alpha, "=", "", Fraction(1)),
        Fact("β²", beta, "=", "", Fraction(0)),
        Fact("dist²", squared, ">", "the right side of (16) squared", Fraction(0)),
    )


def _decomposition() -> tuple[Fact, ...]:
    """m₂ = m₂♮ = e₂ with the first column e₁ for the printed m♮: the parts do not add up."""
    first, second = identity(2)
    coefficient = sum((a * b for a, b in zip(second, second, strict=True)), Fraction(0))
    along = tuple(coefficient * a for a in first)
    rest = tuple(m - coefficient * b for m, b in zip(second, second, strict=True))
    missing = tuple(m - a - b for m, a, b in zip(second, along, rest, strict=True))
    return (Fact("‖m₂ − m₂,∥ − m₂,⊥‖²", squared_norm((missing,)), ">", "", Fraction(0)),)


def _last_display() -> tuple[Fact, ...]:
    distance = abs(Fraction(2) - 1)
    return (Fact("dist(M_t, M♮)", distance, ">", "(1 − ρ)^{t−T_δ} ‖M_t − M♮‖_F", (1 - _HALF) * distance),)


def _steps() -> tuple[Fact, ...]:
    """1 − ½μσ_r² = 1 − c/(2r²κ²), with c = 1, r = 2."""
    one, ten = (1 - Fraction(1, 2 * 4 * kappa**2) for kappa in (1, 10))
    return (
        Fact("factor after 6 steps (κ = 1)", one**6, "<", "", _HALF),
        Fact("factor after 554 steps (κ = 10)", ten**554, ">", "", _HALF),
    )


def _curvature() -> tuple[Fact, ...]:
    """D²ℒ(M♮)[U, U] = 2⟨a²⟩ with a_i = x_iᵀUM♮ᵀx_i, on U = M♮Ω."""
    omega = ((Fraction(0), Fraction(1)), (Fraction(-1), Fraction(0)))
    planted = ((Fraction(1), Fraction(2)), (Fraction(0), Fraction(1)), (Fraction(3), Fraction(-1)))
    direction = times(planted, omega)
    form = times(direction, tuple(zip(*planted, strict=True)))
    inputs = [(1, 2, -1), (0, 1, 3), (2, -1, 1), (1, 1, 1)]
    values = [sum((x[i] * x[j] * form[i][j] for i in range(3) for j in range(3)), Fraction(0)) for x in inputs]
    return (
        Fact("‖U‖²", squared_norm(direction), ">", "", Fraction(0)),
        Fact("D²ℒ(M♮)[U, U]", 2 * sum((a * a for a in values), Fraction(0)) / len(values), "=", "", Fraction(0)),
    )


def _alignment() -> tuple[Fact, ...]:
    c, s = Fraction(3, 5), Fraction(4, 5)
    turned = ((c, -s), (s, c))
    alpha, beta = column_norms(turned, identity(2))
    product = gram(tuple(zip(*turned, strict=True)))
    missed = tuple(tuple(product[i][j] - int(i == j) for j in range(2)) for i in range(2))
    return (
        Fact("‖MMᵀ − M♮M♮ᵀ‖²", squared_norm(missed), "=", "", Fraction(0)),
        Fact("(α/β)² of M", alpha / beta, "=", "", Fraction(9, 16)),
    )


def _dependence() -> tuple[Fact, ...]:
    """E[∇ℒ(M₁) − ∇ℱ(M₁)] for n = r = m = 1, by the moments of a Gaussian; 0 if M₁ and x were independent."""
    start, step = _HALF, Fraction(1, 10)
    slope = step * (start**2 - 1)  # M₁ = M₀(1 − slope·x⁴)
    factor = [start, -start * slope]  # M₁ as a polynomial in x⁴
    cubed = _product(_product(factor, factor), factor)
    force = [a - b for a, b in zip(cubed, [*factor, Fraction(0), Fraction(0)], strict=True)]
    mean = sum((c * (_moment(4 * k + 4) - 3 * _moment(4 * k)) for k, c in enumerate(force)), Fraction(0))
    return (Fact("E[∇ℒ(M₁) − ∇ℱ(M₁)]", mean, ">", "", Fraction(0)),)


def _product(left: list[Fraction], right: list[Fraction]) -> list[Fraction]:
    out = [Fraction(0)] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            out[i + j] += a * b
    return out


def _moment(power: int) -> int:
    """E[z^p] for even p, (p − 1)!!."""
    return prod(range(1, power, 2))


INSTANCES: Mapping[str, Instance] = {
    "xs-13": Instance("n = r = 2, M♮ = [e₁, e₁], M₀ = I/2, μ = 1/100, population gradient", _state_evolution),
    "xs-wlog": Instance("M♮ = [e₁, e₁], M = diag(s, b) with 3s² + b² = 6, μ = 1/100", _rank_one),
    "xs-16": Instance("M♮ = I₂, M = diag(7/5, 1/5)", _distance),
    "xs-8": Instance("M = M♮ = I₂, with m₁♮ for the printed m♮ in the second column", _decomposition),
    "xs-last-display": Instance("n = r = 1, M♮ = 1, M_t = 2, ρ = 1/2, t = T_δ + 1", _last_display),
    "xs-steps": Instance("r = 2, c = 1, κ = 1 and κ = 10", _steps),
    "xs-convexity": Instance("n = 3, r = 2, M♮ = ((1, 2), (0, 1), (3, −1)), four inputs, U = M♮Ω", _curvature),
    "xs-alignment": Instance("M♮ = I₂, M the rotation with cosine 3/5", _alignment),
    "xs-independence": Instance("n = r = m = 1, M♮ = 1, M₀ = 1/2, μ = 1/10", _dependence),
}
