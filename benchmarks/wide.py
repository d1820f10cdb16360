"""The fast check of wide networks beside the same pipeline in plain numpy without bounds.

Instances: unit-sphere inputs, targets ±1, antisymmetric start, output weights ±fl(α/√m), α doubled until accepted.

Run: ``python -m benchmarks.wide [small|both|first]``
"""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from benchmarks.timing import median_seconds, report
from certificates import Accepted, Dense, Network, decide
from certificates.claims.zero_loss_convergence import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from verify.proposals.zero_loss_convergence import propose


@dataclass(frozen=True)
class Instance:
    """One line of the benchmark."""

    title: str
    samples: int
    hidden: int
    inputs: int
    train_both: bool


INSTANCES = {
    "small": Instance("both layers trained, n=200, m=2,000, d=32", 200, 2_000, 32, True),
    "both": Instance("both layers trained, n=500, m=10,000, d=64", 500, 10_000, 64, True),
    "first": Instance("first layer trained, n=1,000, m=100,000, d=100", 1_000, 100_000, 100, False),
}


def build(instance: Instance, alpha: float, seed: int = 0) -> Network:
    """The instance at output scale α."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(instance.samples, instance.inputs))
    inputs /= np.linalg.norm(inputs, axis=1, keepdims=True)
    targets = rng.choice([-1.0, 1.0], size=(instance.samples, 1))
    half = rng.normal(size=(instance.hidden // 2, instance.inputs))
    first = np.concatenate([half, half])
    size = float(np.float64(alpha / np.sqrt(instance.hidden)))
    signs = rng.choice([-1.0, 1.0], size=instance.hidden // 2)
    last = size * np.concatenate([signs, -signs])[None]
    layers = (Dense(first, None, True), Dense(last, None, instance.train_both))
    return Network(layers, (parse_activation("tanh"),), inputs, targets, Objective(Squared(Fraction(1, 2))))


def accepted(instance: Instance) -> tuple[Network, Claim, Evidence, float]:
    """Double α until the claim is accepted."""
    alpha = 1.0
    while alpha < 2**20:
        network = build(instance, alpha)
        found = propose(network)
        if isinstance(found.verdict, Accepted) and found.claim is not None:
            return network, found.claim, found.evidence, alpha
        alpha *= 2
    raise SystemExit(f"{instance.title}: not accepted up to α = 2^20")


def plain_numpy(network: Network) -> float:
    """The same numbers without bounds: forward pass, tangent kernel, eigvalsh, residual, norms."""
    first, last = network.layers
    z = network.inputs @ first.weight.T
    h = np.tanh(z)
    residual = np.linalg.norm(h @ last.weight.T - network.targets)
    adjoint = (1 - h * h) * last.weight
    kernel = (adjoint @ adjoint.T) * (network.inputs @ network.inputs.T)
    if last.trained:
        kernel += h @ h.T
    eigenvalues = np.linalg.eigvalsh(kernel)
    return float(eigenvalues[0] + residual)


def main(names: list[str]) -> None:
    """Print one table row an instance."""
    for name in names:
        instance = INSTANCES[name]
        network, claim, evidence, alpha = accepted(instance)
        runs = 5 if name != "first" else 3
        checked = median_seconds(lambda n=network, c=claim, e=evidence: decide(c, e, n), runs)
        plain = median_seconds(lambda n=network: plain_numpy(n), runs)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        note = f"β {evidence.curvature}, peak {peak:.2f} GB, both"
        report(f"{instance.title} (α={alpha:g})", checked, plain, "plain numpy", note)


if __name__ == "__main__":
    main(sys.argv[1:] or ["small", "both"])
