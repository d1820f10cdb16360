"""The estimate of the work against the meter's count of it, which no clock enters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates import Dense
from certificates.arithmetic.arb import precision
from certificates.arithmetic.effort import FLOPS_PER_OPERATION, limited_effort, remaining_effort
from certificates.checks.objective_workload import objective_workload
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.enclosures.objectives.derivatives import output_derivatives
from certificates.enclosures.objectives.hessian import gradient, hessian, objective_value
from certificates.enclosures.objectives.jacobian import jacobian_norms
from certificates.enclosures.objectives.point import evaluate
from certificates.enclosures.objectives.turning import turning
from certificates.memory import forget
from tests.support.naive import random_network
from tests.support.objectives import softmax
from tests.support.planted_frozen import random_frozen

ALLOWED = DEFAULT_BUDGET / FLOPS_PER_OPERATION
SHAPES = [((4, 8, 3), 100), ((20, 8, 6, 5), 100), ((5, 4, 4, 4, 4, 2), 40), ((3, 40, 2), 50)]


def _network(widths, samples):
    return softmax(random_network(np.random.default_rng(1), widths, samples))


def _spent(action) -> float:
    forget()
    with precision(128), limited_effort(ALLOWED):
        action()
        return ALLOWED - remaining_effort()


FIRST, SECOND = {"hessians": 0, "spectra": 0, "turnings": 1}, {"grams": 2, "turnings": 1, "products": 1}


def _estimate(network, counts) -> float:
    work = objective_workload(network, **counts)
    return work.operations / FLOPS_PER_OPERATION + work.scalars


def _first_order(network) -> None:
    point = evaluate(network)
    gradient(point)
    objective_value(point)
    output_derivatives(point, 1e-3)
    jacobian_norms(point)


def _second_order(network) -> None:
    point = evaluate(network)
    gradient(point)
    objective_value(point)
    found = hessian(point)
    turning(point, 1e-3)
    found.smallest_eigenvalue(-1e3)
    found.largest_eigenvalue(1e3)


@pytest.mark.parametrize(("widths", "samples"), SHAPES)
def test_checks_cost_what_is_estimated(widths, samples):
    network = _network(widths, samples)
    for counts, action in ((FIRST, _first_order), (SECOND, _second_order)):
        spent, estimate = _spent(lambda action=action: action(network)), _estimate(network, counts)
        assert 0.7 * spent <= estimate <= 3 * spent


def test_digits_fit_the_default_budget_and_ten_thousand_parameters_a_larger_one():
    digits = _network((64, 32, 10), 1797)
    assert objective_workload(digits, **SECOND).excess("fast", DEFAULT_BUDGET) is None
    assert objective_workload(_network((64, 16, 16, 10), 1797), **SECOND).excess("fast", DEFAULT_BUDGET) is None
    large = objective_workload(_network((64, 130, 10), 200), **SECOND)
    assert large.excess("fast", DEFAULT_BUDGET) is not None
    assert large.excess("fast", 20 * DEFAULT_BUDGET) is None


def test_many_samples_and_outputs_count():
    few, many = (objective_workload(_network((4, 5, 3), n), **SECOND) for n in (100, 5_000))
    assert many.operations > 20 * few.operations and many.entries > 10 * few.entries


def test_a_teacher_is_work_too():
    """A small file may hold a teacher of many units: its pass is in the estimate, and so is what it holds."""
    network = random_frozen(np.random.default_rng(0), "tanh", 2, 2, 100)
    wide = tuple(Dense(np.ones(shape), None, False) for shape in ((300, 2), (1, 300)))
    planted = replace(network, teacher=wide)
    small, large = (objective_workload(each, hessians=0, spectra=0) for each in (network, planted))
    assert large.activations - small.activations > 100 * 290 and large.entries - small.entries > 100 * 290
    assert large.operations - small.operations > 100 * 290 * 40
    spent = _spent(lambda: evaluate(planted))
    assert spent < large.operations / FLOPS_PER_OPERATION + large.scalars + 30 * large.activations
