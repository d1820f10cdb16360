"""Where the trapping criterion of zero-loss convergence is best met: a radius, ε, a grid and two spectral shifts.

The search runs on the midpoints of the judge's own enclosures, so the rigorous formulas exist once (theory 1.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.network_workload import network_workload
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.claims.zero_loss_convergence import CurvatureForm, Evidence
from certificates.enclosures.intervals.smoothness import is_certainly_c2
from certificates.enclosures.networks.curvature import CURVATURE_FORMS, curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.theorems.trapping import trap
from verify.problems.objectives import squared_scale
from verify.search.proposal import Objective
from verify.search.weakening import SLACK, weaken_number

__all__ = ["best_evidence", "curvature_forms", "plain_form"]

_CELLS = 32
_FEW_CELLS = 8  # by units β is dear, in Arb more so, and grows by a few percent on the ball
_SEARCH_RADII = 24
_SHARE = 0.25  # of the default budget: what a sharper form of β may cost
_SMALLEST_EPSILON = 2.0**-10
_SHIFT_SLACK = 2.0**-22


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


def curvature_forms(network: Network) -> tuple[CurvatureForm, ...]:
    """Bounds of β to try, the smallest first; a form that takes the least of several is never above them.

    Examples
    --------
    >>> import numpy as np
    >>> from fractions import Fraction
    >>> from certificates import Dense, Network
    >>> from certificates.expression import parse_activation
    >>> from certificates.subjects import Objective, Squared
    >>> layers = (Dense(np.ones((3, 2)), None), Dense(np.ones((1, 3)), None))
    >>> mean = Objective(Squared(Fraction(1)))
    >>> curvature_forms(Network(layers, (parse_activation("tanh"),), np.ones((1, 2)), np.ones((1, 1)), mean))
    ('per-unit', 'one-hidden-layer')
    """
    sharp: CurvatureForm = "per-unit" if len(network.layers) == 2 else "sample-centre"
    form = CURVATURE_FORMS[sharp]
    smooth = not form.needs_c2 or all(is_certainly_c2(activation) for activation in network.activations)
    work = network_workload(network, norms=form.norms, curvatures=_FEW_CELLS + 1)
    affordable = work.excess("fast", _SHARE * DEFAULT_BUDGET) is None
    return (sharp, plain_form(network)) if smooth and affordable else (plain_form(network),)


def plain_form(network: Network) -> CurvatureForm:
    """The bound of β that asks for nothing more than φ ∈ C^{1,1}, and for little work."""
    return "one-hidden-layer" if len(network.layers) == 2 else "adjoint"


def best_evidence(network: Network, form: CurvatureForm, objective: Objective) -> Evidence:
    """Evidence for the largest decrease per step, or the smallest ball, with one bound of β.

    Raises
    ------
    EnclosureFailure
        Numbers overflow.
    """
    with precision(128):
        point = linearise(network, BallMatrix, norms=CURVATURE_FORMS[form].norms)
        low, high = _spectral_shifts(point)
        cells = _FEW_CELLS if form == "per-unit" else _CELLS
        landscape = _survey(network, point, form, low, high, min(cells, _SEARCH_RADII))
        radius, epsilon = _best(landscape, objective)
        grid = tuple(radius * (k + 1) / cells for k in range(cells))
        epsilon = min(epsilon, _room(network, point, form, landscape, grid))
    return Evidence(radius, epsilon, grid, low, high, form)


def _room(
    network: Network, point: Linearisation[BallMatrix], form: str, landscape: _Landscape, grid: tuple[float, ...]
) -> float:
    """The largest ε for which the judge's own criterion holds on this grid, with slack."""
    betas = [curvature(point, network.activations, node, form) for node in grid]
    smallest, largest = exact(landscape.smallest), exact(landscape.largest)
    found = trap(point.residual_norm, smallest, largest, squared_scale(network), 0.5, grid, betas)
    room = 1 - landscape.residual * (1 + 8 * SLACK) / (2 * max(lower(found.available), 1e-300))
    return max(weaken_number(room, "smaller"), _SMALLEST_EPSILON)


def _spectral_shifts(point: Linearisation[BallMatrix]) -> tuple[float, float]:
    """Guesses just below λ_min(K) and just above λ_max(K), with slack for another machine's last bits."""
    kernel = (point.kernel.mid + point.kernel.mid.T) / 2
    eigenvalues = np.linalg.eigvalsh(kernel)
    allowance = 8 * 2.0**-53 * float(np.trace(kernel))
    low = float(eigenvalues[0]) * (1 - _SHIFT_SLACK) - 2 * allowance
    return low, weaken_number(float(eigenvalues[-1]) + allowance, "larger")


def _survey(
    network: Network, point: Linearisation[BallMatrix], form: str, low: float, high: float, count: int
) -> _Landscape:
    """β on a grid of so many radii, up to where σ would vanish."""

    def beta(radius: float) -> float:
        return upper(curvature(point, network.activations, radius, form))

    proven = point.kernel.smallest_eigenvalue(low)
    smallest = 0.0 if proven is None else lower(proven.max(exact(0)).sqrt())
    residual = upper(point.residual_norm)
    limit = _reach(beta, smallest)
    start = max(limit * 1e-8, min(limit, residual / smallest) * 0.5) if smallest > 0 else 1e-8
    radii = np.concatenate([[0.0], np.geomspace(min(start, limit / 2), limit, count)])
    betas = np.array([beta(float(radius)) for radius in radii])
    return _refined(_Landscape(residual, smallest, float(np.sqrt(high)), float(squared_scale(network)), radii, betas))


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
