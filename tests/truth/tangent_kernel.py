"""`tangent-kernel`: entries in Arb by arccos and from the definition; quotients and pivots at 200 bits."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from flint import arb_mat

from certificates import Accepted, Network
from certificates.claims.tangent_kernel import Claim, Evidence
from tests.support.kernel_nets import empirical_matrix, is_above_least, kernel_net, limit_matrix, rayleigh
from tests.truth._balls import bits, high
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from verify.proposals.tangent_kernel import propose

SAMPLE = 30

_LEAKS = {"relu": Fraction(0), "leaky_relu(1/10)": Fraction(1, 10), "leaky_relu(3)": Fraction(3)}


def draw(rng: np.random.Generator) -> Case:
    """Few inputs of all sizes, some nearly equal or opposite; shifts near the best one; circles, too."""
    kernel = "empirical" if rng.random() < 0.25 else "limit"
    name = str(rng.choice(["tanh", "erf", "relu"] if kernel == "empirical" else [*_LEAKS, "erf", "erf0", "sin"]))
    unit = kernel == "limit" and (name == "sin" or rng.random() < 0.4)
    network = _network(rng, name, kernel)
    found = propose(network, kernel=kernel)
    evidence = Evidence(1.0) if found.claim is None else found.evidence
    if unit and rng.random() < 0.4:
        evidence = Evidence(None)
    elif evidence.shift is not None and rng.random() < 0.5:
        factor = float(rng.choice([1 + 1e-12, 1.0 - 1e-9, 1.005, 0.3, 1.01]))
        evidence = Evidence(evidence.shift * factor, evidence.direction if rng.random() < 0.7 else None)
    claim = Claim(kernel, "unit" if unit else "stored", 5e-324, 1e308)
    return Case(claim, evidence, network, lambda verdict: _truth(verdict, network, name, unit))


def _network(rng: np.random.Generator, name: str, kernel: str) -> Network:
    n, d = int(rng.integers(1, 8)), int(rng.integers(1, 5))
    x = rng.normal(size=(n, d)) * 10.0 ** float(rng.choice([0, 0, 0, -3, 2]))
    if n > 1 and rng.random() < 0.3:
        x[-1] = x[0] * float(rng.choice([1 + 2.0**-30, -1.0, 2.0, 1 + 2.0**-50]))
        x[-1, 0] += float(rng.choice([0.0, 2.0**-20, 2.0**-45]))
    if rng.random() < 0.1:
        x = np.rint(4 * x)
    outputs = int(rng.integers(1, 3)) if kernel == "empirical" else 1
    return kernel_net(x, name, units=int(rng.integers(1, 12)), bias=rng.random() < 0.3, outputs=outputs)


def _matrix(network: Network, name: str, kernel: str, unit: bool) -> arb_mat:
    if kernel == "empirical":
        return empirical_matrix(network)
    inputs = network.inputs
    if network.layers[0].bias is not None:
        inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
    family = "relu" if name in _LEAKS else name
    return limit_matrix(inputs, family, unit=unit, leak=_LEAKS.get(name, Fraction(0)))


def _truth(verdict: Accepted, network: Network, name: str, unit: bool) -> Iterator[Held]:
    with bits(300):
        matrix = _matrix(network, name, verdict.claim.kernel, unit)
        quotient, below = rayleigh(matrix)
        yield at_least("lower", verdict.proved.lower, high(quotient))
        if is_above_least(matrix, below) is False:
            yield at_most("upper", verdict.proved.upper, Fraction(below))
