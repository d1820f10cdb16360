"""`activation-property`: suprema by climbing, signs and jumps at points, ρ, μ and γ by independent moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import exact, precision, rational_ends
from certificates.claims.activation_property import AssumedTail, Claim, Evidence, Zero
from tests.support.activations import tiling
from tests.truth._activations import Instance, catalogued, draw_instance, shipped_evidence, spline
from tests.truth._formulas import ARB, FLOATS, series
from tests.truth._moments import BITS, hermite_means, zhong
from tests.truth.gaussian_moment import defined
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case

SAMPLE = 40
_NAMES = ("P1", "P1'", "not-P1", "P2", "not-P2", "P3a-lipschitz", "P3a-strict", "not-P3a", "P3b", "not-P3b")
_LAST = ("A2.3(a)", "A2.3(b)", "A2.3(a) for σ > 0", "A2.3(b) for σ > 0")
_LARGE = Fraction(10**60)
_SIGMAS = (Fraction(1, 8), Fraction(1), Fraction(5))
_FAR = 400.0


def draw(rng: np.random.Generator) -> Case:
    """Any property with evidence that fits it, coarse cells now and then, and evidence of another rule."""
    instance, name = draw_instance(rng), str(rng.choice(_NAMES if rng.random() < 0.85 else _LAST))
    if name == "P3b" and rng.random() < 0.7:
        instance = spline(rng, powers=(1,), degree=1)
    claim, evidence = _claim(rng, name), _evidence(rng, name)
    if rng.random() < 0.02:  # the one rule for P2 that needs cells of σ, on what it was made for and on something else
        instance = catalogued(rng, ("gelu",)) if rng.random() < 0.5 else instance
        claim, evidence = Claim("P2"), shipped_evidence("gelu.P2")
    given = frozenset({"slope_growth"})
    return Case(claim, evidence, instance.problem, lambda verdict: _truth(verdict, instance), given=given)


def _claim(rng: np.random.Generator, name: Any) -> Claim:
    power = int(rng.integers(0, 4))
    match name:
        case "P1":
            return Claim(name, slope_bound=_LARGE, power=power)
        case "P1'":
            return Claim(name, slope_bound=_LARGE, slope_growth=Fraction(int(rng.integers(0, 20))), power=power)
        case "P3a-lipschitz" | "P3a-strict":
            return Claim(name, curvature_bound=_LARGE)
        case "P3b":
            return Claim(name, kinks=99)
        case _:
            return Claim(name)


def _evidence(rng: np.random.Generator, name: str) -> Evidence:
    radius = int(rng.choice([16, 16, 32, 64]))
    parts = int(rng.choice([1, 2, 4, 8])) if radius < 64 else 1
    cells = tiling(-radius, radius, parts)
    zeros = tuple(Zero(Fraction(int(p)), int(rng.integers(1, 4))) for p in {0, int(rng.integers(-3, 4))})
    tail = AssumedTail(Fraction(0), Fraction(0), 0, Fraction(0)) if rng.random() < 0.1 else None
    witness = Fraction(int(rng.integers(-24, 25)), 4)
    given: dict[str, Any] = {"radius": Fraction(radius), "witness": witness, "zeros": zeros, "tail": tail}
    folded = tiling(0, radius, parts)
    match name:
        case "not-P1":
            return Evidence("witness" if rng.random() < 0.7 else "growth", **given)
        case "not-P2":
            return Evidence("witness", witness=abs(witness))
        case "not-P3a":
            return Evidence("identity" if rng.random() < 0.5 else "growth", **given)
        case "P3b":
            return Evidence("identity")
        case "not-P3b":
            return Evidence("witness", **given)
        case "A2.3(a)" | "A2.3(a) for σ > 0":
            mean = str(rng.choice(["identity", "slope-sum", "closed-form"]))
            return Evidence("slope-difference", Fraction(radius), folded, mean=mean, mean_cells=folded)  # type: ignore[arg-type]
        case "A2.3(b)" | "A2.3(b) for σ > 0":
            mean = str(rng.choice(["identity", "slope-sum", "closed-form"]))
            return Evidence("identity", Fraction(radius), mean=mean, mean_cells=folded)  # type: ignore[arg-type]
        case _:
            return Evidence("sign", cells=cells, **given)


# ---- truth ---------------------------------------------------------------------------------------------------------


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if instance.is_treacherous or verdict.conditional:
        return
    with precision(BITS):
        yield from _HOLDS[verdict.proved.traits.family](verdict.proved, instance)


def _at(instance: Instance, point: Fraction, derivative: int, *, left: bool = True) -> Any:
    """A ball around φ^(k), from the left at a breakpoint."""
    index = sum(b < point if left else b <= point for b in instance.breaks)
    return series(instance.pieces[index], exact(point), 3, ARB)[derivative] * (1, 1, 2, 6)[derivative]


def _climb(instance: Instance, derivative: int, score: Callable[[Any, Any], Any]) -> list[Fraction]:
    """Points that look worst: the best of a grid of doubles on each piece, and a finer grid around it."""
    ends = [-_FAR, *map(float, instance.breaks), _FAR]
    found = []
    for piece, left, right in zip(instance.pieces, ends, ends[1:], strict=False):
        inside = (right - left) * 2.0**-30  # at an end the other piece would be asked
        low, high = left + inside, right - inside
        grid = np.unique(np.concatenate([np.linspace(low, high, 801), np.clip(np.linspace(-8, 8, 401), low, high)]))
        for _ in range(3):
            with np.errstate(all="ignore"):
                values = score(grid, series(piece, grid, 3, FLOATS)[derivative] * (1, 1, 2, 6)[derivative])
            best = grid[np.nanargmax(np.where(np.isnan(values), -np.inf, values))]
            found.append(Fraction(float(best)))
            width = (grid[-1] - grid[0]) / max(len(grid) - 1, 1)
            grid = np.clip(np.linspace(best - width, best + width, 101), low, high)
    return found


def _grows(instance: Instance, derivative: int) -> bool:
    """Whether |φ^(k)| is far larger far out than nearer."""
    sides = [
        (_at(instance, sign * Fraction(2**200), derivative), _at(instance, sign * Fraction(2**10), derivative))
        for sign in (1, -1)
    ]
    return any(abs(far) > 2 * abs(near) for far, near in sides)


def _slope(claim: Claim, instance: Instance) -> Iterator[Held]:
    """P1, P1' and not-P1."""
    lows = _climb(instance, 1, lambda _, slope: -slope)
    smallest = min(rational_ends(_at(instance, z, 1))[1] for z in lows)
    if claim.traits.is_negation:
        yield statement("φ' < 0 somewhere, or unbounded", smallest < 0 or _grows(instance, 1))
        return
    yield at_least("φ' ≥ 0", 0, smallest)
    power, growth = claim.power or 0, claim.slope_growth
    if growth is None:
        points = _climb(instance, 1, lambda z, slope: slope / np.abs(z) ** power)
        ratios = [rational_ends(_at(instance, z, 1))[0] / abs(z) ** power for z in points if z or not power]
    else:
        points = _climb(instance, 1, lambda z, slope: slope - float(growth) * np.abs(z) ** power)
        ratios = [rational_ends(_at(instance, z, 1))[0] - growth * abs(z) ** power for z in points]
    yield at_most("slope_bound", claim.slope_bound, max(ratios))


def _rho(claim: Claim, instance: Instance) -> Iterator[Held]:
    """P2 and not-P2."""
    sigmas = [s for s in (*_SIGMAS, *(Fraction(k, 4) for k in range(1, 25))) if instance.is_resolved(s)]
    if not claim.traits.is_negation:
        for sigma in sigmas[:3]:
            yield statement(f"ρ({sigma}) > 0", not any(term < 0 for term in zhong(instance, sigma)))
    elif len(sigmas) == 27 and instance.polynomials is not None:
        can_vanish = any(not all(term > 0 for term in zhong(instance, sigma)) for sigma in sigmas)
        yield statement("ρ(σ) ≤ 0 somewhere", can_vanish)


def _curvature(claim: Claim, instance: Instance) -> Iterator[Held]:
    """P3a and not-P3a."""
    gaps = [abs(_at(instance, b, 1) - _at(instance, b, 1, left=False)) for b in instance.breaks]
    points = _climb(instance, 2, lambda _, curvature: np.abs(curvature))
    largest = max(rational_ends(abs(_at(instance, z, 2)))[0] for z in points)
    if claim.traits.is_negation:
        yield statement("φ' jumps or φ'' grows", any(not gap < 1e-60 for gap in gaps) or _grows(instance, 2))
        return
    yield statement("φ' does not jump", not any(gap > 0 for gap in gaps))
    yield at_most("curvature_bound", claim.curvature_bound, largest)
    if claim.property == "P3a-strict":
        bends = [abs(_at(instance, b, 2) - _at(instance, b, 2, left=False)) for b in instance.breaks]
        yield statement("φ'' exists", not any(bend > 0 for bend in bends))


def _kinks(claim: Claim, instance: Instance) -> Iterator[Held]:
    """P3b and not-P3b."""
    points = _climb(instance, 2, lambda _, curvature: np.abs(curvature))
    bent = any(_at(instance, z, 2) > 0 or _at(instance, z, 2) < 0 for z in points)
    if claim.traits.is_negation:
        yield statement("φ'' ≠ 0 somewhere", bent)
        return
    yield statement("φ'' = 0 between kinks", not bent)
    gaps = [abs(_at(instance, b, 1) - _at(instance, b, 1, left=False)) for b in instance.breaks]
    yield at_most("kinks", claim.kinks, sum(bool(gap > 0) for gap in gaps))


def _averages(claim: Claim, instance: Instance) -> Iterator[Held]:
    """A2.3: μ of one sign or 0, γ nonzero or 0, both by the values of φ."""
    signs = set()
    for sigma in (s for s in _SIGMAS if instance.is_resolved(s)):
        mean, curvature, *_ = hermite_means(instance, sigma)
        signs.add(1 if mean > 0 else -1 if mean < 0 else 0)
        vanishes = bool(curvature.contains(0))
        yield statement(f"γ({sigma}) {claim.traits.gamma}", vanishes if claim.traits.gamma == "zero" else not vanishes)
    yield statement("μ of one sign", len(signs) <= 1)
    gaps = [abs(_at(instance, b, 1) - _at(instance, b, 1, left=False)) for b in instance.breaks]
    yield statement("φ' does not jump", not any(gap > 0 for gap in gaps))


_HOLDS: dict[str, Callable[[Claim, Instance], Iterator[Held]]] = {
    "P1": _slope,
    "P2": _rho,
    "P3a": _curvature,
    "P3b": _kinks,
    "A2.3": _averages,
}
