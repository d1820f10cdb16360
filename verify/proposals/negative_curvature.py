"""Search for a direction u bᵀ of negative curvature: alternating eigenvalue problems in u and in b (theory 3.2.4).

For fixed b the form D²L[ub^⊤, ub^⊤] is quadratic in u, and the other way round; each half step takes the eigenvector of
the smallest eigenvalue. The starts are the extreme eigenvectors of G, which already give the witness of the theorem.
"""

from __future__ import annotations

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.negative_curvature import Claim, Evidence
from verify.search.proposal import Proposal, Search
from verify.search.quadratic import Array, Seen, look, not_quadratic, read, smallest_eigenpair
from verify.search.weakening import weaken

__all__ = ["SEARCH", "propose"]

_WEAKEST = Claim(5e-324, 1e308, 0.0)
_ROUNDS = 10


def propose(network: Network) -> Proposal:
    """Find a direction of strongly negative curvature, and the step with the largest decrease along it.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal: at a minimum there is no such direction.
    """
    seen = look(network)
    if seen is None:
        shape = read(network)
        k, d = (1, 1) if shape is None else (shape.width, shape.dimension)
        any_direction = Evidence((1.0,) * k, (1.0,) * d, 0.0)
        return Proposal(network, None, any_direction, decide(_WEAKEST, any_direction, network))
    _, vectors = np.linalg.eigh(seen.force)
    found = [_alternate(seen, vectors[:, index]) for index in (0, -1)]
    units, inputs, _ = min(found, key=lambda item: item[2])
    evidence = Evidence(tuple(units.tolist()), tuple(inputs.tolist()), _best_step(seen, units, inputs))
    verdict = decide(_WEAKEST, evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim = weaken(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _alternate(seen: Seen, inputs: Array) -> tuple[Array, Array, float]:
    """(u, b, D²L) after a few rounds from b."""
    network, n = seen.network, seen.network.sample_count
    data, outer, hidden = network.inputs, network.outer, seen.point.hidden.mid * seen.network.outer
    value, units = 0.0, np.zeros(network.width)
    for _ in range(_ROUNDS):
        weight = (data @ inputs) ** 2
        mixed = (4 / n) * (hidden.T * weight) @ hidden + 2 * float(inputs @ seen.force @ inputs) * np.diag(outer)
        value, units = smallest_eigenpair(mixed)
        crossed = (hidden @ units) ** 2
        curved = (4 / n) * (data.T * crossed) @ data + 2 * float(units @ (outer * units)) * seen.force
        before, (value, inputs) = value, smallest_eigenpair(curved)
        if value >= before - 1e-6 * abs(before):
            break
    return units, inputs, value


def _best_step(seen: Seen, units: Array, inputs: Array) -> float:
    """The minimiser of the quartic t ↦ L(W + t u bᵀ)."""
    network = seen.network
    along, crossed = network.inputs @ inputs, (seen.point.hidden.mid * network.outer) @ units
    first, second = 2 * crossed * along, float(units @ (network.outer * units)) * along**2
    residual = seen.residual
    quartic = np.array(
        [second @ second / 2, first @ second, first @ first / 2 + residual @ second, residual @ first, 0]
    )
    roots = np.roots(np.polyder(quartic))
    steps = [float(root.real) for root in roots if abs(root.imag) <= 1e-6 * abs(root)]
    return min(steps, key=lambda t: float(np.polyval(quartic, t)), default=0.0)


SEARCH = Search(Claim, Network, lambda network, _: propose(network), excludes=not_quadratic)
