"""Second derivatives by samples and layers against the whole tensor, written out and cut into blocks."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.linearisation import linearise
from tests.campaigns.curvature import layer_places
from tests.support.naive import parameters, random_network
from tests.support.second_derivatives import second_derivatives
from tests.twins.curvature_forms import HIDDEN_FAULTS, Bound, moment

CASES = [((2, 3, 2, 1), True), ((2, 2, 3, 2), True), ((3, 2, 2, 3, 2), False), ((1, 3, 2, 2, 1), True)]


def _network(widths, bias):
    return random_network(np.random.default_rng(5), widths, 3, "tanh", bias=bias, gain=1.5)


def _largest_error(network, twin) -> float:
    """Of Σ_c |D²F_ic[θ_ℓ ⊗ dθ_j h̃]|² beside the twin's form, over samples, hidden pairs and entries, relatively."""
    whole = second_derivatives(network, parameters(network), "tanh")
    places, outputs, worst = layer_places(network), len(network.layers[-1].weight), 0.0
    for later in range(len(places) - 1):
        for earlier in range(later + 1):
            grams, rows = twin.gram(later, earlier), twin.inputs[earlier]
            for i in range(len(rows)):
                block = whole[i * outputs : (i + 1) * outputs, places[later], places[earlier]]
                seen = _rows_together(np.einsum("cab,cad->bd", block, block), network, earlier)
                expected = np.einsum("ab,c,d->acbd", grams[i], rows[i], rows[i]).reshape(seen.shape)
                worst = max(worst, float(np.abs(seen - expected).max() / np.abs(seen).max()))
    return worst


@pytest.mark.parametrize(("widths", "bias"), CASES)
def test_the_twins_quadratic_forms_are_the_squared_blocks(widths, bias):
    network = _network(widths, bias)
    assert _largest_error(network, Bound(network, "tanh", 0.0)) < 1e-11


@pytest.mark.parametrize("fault", HIDDEN_FAULTS)
def test_faults_that_hide_from_climbing_show_entry_by_entry(fault):
    network = _network(*CASES[1])
    assert _largest_error(network, Bound(network, "tanh", 0.0, fault)) > 1e-3


def _rows_together(square: np.ndarray, network, layer: int) -> np.ndarray:
    """From (weight, bias) to rows [w, b]."""
    rows, columns = network.layers[layer].weight.shape
    if network.layers[layer].bias is None:
        return square
    order = [a * columns + c if c < columns else rows * columns + a for a in range(rows) for c in range(columns + 1)]
    return square[np.ix_(order, order)]


@pytest.mark.parametrize(("widths", "bias"), CASES)
@pytest.mark.parametrize("kind", [BallMatrix, ArbMatrix])
def test_every_norm_equals_the_twins(widths, bias, kind):
    network = _network(widths, bias)
    with precision(128):
        found = linearise(network, kind, norms=["jacobians", "hessians"]).hessians
    twin = Bound(network, "tanh", 0.0)
    blocks = twin.centre(blocks=False)
    for (later, earlier), norm in found.blocks.items():
        assert blocks[later, earlier] * (1 - 1e-12) <= upper(norm) <= blocks[later, earlier] * 1.02
    for (order, layer, earlier), flow in found.flow.items():
        g = twin.norm[layer, earlier]
        expected = moment(g[:, None] * twin.inputs[earlier], order)
        assert expected * (1 - 1e-12) <= upper(flow.norm) <= expected * 1.02
        assert g.max() * (1 - 1e-12) <= upper(flow.largest) <= g.max() * 1.02
    for layer, bent in found.bent.items():
        expected = float((np.linalg.norm(twin.back[layer], axis=1) * np.abs(twin.bend[layer])).max())
        assert expected * (1 - 1e-12) <= upper(bent) <= expected * (1 + 1e-9)
