r"""ρ ≥ ¼ σ⁴/(1 + σ²)⁴ for φ' = e^{−z²}, by polynomials with non-negative coefficients (theory 2.5.3).

With t = σ², A = 1 + 2t and B = √(1 + 4t): α_{i,j} = (j − 1)!! (1 + 2iσ²)^{−(j+1)/2} for even j gives

    T₁ = 1/B − 1/A,   T₂ = 1/B³ − 1/A³,   T₃ = 1/A²,   A = (B² + 1)/2,   t = (B² − 1)/4.

Put B = 1 + x, x ≥ 0. For each k, T_k ≥ c t²/(1 + t)⁴ for all t ≥ 0 if the numerator of T_k − c t²/(1 + t)⁴ over its
positive denominator has non-negative coefficients in x. With 1 + t = (B² + 3)/4, t²/(1 + t)⁴ = 16(B² − 1)²/(B² + 3)⁴:

    T₁: (B − 1)²(B² + 3)⁴ − 16c B(B² + 1)(B² − 1)²                 over B(B² + 1)(B² + 3)⁴
    T₂: (A³ − B³)·8 (B² + 3)⁴ − 16c B³(B² + 1)³(B² − 1)²            over B³(B² + 1)³(B² + 3)⁴
    T₃: 4(B² + 3)⁴ − 16c (B² + 1)²(B² − 1)²                          over (B² + 1)²(B² + 3)⁴
"""

from __future__ import annotations

from fractions import Fraction

from certificates.arithmetic.powers import by_squaring

__all__ = ["largest_constant", "numerators"]

Polynomial = tuple[Fraction, ...]  # ascending powers of x


def _product(*factors: Polynomial) -> Polynomial:
    total: Polynomial = (Fraction(1),)
    for factor in factors:
        result = [Fraction(0)] * (len(total) + len(factor) - 1)
        for i, a in enumerate(total):
            for j, b in enumerate(factor):
                result[i + j] += a * b
        total = tuple(result)
    return total


def _sum(left: Polynomial, right: Polynomial, factor: Fraction) -> Polynomial:
    """Left + factor · right."""
    length = max(len(left), len(right))
    padded = [(*p, *[Fraction(0)] * (length - len(p))) for p in (left, right)]
    return tuple(a + factor * b for a, b in zip(*padded, strict=True))


def _powers(polynomial: Polynomial, exponent: int) -> Polynomial:
    return by_squaring(polynomial, exponent, (Fraction(1),), _product)


def numerators(c: Fraction) -> tuple[Polynomial, Polynomial, Polynomial]:
    """The three numerators for the constant c, exact, as coefficients of 1, x, x², ….

    Examples
    --------
    >>> [int(a) for a in reversed(numerators(Fraction(1, 4))[0])][:4]
    [1, 8, 40, 124]
    """
    one, b = (Fraction(1),), (Fraction(1), Fraction(1))
    square = _product(b, b)
    plus_one, minus_one, plus_three = (_sum(square, one, Fraction(k)) for k in (1, -1, 3))
    envelope, fourth = _powers(minus_one, 2), _powers(plus_three, 4)
    factor = -16 * c
    cubes = _sum(_powers(plus_one, 3), _powers(b, 3), Fraction(-8))  # 8(A³ − B³)
    return (
        _sum(_product(_powers((Fraction(0), Fraction(1)), 2), fourth), _product(b, plus_one, envelope), factor),
        _sum(_product(cubes, fourth), _product(_powers(b, 3), _powers(plus_one, 3), envelope), factor),
        _sum(tuple(4 * a for a in fourth), _product(_powers(plus_one, 2), envelope), factor),
    )


def largest_constant() -> Fraction:
    """¼, verified: every coefficient of the numerators is non-negative; σ⁴T₃ → ¼ shows that no larger one holds."""
    c = Fraction(1, 4)
    if any(a < 0 for numerator in numerators(c) for a in numerator):
        raise ArithmeticError("a numerator has a negative coefficient")
    return c
