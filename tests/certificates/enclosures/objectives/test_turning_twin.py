"""The formulas on paper under attack: nothing on the ball exceeds them, and each wrong version is exceeded."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.enclosures.objectives.point import evaluate
from certificates.enclosures.objectives.turning import turning
from certificates.errors import EnclosureFailure
from tests.support.turning_attack import climb_derivatives, climb_hessian, climb_sums, random_objective
from tests.twins.objective_turning import FAULTS, turned

# a problem and a quantity for which the wrong version is seen after this many steps
SEEN = {
    "no coupling of layers": (0, "beta", 60),
    "coupling once": (0, "beta", 60),
    "no second derivatives of earlier layers": (0, "beta", 60),
    "no third derivative of the activation": (5, "gamma", 60),
    "bend once": (202, "T", 100),
    "third derivatives without the layer's own": (0, "T", 60),
    "weights stay": (276, "beta", 100),
    "inputs stay": (68, "beta", 60),
    "no one for the bias": (0, "T", 60),
    "range at the centre": (2, "beta", 60),
    "entries of weights": (28, "T", 60),
    "probabilities stay": (9, "beta", 60),
    "curvature of the loss once": (2, "h1", 25),
    "gradients stay": (2, "h1", 25),
    "no third order": (0, "gamma", 60),
    "one sample": (17, "gamma", 60),
    "outer weights stay": (430, "beta", 100),
    "inner products not squared": (2, "beta", 60),
    "slots apart": (28, "gamma", 60),
}


def _problem(seed):
    rng = np.random.default_rng(seed)
    network, name = random_objective(rng, tiny=seed % 2 == 0)
    return network, name, 10.0 ** rng.uniform(-3, 0)


def _ratio(seed, kind, steps, fault):
    """The largest ratio found to the bound of a version; weights of sums over samples are the right ones."""
    network, name, radius = _problem(seed)
    rng, bounds = np.random.default_rng((seed, 1)), turned(network, name, radius, fault)
    if kind == "T":
        tables = [bounds.first, bounds.second, bounds.third]
        return climb_derivatives(rng, network, name, radius, tables, steps)
    if kind == "h1":
        return climb_hessian(rng, network, name, radius, bounds.by_samples, steps)
    right = turned(network, name, radius)
    weights, order, bound = (right.steep, 2, bounds.beta) if kind == "beta" else (right.pull, 3, bounds.gamma)
    return climb_sums(rng, network, name, radius, weights, order, bound, steps)


def test_every_fault_has_its_problem():
    assert set(SEEN) == set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_version_is_exceeded_where_the_right_one_holds(fault):
    seed, kind, steps = SEEN[fault]
    assert _ratio(seed, kind, steps, fault) > 1.004
    assert _ratio(seed, kind, steps, "") <= 1 + 1e-9


def _attack(seed: int) -> float:
    """The largest ratio to the judge's own numbers of one random problem."""
    rng = np.random.default_rng((seed, 2))
    network, name = random_objective(rng, tiny=bool(rng.random() < 0.5))
    radius = 10.0 ** rng.uniform(-4, 0)
    try:
        with precision(128):
            found = turning(evaluate(network), radius)
    except EnclosureFailure:  # overflow: no bound, no claim
        return 0.0
    tables = [found.first[None], found.second[None], found.third[None]]
    worst = climb_derivatives(rng, network, name, radius, tables, 60, outputs=True)
    for bound in (found.by_samples, found.by_sums):
        if bound is not None and upper(bound) > 0:
            worst = max(worst, climb_hessian(rng, network, name, radius, upper(bound), 25))
    return worst


@pytest.mark.slow
def test_the_judges_numbers_hold_on_random_problems():
    with np.errstate(all="ignore"):
        assert max(_attack(seed) for seed in range(150)) <= 1 + 1e-9
