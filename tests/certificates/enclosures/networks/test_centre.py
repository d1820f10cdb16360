"""The centre form: never above the adjoint form, growing with the radius, refused where φ'' jumps."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.curvature import curvature
from certificates.enclosures.networks.linearisation import linearise
from certificates.errors import EnclosureFailure
from tests.support.naive import random_network

RADII = (0.0, 1e-4, 0.01, 0.1, 1.0)


def _values(network, form, kind=BallMatrix):
    with precision(128):
        point = linearise(network, kind, norms=["jacobians", "hessians"])
        return [upper(curvature(point, network.activations, radius, form)) for radius in RADII]


@pytest.mark.parametrize("trained", [None, (True, False, True), (False, True, True), (True, False, False)])
def test_is_never_above_the_adjoint_form_and_grows(trained):
    network = random_network(np.random.default_rng(2), (3, 4, 3, 2), 4, "gelu", trained=trained, gain=1.3)
    centre, adjoint = _values(network, "sample-centre"), _values(network, "adjoint")
    assert all(a <= b * (1 + 1e-9) for a, b in zip(centre, adjoint, strict=True))
    assert centre == sorted(centre)


def test_halves_the_adjoint_form_of_a_curved_network():
    network = random_network(np.random.default_rng(3), (4, 6, 6, 6, 1), 6, "tanh", gain=2.0)
    assert _values(network, "sample-centre")[0] < 0.5 * _values(network, "adjoint")[0]


def test_both_arithmetics_meet():
    network = random_network(np.random.default_rng(6), (2, 3, 3, 2), 3)
    fast, slow = (_values(network, "sample-centre", kind) for kind in (BallMatrix, ArbMatrix))
    assert all(b <= a * (1 + 1e-9) and a <= b * (1 + 1e-3) for a, b in zip(fast, slow, strict=True))


@pytest.mark.parametrize("name", ["elu(1)", "softsign", "squared_relu"])
def test_refuses_where_the_second_derivative_jumps(name):
    network = random_network(np.random.default_rng(6), (2, 3, 3, 2), 3, name)
    with precision(128):
        point = linearise(network, BallMatrix, norms=["jacobians", "hessians"])
        with pytest.raises(EnclosureFailure, match="not proven continuous"):
            curvature(point, network.activations, 0.1, "sample-centre")


@pytest.mark.parametrize(
    ("form", "widths"), [("sample-centre", (2, 3, 3, 1)), ("adjoint-per-unit", (2, 3, 3, 1)), ("per-unit", (2, 3, 1))]
)
def test_norms_that_were_not_asked_for_are_missed(form, widths):
    network = random_network(np.random.default_rng(6), widths, 3)
    with precision(128), pytest.raises(ValueError, match="linearised without"):
        curvature(linearise(network, BallMatrix), network.activations, 0.1, form)
