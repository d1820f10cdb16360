"""Certificates about activations that cost the judge as much as a file below one megabyte can."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from certificates.claims import (
    activation_counterexample,
    gaussian_moment,
    lipschitz_slope,
    nondegenerate_activation,
    orthogonal_population_convexity,
    piecewise_affine,
    population_null_direction,
    population_strong_convexity,
    positive_rho,
    replicated_minimum,
    slope_growth,
    tensor_constant,
    zhong_rho,
    zhong_rho_global,
)
from certificates.expression import parse_activation
from certificates.language.parts import AssumedGrowth, Interval
from certificates.language.slopes import SlopeCells
from certificates.subjects import ActivationProblem, PopulationProblem, Units
from tests.campaigns._heavy_networks import LONG_FORMULA
from tests.support.certificates import certificate_bytes

__all__ = ["ACTIVATIONS"]

Case = Callable[[], bytes]
_GROWTH = AssumedGrowth(Fraction(10**9), Fraction(0), 0, Fraction(40))  # where the tails are out of reach
_WIDE = Interval(Fraction(-(10**9)), Fraction(10**9))
_LONG = LONG_FORMULA[:1900].rpartition("+")[0]
_NESTED = "((((z^4+z)^8+1)^8+z)^8+z)^8"
_ERFS = "+".join(f"erf(z*{k}/3)*erf(erf(z))" for k in range(1, 80))
_POLYNOMIAL = "sin(z)*(z^2+z+1)^10"
_TAILS = "*".join(f"(tanh({k}*z)+softplus(z)+atan(z)+erf(z)+z/{k})" for k in range(1, 19))


def _breakpoints() -> str:
    nodes, k = [], 1
    while len("+".join(nodes)) < 1_300:
        nodes.append("piecewise(z," + ",".join(f"{j},z" for j in range(k, k + 32)) + ")")
        k += 32
    return "+".join(nodes)


def _smooth_breakpoints() -> str:
    points = ",".join(f"{k},tanh(z)*exp(-z^2)" for k in range(1, 33))
    return f"piecewise(tanh(z)*exp(-z^2),{points})"


def _long_rational(digits: int) -> Fraction:
    return Fraction(10**digits + 1, 10**digits + 3)


def _bytes(text: str, claim: Any, evidence: Any) -> bytes:
    return certificate_bytes(ActivationProblem(parse_activation(text)), claim, evidence)


def _cells(start: int, stop: int, parts: int) -> tuple[tuple[Fraction, Fraction], ...]:
    ends = [Fraction(start) + Fraction(stop - start, parts) * k for k in range(parts + 1)]
    return tuple(pairwise(ends))


# ---- moments ------------------------------------------------------------------------------------------------------


def _moment(
    text: str, quadrature: Any, bits: int, sigma: Fraction = Fraction(1), slope: int = 2, power: int = 12
) -> bytes:
    evidence = gaussian_moment.Evidence(quadrature, bits, _GROWTH)
    return _bytes(text, gaussian_moment.Claim(slope, power, sigma, _WIDE), evidence)


def _rho(text: str, quadrature: Any, bits: int, sigma: Fraction = Fraction(1)) -> bytes:
    claim = zhong_rho.Claim(sigma, _WIDE, _WIDE, _WIDE, _WIDE, (1, 2, 3))
    return _bytes(text, claim, zhong_rho.Evidence(quadrature, bits, _GROWTH))


def _tensor(text: str, quadrature: Any, bits: int, sigma: Fraction = Fraction(1)) -> bytes:
    claim = tensor_constant.Claim(sigma, _WIDE, _WIDE, _WIDE, _WIDE)
    return _bytes(text, claim, tensor_constant.Evidence(quadrature, bits, _GROWTH))


def _convexity(text: str, quadrature: Any, bits: int, sigma: Fraction = Fraction(1), weights: int = 2) -> bytes:
    outer = tuple(Fraction(k + 1, 7) for k in range(weights))
    claim = orthogonal_population_convexity.Claim(sigma, outer, weights, Fraction(-(10**9)))
    return _bytes(text, claim, orthogonal_population_convexity.Evidence(quadrature, bits, _GROWTH))


def _population(
    activation: str, units: int, dimension: int, bits: int, terms: int, scale: Fraction = Fraction(1)
) -> bytes:
    """Rows that are far from parallel, with long entries if the scale is."""
    rows = tuple(tuple(scale * (1 + 9 * (p == j) + (j * p) % 3) for p in range(dimension)) for j in range(units))
    problem = PopulationProblem(parse_activation(activation), Units(rows, (Fraction(1),) * units))
    evidence = population_strong_convexity.Evidence(bits, terms, (1.0,) * (units * dimension))
    return certificate_bytes(problem, population_strong_convexity.Claim(5e-324, 1e300), evidence)


def _null_direction(units: int, dimension: int, bits: int, *, denominators: bool = False) -> bytes:
    """Rows of full rank with long entries; the last unit has outer weight 0 and is the direction."""
    below = 2 ** (bits - 1) + 1 if denominators else 1
    entries = [
        [Fraction(3 ** (j + 1) * (p + 2) ** j + 2**bits - p, below) for p in range(dimension)] for j in range(units)
    ]
    rows = tuple(map(tuple, entries))
    problem = PopulationProblem(parse_activation("z^2+z"), Units(rows, (*rows[0][:1] * (units - 1), Fraction(0))))
    direction = (*((Fraction(0),) * dimension,) * (units - 1), rows[0])
    claim, evidence = population_null_direction.Claim(1), population_null_direction.Evidence(direction)
    return certificate_bytes(problem, claim, evidence)


# ---- properties ---------------------------------------------------------------------------------------------------


def _slopes(text: str, radius: int, cells: int) -> bytes:
    claim = slope_growth.Claim(0, Fraction(0), Fraction(10**6))
    return _bytes(text, claim, slope_growth.Evidence(Fraction(radius), _cells(-radius, radius, cells)))


def _bends(text: str, radius: int, cells: int) -> bytes:
    claim = lipschitz_slope.Claim("almost everywhere", Fraction(10**9))
    return _bytes(text, claim, lipschitz_slope.Evidence(Fraction(radius), _cells(-radius, radius, cells)))


def _signs(text: str, radius: int, cells: int) -> bytes:
    tiles = SlopeCells(Fraction(radius), _cells(-radius, radius, cells))
    return _bytes(text, positive_rho.Claim(), positive_rho.Evidence(Fraction(1, 3), slope=tiles))


def _third_term(text: str, cells: int) -> bytes:
    near, far = _cells(0, 2, cells), _cells(0, 2, cells)
    evidence = positive_rho.Evidence(Fraction(1, 3), sigma=positive_rho.SigmaCells(near, far))
    return _bytes(text, positive_rho.Claim(), evidence)


def _affine(text: str) -> bytes:
    return _bytes(text, piecewise_affine.Claim(4_096), piecewise_affine.Evidence())


def _repeated(multiple: int, samples: int) -> bytes:
    """As many samples and as far out as may be; labels of many digits."""
    inputs = tuple((k % 5 - 2, multiple) for k in range(samples))
    labels = tuple(Fraction(10**900 + k, 10**900 - 1) for k in range(samples))
    claim = replicated_minimum.Claim(
        inputs, labels, "none", (1, 1), Fraction(1), Fraction(0), Fraction(2), Fraction(1), 1
    )
    return _bytes("sigmoid", claim, replicated_minimum.Evidence(((1, 1),) * 9, (Fraction(1, 3),) * 9))


def _witness(text: str, refutes: Any, rule: Any, witness: Fraction) -> bytes:
    evidence = activation_counterexample.Evidence(rule, witness)
    return _bytes(text, activation_counterexample.Claim(refutes), evidence)


def _folds(text: str, radius: int, cells: int) -> bytes:
    claim = nondegenerate_activation.Claim("nonzero", "nonzero", "positive")
    tiles = _cells(0, radius, cells)
    evidence = nondegenerate_activation.Evidence(Fraction(radius), tiles, "slope-sum", tiles)
    return _bytes(text, claim, evidence)


def _global(text: str, lemma: Any, cells: int, quadrature: Any = "integral") -> bytes:
    near, far = _cells(0, 1, cells), _cells(0, 1, cells)
    power, decay = {"even": (4, Fraction(4)), "softplus": (6, Fraction(3)), "step": (2, Fraction(2))}[lemma]
    middle: tuple[Any, ...] = ()
    first = second = None
    if lemma == "step":
        middle = _cells(1, 2, cells)
        first, second = zhong_rho_global.HermiteChoice(12, 1), zhong_rho_global.HermiteChoice(11, 1)
    evidence = zhong_rho_global.Evidence(lemma, near, middle, far, first, second, quadrature)
    return _bytes(text, zhong_rho_global.Claim(power, decay, Fraction(1, 10**30)), evidence)


_SIGMA = Fraction(10**9)

ACTIVATIONS: dict[tuple[str, str], Case] = {
    ("gaussian-moment", "long σ, exact"): lambda: _moment(_POLYNOMIAL, "exact", 53, _long_rational(3_900)),
    ("gaussian-moment", "long σ, taylor"): lambda: _moment("tanh", "taylor", 53, _long_rational(3_900)),
    ("gaussian-moment", "nested powers, exact"): lambda: _moment("(z+1/3)^64", "exact", 53, Fraction(1), 4),
    ("gaussian-moment", "4,096 bits, integral"): lambda: _moment("gelu", "integral", 4_096),
    ("gaussian-moment", "4,096 bits, taylor"): lambda: _moment("gelu", "taylor", 4_096),
    ("gaussian-moment", "2,000 bits, trapezoid"): lambda: _moment("tanh", "trapezoid", 2_000),
    ("gaussian-moment", "erf of erf"): lambda: _moment(_ERFS[:1950].rpartition("+")[0], "integral", 4_096),
    ("gaussian-moment", "breakpoints"): lambda: _moment(_breakpoints(), "integral", 1_000),
    ("gaussian-moment", "large σ"): lambda: _moment(_LONG, "integral", 53, _SIGMA),
    ("zhong-rho", "4,096 bits, long formula"): lambda: _rho(_LONG, "integral", 4_096),
    ("zhong-rho", "taylor, long formula"): lambda: _rho(_LONG, "taylor", 4_096),
    ("zhong-rho", "long σ, exact"): lambda: _rho(_POLYNOMIAL, "exact", 53, _long_rational(3_900)),
    ("zhong-rho", "tails"): lambda: _rho(_TAILS, "integral", 64),
    ("tensor-constant", "4,096 bits"): lambda: _tensor(_LONG, "integral", 4_096, Fraction(1, 10**9)),
    ("tensor-constant", "long σ, exact"): lambda: _tensor(_POLYNOMIAL, "exact", 53, _long_rational(3_900)),
    ("tensor-constant", "erf of erf, taylor"): lambda: _tensor(_ERFS[:1950].rpartition("+")[0], "taylor", 4_096),
    ("orthogonal-population-convexity", "many units"): lambda: _convexity("tanh", "integral", 64, weights=4_096),
    ("orthogonal-population-convexity", "4,096 bits"): lambda: _convexity(_LONG, "taylor", 4_096),
    ("orthogonal-population-convexity", "long σ"): lambda: _convexity(_POLYNOMIAL, "exact", 53, _long_rational(3_900)),
    ("population-strong-convexity", "many weights"): lambda: _population("relu", 24, 24, 64, 2),
    ("population-strong-convexity", "64 units, series"): lambda: _population("tanh", 64, 6, 64, 256, Fraction(1, 60)),
    ("population-strong-convexity", "1,024 terms"): lambda: _population("mish", 4, 4, 256, 1_024, Fraction(1, 20)),
    ("population-strong-convexity", "4,096 bits"): lambda: _population("gelu", 2, 2, 4_096, 1_024, Fraction(1, 20)),
    ("population-strong-convexity", "many nodes"): lambda: _population("tanh", 2, 2, 64, 64, Fraction(20)),
    ("population-strong-convexity", "long numbers"): lambda: _population("erf", 12, 12, 53, 2, _long_rational(1_500)),
    ("population-null-direction", "64 units"): lambda: _null_direction(64, 64, 700),
    ("population-null-direction", "long numbers"): lambda: _null_direction(13, 12, 8_000, denominators=True),
    ("slope-growth", "64 cells, breakpoints"): lambda: _slopes(_breakpoints(), 2_048, 64),
    ("slope-growth", "4,096 cells, breakpoints"): lambda: _slopes(_breakpoints(), 2_048, 4_096),
    ("slope-growth", "products of tails"): lambda: _slopes(_TAILS, 64, 64),
    ("lipschitz-slope", "4,096 cells, long formula"): lambda: _bends(_LONG, 64, 4_096),
    ("lipschitz-slope", "smooth breakpoints"): lambda: _bends(_smooth_breakpoints(), 64, 4_096),
    ("positive-rho", "nested powers"): lambda: _signs(_NESTED, 4, 4_096),
    ("positive-rho", "third term"): lambda: _third_term("gelu", 4_096),
    ("positive-rho", "third term, long formula"): lambda: _third_term(_LONG, 256),
    ("replicated-minimum", "samples"): lambda: _repeated(9, 2_000),
    ("replicated-minimum", "multiples"): lambda: _repeated(4_000, 60),
    ("piecewise-affine", "breakpoints"): lambda: _affine(_breakpoints()),
    ("piecewise-affine", "long formula"): lambda: _affine(_LONG),
    ("activation-counterexample", "long σ"): lambda: _witness(
        _POLYNOMIAL, "P2", "nonpositive-rho", _long_rational(3_900)
    ),
    ("activation-counterexample", "growth, long formula"): lambda: _witness(_LONG, "P3a", "growth", Fraction(64)),
    ("nondegenerate-activation", "4,096 cells, long formula"): lambda: _folds(_LONG, 64, 4_096),
    ("nondegenerate-activation", "smooth breakpoints"): lambda: _folds(_smooth_breakpoints(), 64, 1_024),
    ("zhong-rho-global", "even"): lambda: _global("tanh", "even", 4_096),
    ("zhong-rho-global", "softplus"): lambda: _global("softplus", "softplus", 4_096),
    ("zhong-rho-global", "step"): lambda: _global("gelu", "step", 4_096),
    ("zhong-rho-global", "step, taylor"): lambda: _global("gelu", "step", 1_024, "taylor"),
    ("zhong-rho-global", "step, long formula"): lambda: _global(_LONG, "step", 32),
}
