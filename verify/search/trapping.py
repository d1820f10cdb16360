"""Where the trapping criterion of zero-loss convergence is best met: a radius, ε, a grid and two spectral shifts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from certificates import Network
from certificates.arithmetic.arb import exact, lower, precision
from certificates.claims.zero_loss_convergence import Evidence
from certificates.enclosures.networks.curvature import curvature
from certificates.theorems.trapping import trap
from verify.problems.objectives import squared_scale
from verify.search.landscape import FEW_CELLS, Landscape
from verify.search.proposal import Objective
from verify.search.weakening import SLACK, weaken_number

__all__ = ["Margin", "best_evidence", "margin"]

_CELLS = 32
_SMALLEST_EPSILON = 2.0**-10


def best_evidence(network: Network, landscape: Landscape, objective: Objective) -> Evidence:
    """Evidence for the largest decrease per step, or the smallest ball, with the landscape's bound of β.

    Parameters
    ----------
    network
        The problem.
    landscape
        What :func:`~verify.search.landscape.survey` found at its weights.
    objective
        What is to be best.

    Raises
    ------
    EnclosureFailure
        Numbers overflow.
    """
    cells = FEW_CELLS if landscape.form == "per-unit" else _CELLS
    radius, epsilon, _ = _best(landscape, objective)
    grid = tuple(radius * (k + 1) / cells for k in range(cells))
    with precision(128):
        epsilon = min(epsilon, _room(network, landscape, grid))
    return Evidence(radius, epsilon, grid, *landscape.shifts, landscape.form)


@dataclass(frozen=True)
class Margin:
    """How far weights are from a certificate; estimates, no bounds.

    Parameters
    ----------
    residual
        ‖e‖.
    needed
        The largest residual that the criterion admits here, for ε → 0; 0 where λ_min(K) > 0 is not proved.
    smallest, largest
        λ_min(K), which rounding may have made negative, and λ_max(K).
    share
        The largest decrease per step κη that can be certified, over λ_min/λ_max, which residual → 0 gives; 0 where the
        criterion is missed. With q = residual/needed and constant β it is (1 − q)² (theory 1.5).
    """

    residual: float
    needed: float
    smallest: float
    largest: float
    share: float


def margin(landscape: Landscape) -> Margin:
    """What a search over this landscape can reach, without the judge."""
    smallest, largest = landscape.smallest, landscape.largest
    decrease = 4 * _best(landscape, "rate")[2]
    share = decrease * (largest / smallest) ** 2 if smallest > 0 else 0.0
    return Margin(landscape.residual, landscape.admissible, *landscape.eigenvalues, share)


def _room(network: Network, landscape: Landscape, grid: tuple[float, ...]) -> float:
    """The largest ε for which the judge's own criterion holds on this grid, with slack."""
    point = landscape.point
    betas = [curvature(point, network.activations, node, landscape.form) for node in grid]
    smallest, largest = exact(landscape.smallest), exact(landscape.largest)
    found = trap(point.residual_norm, smallest, largest, squared_scale(network), 0.5, grid, betas)
    room = 1 - landscape.residual * (1 + 8 * SLACK) / (2 * max(lower(found.available), 1e-300))
    return max(weaken_number(room, "smaller"), _SMALLEST_EPSILON)


def _best(landscape: Landscape, objective: Objective) -> tuple[float, float, float]:
    """The radius and ε to claim, and a quarter of κη; 0 where the criterion is missed."""
    sigma, integral, spent = landscape.tables()
    with np.errstate(all="ignore"):
        room = 1 - landscape.residual * (1 + 8 * SLACK) / integral
    feasible = (sigma > 0) & (room > _SMALLEST_EPSILON) & (landscape.radii > 0)
    if not feasible.any():  # the judge will say by how much it fails, at the most favourable radius
        best = int(np.argmax(np.where(sigma > 0, integral, -1.0)))
        return float(np.float32(max(landscape.radii[best], landscape.radii[1]))), _SMALLEST_EPSILON, 0.0
    epsilon = np.minimum(room, 0.5) if objective == "rate" else np.full_like(room, _SMALLEST_EPSILON)
    smoothness = (landscape.largest + spent) ** 2 + landscape.residual * landscape.betas
    decrease = np.where(feasible, epsilon * (1 - epsilon) * sigma**2 / smoothness, -1.0)
    best = int(np.argmax(decrease)) if objective == "rate" else int(np.argmax(feasible))
    radius = weaken_number(float(landscape.radii[best]), "larger")
    return radius, weaken_number(float(epsilon[best]), "smaller"), float(decrease[best])
