"""How tight the bounds are: β(0) against the true local supremum, certified λ_min against the true one.

Run: ``python -m benchmarks.tightness``
"""

from __future__ import annotations

import numpy as np

from benchmarks.timing import say
from certificates.arithmetic.arb import lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.curvature import curvature
from certificates.enclosures.networks.linearisation import linearise
from tests.support.naive import parameters, random_network, second_derivative_norm

SHAPES = {1: (4, 8, 1), 2: (4, 6, 5, 1), 3: (4, 5, 5, 4, 1)}
TARGETS = {1: 1.5, 2: 3.0, 3: 4.0}


def curvature_ratios(hidden: int, count: int, seed: int = 0) -> list[float]:
    """Certified β(0) over the supremum found by alternating maximisation (a lower bound of the true one)."""
    rng = np.random.default_rng(seed)
    ratios = []
    for _ in range(count):
        network = random_network(rng, SHAPES[hidden], 6)
        with precision(128):
            point = linearise(network, BallMatrix, norms=["jacobians"])
            bound = upper(curvature(point, network.activations, 0.0, "adjoint"))
        truth = second_derivative_norm(network, parameters(network), "tanh", rng, starts=10)
        ratios.append(bound / truth)
    return ratios


def eigenvalue_losses(sizes: tuple[int, ...] = (200, 1_000, 2_000), seed: int = 0) -> list[tuple[int, float]]:
    """(n, relative distance of the certified λ_min from the exact one) at condition number 1e5."""
    rng = np.random.default_rng(seed)
    losses = []
    for size in sizes:
        basis, _ = np.linalg.qr(rng.normal(size=(size, size)))
        matrix = (basis * np.linspace(1e-5, 1, size)) @ basis.T
        matrix = (matrix + matrix.T) / 2
        smallest = float(np.linalg.eigvalsh(matrix)[0])
        with precision(128):
            bound = BallMatrix.from_exact(matrix).smallest_eigenvalue(smallest * (1 - 2.0**-22))
        losses.append((size, 1 - lower(bound) / smallest if bound is not None else float("inf")))
    return losses


def main() -> None:
    """Print the medians beside the targets."""
    for hidden, target in TARGETS.items():
        ratios = curvature_ratios(hidden, 40)
        say(
            f"β(0) over the true local supremum, {hidden} hidden layer(s): median {np.median(ratios):.2f}, "
            f"worst {max(ratios):.2f} (at most {target} wanted)"
        )
    for size, loss in eigenvalue_losses():
        say(f"λ_min at condition number 1e5, n={size}: {loss:.1e} relative below the true one")


if __name__ == "__main__":
    main()
