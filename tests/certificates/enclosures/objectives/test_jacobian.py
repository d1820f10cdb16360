"""Norms of samples' Jacobians, beside Jacobians in floats by the definition."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.enclosures.objectives.jacobian import jacobian_norms
from certificates.enclosures.objectives.point import evaluate
from tests.support.objective_nets import draw_network, jacobians_by_differences


@pytest.mark.parametrize("widths", [(2, 3, 1), (3, 4, 2), (2, 3, 3, 2)])
@pytest.mark.parametrize("frozen", [(), (0,), (1,)])
def test_norms_of_samples(widths, frozen):
    network = draw_network(2, widths, "squared", frozen=frozen)
    with precision(128):
        found = jacobian_norms(evaluate(network))
    truth = np.linalg.norm(jacobians_by_differences(network), 2, axis=(1, 2))
    assert (found >= truth * (1 - 1e-8)).all() and (found <= truth * 1.02 + 1e-12).all()
