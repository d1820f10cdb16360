"""Checks of local geometry beside what plain numpy makes of the same matrices: floats without bounds.

Run: ``python -m benchmarks.local_geometry``
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray

import verify
from benchmarks.timing import in_turns, report
from certificates import Accepted, Network, decide
from certificates.memory import forget
from certificates.subjects import PopulationProblem
from verify.numeric.relu_population import population_hessian
from verify.proposals import planted_convergence, population_minimum, population_strong_convexity, strong_convexity
from verify.search.proposal import Proposal
from verify.search.relu_students import of_student, orthonormal_problem, turned_student

Array = NDArray[np.float64]

_NODES = 60  # of Gauss and Hermite, for each of two directions


def planted(units: int, dimension: int, samples: int) -> Network:
    """Tanh, orthonormal rows, outer weights 1, frozen; the weights are those of the teacher."""
    inputs = np.random.default_rng(0).normal(size=(samples, dimension))
    layers = [np.eye(units, dimension), np.ones((1, units))]
    return verify.from_arrays(layers, None, "tanh", inputs, teacher=layers, loss="half-mean", frozen=[1])


def spectrum_of_planted(network: Network) -> float:
    """λ_min of JᵀJ/n in float64; the residual is 0."""
    inputs = network.inputs
    slopes = 1 - np.tanh(inputs @ network.layers[0].weight.T) ** 2
    jacobian = (slopes[:, :, None] * inputs[:, None, :]).reshape(len(inputs), -1)
    return float(np.linalg.eigvalsh(jacobian.T @ jacobian / len(inputs))[0])


def quadrature(weights: Array) -> Array:
    """The population Hessian of tanh at planted weights by Gauss–Hermite quadrature in the plane of each pair."""
    units, dimension = weights.shape
    nodes, mass = hermegauss(_NODES)
    plane = np.array(list(product(nodes, nodes)))
    density = np.multiply.outer(mass, mass).ravel() / (2 * np.pi)
    hessian = np.empty((units, dimension, units, dimension))
    for i, j in product(range(units), range(units)):
        basis = np.linalg.svd(weights[[i, j]], full_matrices=True)[2]
        slopes = 1 - np.tanh(plane @ (basis[:2] @ weights[[i, j]].T)) ** 2
        weight = density * slopes[:, 0] * slopes[:, 1]
        inside = (plane * weight[:, None]).T @ plane
        across = weight.sum() * basis[2:].T @ basis[2:]
        hessian[i, :, j] = basis[:2].T @ inside @ basis[:2] + across
    return hessian.reshape(units * dimension, units * dimension)


def compared(title: str, found: Proposal, theirs: object, peer: str, note: str) -> None:
    """One line: the check with nothing remembered, and the peer."""
    if not isinstance(found.verdict, Accepted) or not callable(theirs):
        raise SystemExit(str(found.verdict))

    def check() -> None:
        forget()
        decide(found.claim, found.evidence, found.problem)

    report(title, *in_turns(check, theirs, 3), peer, note)


def population_hessians() -> None:
    """Eight units of tanh in eight dimensions."""
    weights = np.random.default_rng(1).normal(size=(8, 8)) / np.sqrt(8) + np.eye(8)
    problem: PopulationProblem = verify.from_units("tanh", weights)
    found = population_strong_convexity.propose(problem)
    floats = float(np.linalg.eigvalsh(quadrature(weights))[0])
    width = found.claim.attained - found.claim.curvature
    note = f"enclosed to {width:.1e}; quadrature errs by {abs(floats - found.claim.curvature):.1e}"
    compared(
        "population Hessian, tanh, k=d=8", found, lambda: np.linalg.eigvalsh(quadrature(weights)), "quadrature", note
    )


def planted_weights() -> None:
    """Strong convexity on a ball, and convergence from one."""
    for units, dimension, samples in ((4, 10, 5_000), (8, 20, 50_000)):
        network = planted(units, dimension, samples)
        size = f"tanh, (k,d,n)=({units},{dimension},{samples:,})"
        for name, search in (("strong-convexity", strong_convexity), ("planted-convergence", planted_convergence)):
            found = search.propose(network)
            note = f"radius {found.claim.radius:.4g}"
            compared(f"{name}, {size}", found, lambda p=network: spectrum_of_planted(p), "JᵀJ and eigvalsh", note)


def spurious_minima() -> None:
    """Twenty and forty students of as many teachers."""
    for k in (20, 40):
        problem = orthonormal_problem(turned_student(k))
        found, student = population_minimum.propose(problem), of_student(problem)
        note = f"λ_min ≥ {found.claim.nondegeneracy:.4g}"
        compared(
            f"population-minimum, k={k}",
            found,
            lambda w=student: np.linalg.eigvalsh(population_hessian(w)),
            "Hessian and eigvalsh",
            note,
        )


def main() -> None:
    """Print one line an instance."""
    population_hessians()
    planted_weights()
    spurious_minima()


if __name__ == "__main__":
    main()
