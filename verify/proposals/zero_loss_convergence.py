"""Search for evidence of zero-loss convergence: a radius, ε, a grid and two spectral shifts (theory 1.3).

The search runs on the midpoints of the judge's own enclosures, so the rigorous formulas exist once; what it
finds is worth nothing until :func:`certificates.decide` has accepted it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from certificates import Accepted, Network, Verdict, decide
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.claims.zero_loss_convergence import Claim, Evidence
from certificates.enclosures.networks.curvature import curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.errors import EnclosureFailure
from certificates.language.parts import Origin
from certificates.theorems.trapping import trap
from verify.search.weakening import PROBE_BUDGET, SLACK, weaken, weaken_number

__all__ = ["Objective", "Proposal", "propose"]

Objective = Literal["rate", "radius"]
CurvatureForm = Literal["one-hidden-layer", "recursion", "adjoint"]

_CELLS = 32
_SEARCH_RADII = 24
_SMALLEST_EPSILON = 2.0**-10
_SHIFT_SLACK = 2.0**-22


@dataclass(frozen=True)
class Proposal:
    """What the search found.

    Parameters
    ----------
    claim, evidence
        Ready to be written if ``verdict`` is accepted; the claim is ``None`` otherwise.
    verdict
        The judge's, about exactly this claim and evidence.
    """

    claim: Claim | None
    evidence: Evidence
    verdict: Verdict


@dataclass(frozen=True)
class _Landscape:
    """The scalars the search works with, all approximate."""

    residual: float
    smallest: float  # σ_0
    largest: float  # S_0
    scale: float
    radii: NDArray[np.float64]
    betas: NDArray[np.float64]

    def tables(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """σ(ρ), ∫_0^ρ σ and ∫_0^ρ β at the radii."""
        widths = np.diff(self.radii)
        spent = np.concatenate([[0.0], np.cumsum(widths * self.betas[1:])])
        sigma = self.smallest - spent
        integral = np.concatenate([[0.0], np.cumsum(widths * (sigma[1:] + sigma[:-1]) / 2)])
        return sigma, integral, spent


def propose(
    network: Network, *, objective: Objective = "rate", origin: tuple[Origin, Network] | None = None
) -> Proposal:
    """Find the strongest provable claim about these weights.

    Parameters
    ----------
    network
        The problem.
    objective
        ``rate`` maximises the certified decrease per step κη, ``radius`` minimises the distance to the minimiser.
    origin
        The unpolished problem and how to name it, when the weights were polished.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    form: CurvatureForm = "one-hidden-layer" if len(network.layers) == 2 else "adjoint"
    fallback = Evidence(1.0, 0.5, (1.0,), 0.0, 1.0, form)
    weakest = _weakest_claim(origin)
    source = None if origin is None else origin[1]
    refused = decide(weakest, fallback, network, origin=source, budget=PROBE_BUDGET)
    if not isinstance(refused, Accepted) and 0 < refused.check < 5:
        return Proposal(None, fallback, refused)  # a structural refusal: no evidence can help
    try:
        evidence = _search(network, form, objective)
    except EnclosureFailure:
        return Proposal(None, fallback, decide(weakest, fallback, network, origin=source))
    verdict = decide(weakest, evidence, network, origin=source)
    if not isinstance(verdict, Accepted):
        return Proposal(None, evidence, verdict)
    claim: Claim = weaken(verdict.proved)
    return Proposal(claim, evidence, decide(claim, evidence, network, origin=source))


def _weakest_claim(origin: tuple[Origin, Network] | None) -> Claim:
    """Implied by every claim of the kind: what the judge proves is read off its verdict."""
    huge = 1e308
    named = None if origin is None else replace(origin[0], distance=huge)
    return Claim(huge, 0.0, 0.0, huge, named)


def _search(network: Network, form: CurvatureForm, objective: Objective) -> Evidence:
    with precision(128):
        point = linearise(network, BallMatrix, jacobians=form == "adjoint")
        low, high = _spectral_shifts(point)
        landscape = _survey(network, point, form, low, high)
        radius, epsilon = _best(landscape, objective)
        grid = tuple(radius * (k + 1) / _CELLS for k in range(_CELLS))
        epsilon = min(epsilon, _room(network, point, form, landscape, grid))
    return Evidence(radius, epsilon, grid, low, high, form)


def _room(
    network: Network, point: Linearisation[BallMatrix], form: str, landscape: _Landscape, grid: tuple[float, ...]
) -> float:
    """The largest ε for which the judge's own criterion holds on this grid, with slack."""
    betas = [curvature(point, network.activations, node, form) for node in grid]
    smallest, largest = exact(landscape.smallest), exact(landscape.largest)
    found = trap(point.residual_norm, smallest, largest, network.loss_scale, 0.5, grid, betas)
    room = 1 - landscape.residual * (1 + 8 * SLACK) / (2 * max(lower(found.available), 1e-300))
    return max(weaken_number(room, "smaller"), _SMALLEST_EPSILON)


def _spectral_shifts(point: Linearisation[BallMatrix]) -> tuple[float, float]:
    """Guesses just below λ_min(K) and just above λ_max(K), with slack for another machine's last bits."""
    kernel = (point.kernel.mid + point.kernel.mid.T) / 2
    eigenvalues = np.linalg.eigvalsh(kernel)
    allowance = 8 * 2.0**-53 * float(np.trace(kernel))
    low = float(eigenvalues[0]) * (1 - _SHIFT_SLACK) - 2 * allowance
    return low, weaken_number(float(eigenvalues[-1]) + allowance, "larger")


def _survey(network: Network, point: Linearisation[BallMatrix], form: str, low: float, high: float) -> _Landscape:
    """β on a grid of radii, up to where σ would vanish."""

    def beta(radius: float) -> float:
        return upper(curvature(point, network.activations, radius, form))

    proven = point.kernel.smallest_eigenvalue(low)
    smallest = 0.0 if proven is None else lower(proven.max(exact(0)).sqrt())
    residual = upper(point.residual_norm)
    limit = _reach(beta, smallest)
    start = max(limit * 1e-8, min(limit, residual / smallest) * 0.5) if smallest > 0 else 1e-8
    radii = np.concatenate([[0.0], np.geomspace(min(start, limit / 2), limit, _SEARCH_RADII)])
    betas = np.array([beta(float(radius)) for radius in radii])
    return _refined(_Landscape(residual, smallest, float(np.sqrt(high)), float(network.loss_scale), radii, betas))


def _reach(beta: Callable[[float], float], smallest: float) -> float:
    """A radius beyond which σ_0 − ∫β is certainly negative: σ_0/β(0), or 1 for a flat network."""
    curved = beta(0.0)
    return smallest / curved if curved > 0 and smallest > 0 else 1.0


def _refined(landscape: _Landscape) -> _Landscape:
    """Interpolate β between the surveyed radii (it is nearly affine)."""
    radii = np.concatenate([[0.0], np.geomspace(landscape.radii[1], landscape.radii[-1], 2_000)])
    return replace(landscape, radii=radii, betas=np.interp(radii, landscape.radii, landscape.betas))


def _best(landscape: _Landscape, objective: Objective) -> tuple[float, float]:
    """The radius and ε to claim."""
    sigma, integral, spent = landscape.tables()
    with np.errstate(all="ignore"):
        room = 1 - landscape.residual * (1 + 8 * SLACK) / integral
    feasible = (sigma > 0) & (room > _SMALLEST_EPSILON) & (landscape.radii > 0)
    if not feasible.any():  # the judge will say by how much it fails, at the most favourable radius
        best = int(np.argmax(np.where(sigma > 0, integral, -1.0)))
        return float(np.float32(max(landscape.radii[best], landscape.radii[1]))), _SMALLEST_EPSILON
    epsilon = np.minimum(room, 0.5) if objective == "rate" else np.full_like(room, _SMALLEST_EPSILON)
    smoothness = (landscape.largest + spent) ** 2 + landscape.residual * landscape.betas
    decrease = np.where(feasible, epsilon * (1 - epsilon) * sigma**2 / smoothness, -1.0)
    best = int(np.argmax(decrease)) if objective == "rate" else int(np.argmax(feasible))
    radius = weaken_number(float(landscape.radii[best]), "larger")
    return radius, weaken_number(float(epsilon[best]), "smaller")
