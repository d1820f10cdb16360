"""Which bound of β the search takes: the smallest that is affordable and fits the activations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.enclosures.networks.linearisation import linearise
from tests.support.naive import random_network
from verify.search import landscape as module
from verify.search.float_kernel import kernel_of
from verify.search.landscape import curvature_forms, survey, unproven_spectrum


def _network(widths, samples, name="tanh"):
    return random_network(np.random.default_rng(1), widths, samples, name, residual=1e-7)


@pytest.mark.parametrize(
    ("widths", "samples", "name", "forms"),
    [
        ((2, 9, 1), 4, "elu(1)", ("per-unit", "one-hidden-layer")),
        ((2, 6, 6, 1), 4, "tanh", ("sample-centre", "adjoint")),
        ((2, 6, 6, 1), 4, "softsign", ("adjoint",)),
        pytest.param((2, 30_000, 1), 1_500, "tanh", ("one-hidden-layer",), marks=pytest.mark.slow),
        ((2, 600, 600, 1), 300, "tanh", ("adjoint-per-unit",)),
    ],
)
def test_the_smallest_bound_that_fits_comes_first(widths, samples, name, forms):
    assert curvature_forms(_network(widths, samples, name)) == forms


def _twice(network, apart):
    moved = network.inputs + apart
    return replace(network, inputs=np.concatenate([network.inputs, moved]), targets=np.zeros((8, 1)))


@pytest.mark.parametrize("apart", [1e-12, 4e-6])
def test_a_kernel_singular_in_floats_or_in_the_bounds_is_told_before_any_curvature(apart, monkeypatch):
    twice = _twice(_network((2, 6, 6, 1), 4), apart)
    asked = []
    monkeypatch.setattr(module, "linearise", lambda *given, norms=(): asked.append(norms) or linearise(*given))
    found = unproven_spectrum(twice, kernel_of(twice))
    assert found.smallest < 1e-10 * found.largest and asked == ([()] if apart == 4e-6 else [])
    assert survey(twice, "recursion").smallest == 0  # as the judge finds


@pytest.mark.parametrize("apart", [1e-3, 1.0])
def test_a_kernel_that_may_be_proven_has_no_such_spectrum(apart):
    twice = _twice(_network((2, 9, 9, 1), 4), apart)
    assert unproven_spectrum(twice, kernel_of(twice)) is None
    assert survey(twice, "recursion").smallest > 0


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


def test_where_curvature_grows_fast_the_radii_are_small_enough():
    network = _network((2, 8, 8, 1), 4)
    wild = replace(network, inputs=3e3 * network.inputs)
    seen = survey(wild, "sample-centre")
    assert seen.smallest > 0 and seen.betas[-1] > 2 * seen.betas[0] and seen.admissible > 0
    assert seen.admissible < seen.smallest**2 / (2 * seen.betas[0])
