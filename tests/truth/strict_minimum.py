"""`strict-minimum`: Newton at 200 bits, eigenvalues there, points of the ball climbed, descent and loops run."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Accepted
from certificates.claims.strict_minimum import Claim, Evidence, FloatLoop, FloatLoopEvidence
from tests.truth._balls import bits, high, low
from tests.truth._minima import NOTHING, Drawn, draw_minimum, truth_of_the_minimum
from tests.truth._objectives import BITS, eigenvalues_at, slope_at
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from tests.twins.hyper_dual import derivative_along
from verify.numeric.smooth_objective import FloatObjective

SAMPLE = 6

_STEPS, _LOOP = 2, 30


def draw(rng: np.random.Generator) -> Case:
    """Minima of any smooth objective, with loops whose steps and errors may be too large."""
    drawn = draw_minimum(rng)
    found, loop = drawn.evidence, None
    if rng.random() < 0.6:
        step = 2 / max(found.shift_lower + found.shift_upper, 1e-300) * float(rng.choice([0.3, 0.9, 0.99, 1.01]))
        error = found.inner_radius * found.shift_lower * 10.0 ** rng.uniform(-4, 0)
        loop = FloatLoopEvidence(float(step), float(error), float(10.0 ** rng.uniform(-12, -2)))
    evidence = Evidence(found.radius, found.inner_radius, found.shift_lower, found.shift_upper, found.correction, loop)
    claimed = None
    if loop is not None:
        ends = (0.0, 1e308) if drawn.flat else (None, None)
        claimed = FloatLoop(loop.step_size, 0.0, 1e308, *ends)
    claim = Claim(found.radius, found.radius, 5e-324, 1e308, -1e308, 1e308, 0.0, drawn.flat, claimed)
    seed = int(rng.integers(2**32))
    return Case(claim, evidence, drawn.network, lambda verdict: _truth(verdict, drawn, seed))


def _truth(verdict: Accepted, drawn: Drawn, seed: int) -> Iterator[Held]:
    rng, proved = np.random.default_rng(seed), verdict.proved
    point = None
    for each in truth_of_the_minimum(verdict, drawn, rng):
        if isinstance(each, Held):
            yield each
        else:
            point = each
    if point is None:
        return
    values = [value for value in eigenvalues_at(drawn.network, point) if abs(value) > NOTHING]
    if values:
        yield at_least("strong_convexity", proved.strong_convexity, values[0] + NOTHING)
        yield at_most("smoothness", proved.smoothness, values[-1] - NOTHING)
    with bits(BITS):
        nowhere = [0.0] * len(drawn.start)
        value = derivative_along(drawn.network, point, nowhere, nowhere).a
        yield at_least("value_lower", proved.value_lower, high(value) + NOTHING)
        yield at_most("value_upper", proved.value_upper, low(value) - NOTHING)
        if proved.step_size_max > 0:
            yield from _descent(proved, drawn, point)
    if proved.float_loop is not None:
        yield from _run_of_a_loop(proved, drawn, point, rng)


def _apart(first, second) -> arb:
    squares = sum(((a - b) ** 2 for a, b in zip(first, second, strict=True)), arb(0))
    return squares.nonnegative_part().sqrt()


def _descent(proved: Claim, drawn: Drawn, point: list) -> Iterator[Held]:
    """Exact steps of the largest size: by which factor the distance falls."""
    step = arb(proved.step_size_max)
    here = [arb(float(entry)) for entry in drawn.start]
    for _ in range(_STEPS):
        slope = slope_at(drawn.network, here)
        after = [w - step * g for w, g in zip(here, slope, strict=True)]
        before = _apart(here, point)
        if low(before) < NOTHING * 10**8:
            return
        fallen = (1 - _apart(after, point) / before) / step
        if not fallen.is_finite():
            return
        yield at_least("rate", proved.strong_convexity, high(fallen) + Fraction(1, 10**15))
        here = after


def _run_of_a_loop(proved: Claim, drawn: Drawn, point: list, rng: np.random.Generator) -> Iterator[Held]:
    """Steps in binary64, each gradient off by nearly ε_g along one direction: the softest, a flat one, or any."""
    loop, objective = proved.float_loop, FloatObjective(drawn.network)
    values, vectors = np.linalg.eigh(objective.hessian(drawn.start))
    away = vectors[:, int(np.argmin(np.abs(values)))] if rng.random() < 0.7 else rng.normal(size=len(drawn.start))
    away = away / np.linalg.norm(away)
    w = drawn.start + 0.0
    scale = float(np.abs(values).max()) * (1 + float(np.linalg.norm(w)))
    error = max(loop.gradient_error * (1 - 1e-9) - 1e-16 * scale, 0.0)
    for _ in range(_LOOP):
        exact = objective.gradient(w.astype(np.longdouble)).astype(np.float64)
        w = w - loop.step_size * (exact - error * away)
    moved = w - drawn.start
    flat = drawn.rows @ moved
    off = w - drawn.rows.T @ flat
    with bits(BITS):
        distance = _apart([arb(float(entry)) for entry in off], point)
        first = _apart([arb(float(entry)) for entry in drawn.start], point)
        share = (1 - arb(loop.step_size) * arb(proved.strong_convexity)) ** _LOOP
        spare = Fraction(1, 10**14) * Fraction(1 + float(np.linalg.norm(w)))  # of the projection, in floats
        spare = spare if drawn.flat else Fraction(0)
        yield at_most("float_loop.drift", loop.drift, low(distance - share * first) - spare)
    if loop.flat_drift is not None and loop.horizon >= _LOOP:
        yield at_most("float_loop.flat_drift", loop.flat_drift, Fraction(float(np.linalg.norm(flat))) - spare)
