"""`float-run`: loops executed in binary64 by numpy, and the exact losses of what they compute in Arb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Accepted, Network
from certificates.claims.float_run import Claim, Evidence
from tests.truth import convergence_basin as basins
from tests.truth import zero_loss_convergence as descents
from tests.truth._balls import balls, bits, low
from tests.truth._networks import ACTIVATIONS, perceptron
from tests.truth._quadratic import finite
from tests.truth.held import Held, at_most
from tests.truth.trial import Case
from verify.proposals.float_run import propose

SAMPLE = 20

_LOOKS = (0, 1, 2, 10, 100, 400)


def draw(rng: np.random.Generator) -> Case:
    """Networks next to zero loss, and evidence that claims about as much as it may."""
    name = str(rng.choice(list(ACTIVATIONS)))
    fooled = rng.random() < 0.4
    network = basins._fitted(rng, descents._network(rng, name, fooled), name)
    evidence = _bent(rng, propose(network).evidence)
    weakest = Claim(evidence.step_size, 0, 5e-324, 5e-324, 0.0, *(1e308,) * 5)
    return Case(weakest, evidence, network, lambda verdict: _truth(verdict, network, name))


def _bent(rng: np.random.Generator, found: Evidence) -> Evidence:
    """What the search finds, with other steps, horizons and balls."""
    factors = rng.choice([1.0, 1.0, 1.3, 0.5, 4.0], size=3).tolist()
    step, ball, most = finite([found.step_size * factors[0], found.ball * factors[1], found.most * factors[2]])
    steps = int(found.steps * float(rng.choice([1.0, 1.0, 3.0, 0.01])))
    return replace(found, step_size=step, ball=ball, most=min(most, 0.5), steps=steps)


def _truth(verdict: Accepted, network: Network, name: str) -> Iterator[Held]:
    """The exact loss of computed weights beside C b_k², and how far they are."""
    proved = verdict.proved
    loop = perceptron(network, name, exact=False)
    with bits(320):
        exact = perceptron(network, name, exact=True)
        start = w = loop.weights()
        for k in range(max(_LOOKS) + 1):
            if k in _LOOKS and k <= proved.steps:
                bound = proved.distance_bound * (1 - proved.contraction) ** k + proved.floor
                loss = exact.loss_and_gradient(balls(w))[0]
                yield at_most("loss beside C b_k²", proved.loss_factor * bound**2 * (1 + 1e-12), low(loss))
                yield at_most("reach", proved.reach, float(np.linalg.norm(w - start)) * (1 - 1e-12))
            w = w - proved.step_size * loop.loss_and_gradient(w)[1]
