"""`strong-convexity`: forms at points of the ball in Arb, the minimiser by Newton at 200 bits, a step of descent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Accepted, Network
from certificates.claims.strong_convexity import Claim, Evidence, HessianShifts, Minimiser
from certificates.enclosures.objectives.flat import flat_directions
from certificates.errors import EnclosureFailure
from certificates.language.frozen_output import FrozenShifts
from tests.support.frozen import given, planted
from tests.support.minima import fitted
from tests.truth._balls import bits, high, low
from tests.truth._objectives import BITS, curvature_at, distance_below, draw_objective, slope_at, solved
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case
from tests.twins.hyper_dual import derivative_along
from verify.numeric.smooth_objective import FloatObjective
from verify.search.frozen_shifts import frozen_shifts
from verify.search.minimum import basin_of, flat_basis

SAMPLE = 12

_POINTS = 12
_PLANTED = Fraction(1, 10**11)  # of the largest curvature: labels of the twin are the teacher's in binary64
_NOTHING = Fraction(1, 10**30)


def draw(rng: np.random.Generator) -> Case:
    """Any smooth objective near a minimum, or one hidden layer under a frozen output at its teacher or near it."""
    network = _frozen(rng) if rng.random() < 0.6 else fitted(draw_objective(rng), steps=30)
    twin = network if network.teacher is None else given(network)
    basin, flat = basin_of(twin), flat_directions(network)
    least, most = (1e-3, 1.0) if basin is None else (max(basin.smallest, 1e-300), basin.largest)
    size = float(least * 10.0 ** rng.uniform(-3, 0.3))
    shifts = HessianShifts(
        least * float(rng.choice([1 - 1e-9, 0.9, 1.001])), most * float(rng.choice([1 + 1e-9, 1.1, 0.99]))
    )
    frozen = _bent_shifts(rng, network)
    uses = frozen is None or rng.random() < 0.7
    evidence = Evidence(size, shifts if uses else None, frozen)
    labels = "given" if network.teacher is None else "planted"
    inside = Minimiser(size, -1e308, 1e308) if rng.random() < 0.7 else None
    claim = Claim(labels, size, 5e-324, 1e308, inside, flat)
    seed = int(rng.integers(2**32))
    return Case(claim, evidence, network, lambda verdict: _truth(verdict, network, twin, seed))


def _frozen(rng: np.random.Generator) -> Network:
    k, d, n = int(rng.integers(1, 3)), int(rng.integers(1, 4)), int(rng.integers(4, 14))
    rows, weights = rng.normal(size=(n, d)), rng.normal(size=(k, d))
    if rng.random() < 0.1:
        rows[:, 0] = 0.0
    if rng.random() < 0.1:
        weights[-1] = weights[0]
    student = weights + rng.normal(size=(k, d)) * 10.0 ** rng.uniform(-9, -2)
    outer = rng.normal(size=(1, k)) * float(rng.choice([1.0, 1.0, 30.0]))
    name = str(rng.choice(["tanh", "softplus(1)", "sin"]))
    network = planted(rows, weights, None if rng.random() < 0.5 else student, name, outer)
    kind = rng.random()
    if kind < 0.3:
        return given(network, float(10.0 ** rng.uniform(-9, 0)), int(rng.integers(2**31)))
    if kind < 0.4:
        return replace(
            network, objective=replace(network.objective, loss=replace(network.objective.loss, scale=Fraction(7)))
        )
    return network


def _bent_shifts(rng: np.random.Generator, network: Network) -> FrozenShifts | None:
    try:
        found = frozen_shifts(network)
    except EnclosureFailure:
        return None
    if found is None or rng.random() < 0.2:
        return None
    factors = [float(rng.choice([1.0, 1.0, 1.0, 0.5, 0.99])) for _ in range(4)]
    fourth = None if found.fourth_moment is None or rng.random() < 0.2 else found.fourth_moment / factors[3]
    theta = found.theta if rng.random() < 0.8 else Fraction(0)
    lower = found.gram_lower * (factors[0] if rng.random() < 0.8 else 1.01)
    return FrozenShifts(lower, found.gram_upper / factors[1], found.covariance_upper / factors[2], theta, fourth)


# ---- truth --------------------------------------------------------------------------------------------------------


def _truth(verdict: Accepted, network: Network, twin: Network, seed: int) -> Iterator[Held]:
    """``twin`` has the labels in binary64."""
    rng, proved = np.random.default_rng(seed), verdict.proved
    rows = flat_basis(network, proved.flat).T
    objective = FloatObjective(twin)
    start = objective.initial()
    spare = Fraction(0) if network is twin else _PLANTED * Fraction(1 + float(np.abs(objective.hessian(start)).max()))
    for side in (-1, 1):
        point, along = _extreme(rng, objective, start, rows, proved.radius, side)
        quotient = curvature_at(twin, point, along) / sum((arb(float(x)) ** 2 for x in along), arb(0))
        if side < 0:
            yield at_least("strong_convexity", proved.strong_convexity, high(quotient) + spare)
        else:
            yield at_most("smoothness", proved.smoothness, low(quotient) - spare)
    if proved.minimiser is not None:
        exact = network is not twin and proved.minimiser.distance == 0
        yield from _minimiser(rng, proved, twin, start, rows, None if not exact else start)


def _extreme(rng, objective, start, rows, radius, side):
    """A point of the ball where an eigenvalue off the flat directions is extreme, climbed to, and its eigenvector."""
    lift = (1e6 if side < 0 else 0.0) * rows.T @ rows

    def value(w):
        values, vectors = np.linalg.eigh(objective.hessian(w) + lift)
        index = 0 if side < 0 else -1
        return side * float(values[index]), vectors[:, index]

    def inside(step):
        step = step - rows.T @ (rows @ step)
        return start + step * (radius * (1 - 1e-9) / max(float(np.linalg.norm(step)), 1e-300))

    best = max((inside(rng.normal(size=start.size)) for _ in range(_POINTS)), key=lambda w: value(w)[0])
    for _ in range(_POINTS):
        trial = inside(best - start + 0.5 * radius * rng.normal(size=start.size) / np.sqrt(start.size))
        best = max(best, trial, key=lambda w: value(w)[0])
    along = value(best)[1]
    return best, along - rows.T @ (rows @ along)


def _minimiser(rng, proved: Claim, twin: Network, start, rows, known) -> Iterator[Held]:
    """``known``: the minimiser where it is the teacher."""
    claimed = proved.minimiser
    point = solved(twin, start, rows) if known is None else [arb(float(x)) for x in known]
    if point is None:
        yield statement("existence", False)
        return
    with bits(BITS):
        spare = Fraction(1, 10**13) if known is None and proved.labels == "planted" else _NOTHING
        yield at_most("distance", claimed.distance, max(Fraction(0), distance_below(point, start) - spare))
        value = derivative_along(twin, point, [0.0] * len(start), [0.0] * len(start)).a
        if proved.labels == "given":
            yield at_least("value_lower", claimed.value_lower, high(value) + _NOTHING)
            yield at_most("value_upper", claimed.value_upper, low(value) - _NOTHING)
            if claimed.step_size_max > 0:
                yield from _descent(rng, proved, twin, start, rows, point)


def _descent(rng, proved: Claim, twin: Network, start, rows, point) -> Iterator[Held]:
    """One exact step from the rim of the starts."""
    step = rng.normal(size=start.size)
    step = step - rows.T @ (rows @ step)
    w = start + step * (proved.minimiser.start_radius * (1 - 1e-9) / max(float(np.linalg.norm(step)), 1e-300))
    here, slope = [arb(float(x)) for x in w], slope_at(twin, w)
    eta = arb(proved.minimiser.step_size_max)
    after = [x - eta * g for x, g in zip(here, slope, strict=True)]
    before, left = (sum(((a - b) ** 2 for a, b in zip(v, point, strict=True)), arb(0)).sqrt() for v in (here, after))
    if low(before) > Fraction(1, 10**20):
        fallen = (1 - left / before) / eta
        if fallen.is_finite():
            yield at_least("rate", proved.strong_convexity, high(fallen) + Fraction(1, 10**12))
