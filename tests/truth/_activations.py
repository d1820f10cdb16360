"""Activations to attack with: splines, the catalogue, mixtures, jumps, formulas that are not defined everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from certificates.certificate import decode_certificate
from certificates.expression import parse_activation
from certificates.subjects import ActivationProblem
from tests.support.activations import TREACHEROUS
from tests.truth._formulas import Node, Z, call, num, over, plus, power, text, times

__all__ = [
    "Instance",
    "catalogued",
    "draw_instance",
    "draw_sigma",
    "homogeneous",
    "number",
    "shipped_evidence",
    "spline",
]

Polynomial = tuple[Fraction, ...]
_EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "activations"
_USUAL = [1, 1, 2, 3, -1, -2, Fraction(1, 2), Fraction(1, 3), Fraction(-7, 5), Fraction(1, 10)]
_ODD = [
    Fraction(1, 2**20),
    Fraction(-1, 2**60),
    Fraction(10**6),
    Fraction(1, 10**12),
    Fraction(2**70),
    Fraction(-3, 2**35),
]
_SIGMAS = [1, 1, Fraction(1, 10), 10, Fraction(1, 3), 2, Fraction(7, 2), Fraction(1, 1000), 100]
_FAR_SIGMAS = [Fraction(1, 10**9), Fraction(1, 10**6), 10**6, 10**9]


@dataclass(frozen=True)
class Instance:
    """An activation with what is known of it.

    Parameters
    ----------
    spelled
        The text for the judge.
    pieces, breaks
        Our own formulas; piece k ends at breaks[k].
    polynomials
        The coefficients of the pieces, where they are polynomials.
    features
        (centre, width) of what a quadrature must not miss.
    jump, undefined
        Whether φ jumps, or is no function on the whole line: then nothing may be proved of it.
    """

    spelled: str
    pieces: tuple[Node, ...]
    breaks: tuple[Fraction, ...] = ()
    polynomials: tuple[Polynomial, ...] | None = None
    features: tuple[tuple[Fraction, Fraction], ...] = ((Fraction(0), Fraction(1)),)
    jump: bool = False
    undefined: bool = False

    @property
    def problem(self) -> ActivationProblem:
        """For the judge."""
        return ActivationProblem(parse_activation(self.spelled))

    def is_resolved(self, sigma: Fraction) -> bool:
        """Whether fixed rules see every wave at this σ."""
        waves = "sin" in self.spelled or "cos" in self.spelled
        return self.polynomials is not None or not waves or sigma <= 40 * min(width for _, width in self.features)

    @property
    def is_treacherous(self) -> bool:
        """Whether nothing may be proved of it."""
        return self.jump or self.undefined


def number(rng: np.random.Generator) -> Fraction:
    """A coefficient, now and then of an odd size."""
    pool = _ODD if rng.random() < 0.08 else _USUAL
    return Fraction(pool[rng.integers(len(pool))])


def draw_sigma(rng: np.random.Generator, *, far: float = 0.1) -> Fraction:
    """σ; with probability ``far`` at an end of what is allowed."""
    if rng.random() < far:
        return Fraction(_FAR_SIGMAS[rng.integers(4)])
    if rng.random() < 0.3:
        return Fraction(int(rng.integers(1, 4000)), int(rng.integers(1, 400)))
    return Fraction(_SIGMAS[rng.integers(len(_SIGMAS))])


def draw_instance(rng: np.random.Generator) -> Instance:
    """Any of them; splines most often, as their truth is exact and cheap."""
    kinds: list[tuple[float, Callable[[np.random.Generator], Instance]]] = [
        (0.5, spline),
        (0.2, catalogued),
        (0.18, _mixture),
        (0.06, _jumping),
        (0.06, _treacherous),
    ]
    weights = [weight for weight, _ in kinds]
    return kinds[rng.choice(len(kinds), p=weights)][1](rng)


# ---- pieces --------------------------------------------------------------------------------------------------------


def _joined(base: Node, bends: list[tuple[Fraction, Fraction, int]], **known: object) -> Instance:
    """The base plus c(z − b)₊^m for (b, c, m) in increasing order of b."""
    pieces, breaks = [base], []
    for b, c, m in bends:
        pieces.append(plus(pieces[-1], times(num(c), power(plus(Z, num(-b)), m))))
        breaks.append(b)
    spelled = text(base) if not bends else "piecewise(" + text(base)
    for piece, b in zip(pieces[1:], breaks, strict=True):
        spelled += f", {b}, {text(piece)}"
    return Instance(spelled + (")" if bends else ""), tuple(pieces), tuple(breaks), **known)  # type: ignore[arg-type]


def _bends(rng: np.random.Generator, powers: tuple[int, ...]) -> list[tuple[Fraction, Fraction, int]]:
    places = sorted({Fraction(int(rng.integers(-12, 13)), int(rng.integers(1, 5))) for _ in range(rng.integers(4))})
    return [(b, number(rng), int(rng.choice(powers))) for b in places]


def _expanded(coefficients: Polynomial, bend: tuple[Fraction, Fraction, int]) -> Polynomial:
    """The coefficients after adding c(z − b)^m."""
    b, c, m = bend
    total = list(coefficients) + [Fraction(0)] * (m + 1 - len(coefficients))
    row = [Fraction(1)]
    for _ in range(m):
        row = [left - b * right for left, right in zip([Fraction(0), *row], [*row, Fraction(0)], strict=True)]
    for k, value in enumerate(row):
        total[k] += c * value
    return tuple(total)


def spline(rng: np.random.Generator, powers: tuple[int, ...] = (1, 1, 2, 3), degree: int = 3) -> Instance:
    """A continuous piecewise polynomial."""
    first = tuple(number(rng) * int(rng.random() < 0.6) for _ in range(int(rng.integers(2, degree + 2))))
    base = plus(*(times(num(c), power(Z, k)) for k, c in enumerate(first)))
    bends, polynomials = _bends(rng, powers), [first]
    for bend in bends:
        polynomials.append(_expanded(polynomials[-1], bend))
    jump = any(m == 0 for _, _, m in bends)
    return _joined(base, bends, polynomials=tuple(polynomials), jump=jump)


def _jumping(rng: np.random.Generator) -> Instance:
    return spline(rng, powers=(0, 1, 2))


def _treacherous(rng: np.random.Generator) -> Instance:
    return Instance(str(rng.choice(TREACHEROUS)), (Z,), undefined=True)


def _forms(rng: np.random.Generator) -> tuple[dict[str, tuple[Node, ...]], Fraction]:
    """Catalogue names with random parameters, our own formulas for them, and the width of what is scaled."""
    a, beta = Fraction(int(rng.integers(1, 100)), 100), Fraction(int(rng.integers(1, 40)), 8)
    zero, half = num(0), num(Fraction(1, 2))
    erf0 = times(call("sqrt", call("atan", num(1))), call("erf", Z))
    forms: dict[str, tuple[Node, ...]] = {
        "identity": (Z,),
        "quadratic": (power(Z, 2),),
        "tanh": (call("tanh", Z),),
        "sigmoid": (call("sigmoid", Z),),
        f"softplus({beta})": (over(call("softplus", times(num(beta), Z)), num(beta)),),
        "erf": (call("erf", Z),),
        "erf0": (erf0,),
        "gelu": (times(half, Z, plus(num(1), call("erf", over(Z, call("sqrt", num(2)))))),),
        "silu": (times(Z, call("sigmoid", Z)),),
        "mish": (times(Z, call("tanh", call("softplus", Z))),),
        "arctan": (call("atan", Z),),
        "sin": (call("sin", Z),),
        f"smooth_leaky_relu({a})": (plus(times(num(a), Z), times(num(1 - a), call("softplus", Z))),),
        "softsign": (over(Z, plus(num(1), times(num(-1), Z))), over(Z, plus(num(1), Z))),
        "relu": (zero, Z),
        f"leaky_relu({a})": (times(num(a), Z), Z),
        "squared_relu": (zero, power(Z, 2)),
        f"elu({beta})": (times(num(beta), plus(call("exp", Z), num(-1))), Z),
    }
    return forms, min(Fraction(1), 1 / beta)


def catalogued(rng: np.random.Generator, names: tuple[str, ...] = ()) -> Instance:
    """An activation of the catalogue, perhaps one of these names."""
    forms, width = _forms(rng)
    spelled = [text for text in forms if not names or text.partition("(")[0] in names]
    chosen = spelled[rng.integers(len(spelled))]
    pieces = forms[chosen]
    return Instance(chosen, pieces, (Fraction(0),) * (len(pieces) - 1), features=((Fraction(0), width),))


@lru_cache(maxsize=8)
def shipped_evidence(stem: str) -> Any:
    """The evidence of a certificate of the examples, for rules whose cells are dear to find."""
    return decode_certificate((_EXAMPLES / f"{stem}.cert.json").read_bytes()).evidence


def homogeneous(rng: np.random.Generator) -> tuple[Instance, int]:
    """A monomial on each half-line, with its degree."""
    degree, left, right = int(rng.integers(1, 4)), number(rng), number(rng)
    sides = [tuple([Fraction(0)] * degree + [c]) for c in (left * int(rng.random() < 0.6), right)]
    pieces = tuple(times(num(side[-1]), power(Z, degree)) for side in sides)
    spelled = f"piecewise({text(pieces[0])}, 0, {text(pieces[1])})"
    return Instance(spelled, pieces, (Fraction(0),), polynomials=tuple(sides)), degree


def _mixture(rng: np.random.Generator) -> Instance:
    """Sums of scaled and shifted functions, perhaps with bends."""
    terms, features = [times(num(number(rng)), Z)], []
    for _ in range(rng.integers(1, 3)):
        rate = Fraction(int(rng.integers(1, 33)), 8) * int(rng.choice([-1, 1]))
        shift = Fraction(int(rng.integers(-8, 9)), 4)
        inner = plus(times(num(rate), Z), num(shift))
        bell = plus(num(1), power(inner, 2))
        waves = [call(name, inner) for name in ("tanh", "sigmoid", "softplus", "erf", "atan", "sin", "cos")]
        others = [call("sqrt", bell), over(inner, bell), call("exp", times(num(-1), power(inner, 2)))]
        chosen = (waves + others)[rng.integers(len(waves) + len(others))]
        terms.append(times(num(Fraction(_USUAL[rng.integers(len(_USUAL))])), chosen))
        features.append((-shift / rate, abs(1 / rate)))
    bends = _bends(rng, (1, 2)) if rng.random() < 0.4 else []
    return _joined(plus(*terms), bends, features=tuple(features))
