"""Widths and output scales at which a wide start is certified: following the advice works."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import verify
from certificates import Accepted, Dense, decide
from certificates.claims.zero_loss_convergence import Claim, Evidence
from verify.generators.wide import unit_data, wide_problem
from verify.proposals.zero_loss_convergence import SEARCH
from verify.search.proposal import Options
from verify.search.wide_starts import demand_note, wide_start

DATA = unit_data(4, 4, seed=2)


def _certified(**options):
    return SEARCH.propose(wide_problem(*DATA, **options), Options())


@pytest.mark.parametrize("activation", ["tanh", "softplus"])
@pytest.mark.parametrize("antisymmetric", [False, True])
@pytest.mark.parametrize("seed", [1])
def test_the_advised_scale_and_width_certify(activation, antisymmetric, seed):
    given = {"activation": activation, "seed": seed}
    refused = _certified(width=200, antisymmetric=antisymmetric, **given).verdict
    assert refused.check == 7
    scale = re.search(r"output scale of about (\S+) \(", refused.advice)[1]
    units = int(re.search(r"about (\S+) units", refused.advice)[1].replace(",", ""))
    assert isinstance(_certified(width=200, scale=scale, antisymmetric=True, **given).verdict, Accepted)
    assert isinstance(_certified(width=2 * (units // 2 + 1), antisymmetric=True, **given).verdict, Accepted)


def test_enough_units_are_said_where_more_are_there():
    done = _certified(width=5_000, activation="tanh", antisymmetric=True)
    enough = int(re.search(r"from about (\S+) such units", " ".join(done.notes))[1].replace(",", ""))
    assert enough < 5_000 and "Du et al." in " ".join(done.notes)
    near = 2 * int(0.55 * enough)
    assert isinstance(_certified(width=near, activation="tanh", antisymmetric=True).verdict, Accepted)
    assert _certified(width=2 * int(0.4 * enough), activation="tanh", antisymmetric=True).verdict.check == 7


def test_what_the_theorem_asks_for_is_said_of_wide_starts_alone():
    start = wide_problem(*DATA, width=8)
    assert re.search(r"about \de\+1\d ReLU units", demand_note(start)[0])
    inputs = DATA[0].copy()
    inputs[1] = inputs[0]
    assert demand_note(wide_problem(inputs, DATA[1], width=8)) == ()


def test_other_networks_are_no_wide_starts():
    start = wide_problem(*DATA, width=8)
    first, second = start.layers
    uneven = second.weight.copy()
    uneven[0, 0] *= 2
    for layer in (Dense(second.weight, None), Dense(uneven, None, trained=False)):
        assert wide_start(replace(start, layers=(first, layer))) is None
    assert wide_start(verify.from_arrays([first.weight, second.weight], None, "tanh", *DATA)) is None


@pytest.mark.parametrize("theta", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("activation", ["tanh", "softplus"])
def test_the_theorem_about_smooth_layers_is_not_stronger(activation, theta):
    """Theory 5.3.5: its criterion, step and rate with β of the Hadamard square and Λ of the norms, in plain numpy."""
    largest_slope, largest_bend = {"tanh": (1.0, 4 / 3**1.5), "softplus": (1.0, 0.25)}[activation]
    network = wide_problem(*DATA, width=20_000, activation=activation, antisymmetric=True, seed=4)
    x, (w, v) = network.inputs, (layer.weight for layer in network.layers)
    z = x @ w.T
    slopes = 1 - np.tanh(z) ** 2 if activation == "tanh" else 1 / (1 + np.exp(-z))
    values, gram = np.linalg.eigvalsh((x @ x.T) * ((slopes * v**2) @ slopes.T)), x @ x.T
    beta = largest_bend * abs(v[0, 0]) * np.sqrt(np.linalg.eigvalsh(gram * gram)[-1])
    sigma, residual = np.sqrt(values[0]), np.linalg.norm(network.targets)
    assert residual < (1 - theta / 2) * sigma**2 / (2 * beta)  # the theorem applies
    way = sigma / beta * (1 - np.sqrt(1 - 2 * beta * residual / ((1 - theta / 2) * sigma**2)))
    step = theta / ((np.linalg.norm(v) * largest_slope) ** 2 * np.linalg.eigvalsh(gram)[-1] + beta * residual)
    rate = (2 - theta) * (sigma - beta * way) ** 2
    radius = way * (1 + 1e-3)
    grid = tuple(radius * (k + 1) / 64 for k in range(64))
    evidence = Evidence(radius, theta / 2, grid, values[0] * (1 - 1e-9), values[-1] * (1 + 1e-9), "one-hidden-layer")
    verdict = decide(Claim(1e308, 5e-324, 0.0, 1e308), evidence, network)
    assert isinstance(verdict, Accepted), verdict
    assert verdict.proved.step_size_max >= step and verdict.proved.decrease_rate >= rate * (1 - 0.01)
