"""Which bound of β the search takes: the smallest that is affordable and fits the activations."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.naive import random_network
from verify.search.landscape import curvature_forms, survey


def _network(widths, samples, name="tanh"):
    return random_network(np.random.default_rng(1), widths, samples, name, residual=1e-7)


@pytest.mark.parametrize(
    ("widths", "samples", "name", "forms"),
    [
        ((2, 9, 1), 4, "elu(1)", ("per-unit", "one-hidden-layer")),
        ((2, 6, 6, 1), 4, "tanh", ("sample-centre", "adjoint")),
        ((2, 6, 6, 1), 4, "softsign", ("adjoint",)),
        ((2, 30_000, 1), 1_500, "tanh", ("one-hidden-layer",)),
        ((2, 600, 600, 1), 300, "tanh", ("adjoint",)),
    ],
)
def test_the_smallest_bound_that_fits_comes_first(widths, samples, name, forms):
    assert curvature_forms(_network(widths, samples, name)) == forms


@pytest.mark.parametrize(("widths", "form"), [((2, 12, 1), "per-unit"), ((2, 6, 6, 1), "adjoint")])
def test_what_is_admissible_is_a_fine_sum_over_the_radii(widths, form):
    seen = survey(_network(widths, 4), form)
    radii, betas = (
        np.linspace(0, seen.radii[-1], 20_001),
        np.interp(np.linspace(0, seen.radii[-1], 20_001), seen.radii, seen.betas),
    )
    sigma = seen.smallest - np.concatenate([[0.0], np.cumsum((betas[1:] + betas[:-1]) / 2 * np.diff(radii))])
    wanted = np.sum(np.maximum(sigma, 0)) * (radii[1] - radii[0])
    assert seen.admissible == pytest.approx(wanted, rel=1e-2)
    assert seen.smallest == pytest.approx(np.sqrt(seen.eigenvalues[0]), rel=1e-6)
