"""What the trapping criterion sees around the given weights: σ_0, S_0 and β on a grid of radii (theory 1.3, 1.4).

The numbers are midpoints of the judge's own enclosures, so the rigorous formulas exist once; none is a bound here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.network_workload import network_workload
from certificates.checks.workload import DEFAULT_BUDGET, Workload
from certificates.enclosures.intervals.smoothness import is_certainly_c2
from certificates.enclosures.networks.curvature import CURVATURE_FORMS, curvature
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.errors import EnclosureFailure
from certificates.language.curvature_forms import CurvatureForm
from verify.problems.objectives import squared_scale
from verify.search.float_kernel import Spectrum, is_above, rounding, spectrum
from verify.search.weakening import weaken_number

__all__ = ["FEW_CELLS", "Landscape", "curvature_forms", "form_workload", "plain_form", "survey", "unproven_spectrum"]

FEW_CELLS = 8  # by units β is dear, in Arb more so, and grows by a few percent on the ball
_SEARCH_RADII = 24
_SHARE = 0.25  # of the default budget: what a sharper form of β may cost
_SHIFT_SLACK = 2.0**-22
_FINE = 2_000
_MOST_SPENT, _SHRINKINGS = 8.0, 20
_DOUBTFUL = 1e-10  # λ_min/λ_max from which on the bounds of K are looked at alone, before those of β


@dataclass(frozen=True)
class Landscape:
    """The scalars the search works with, all approximate.

    Parameters
    ----------
    form
        Which bound of β.
    residual, scale
        ‖e(w_0)‖, and s of f = s‖e‖².
    eigenvalues
        (λ_min, λ_max) of K in float64.
    shifts
        Guesses just outside of them, which the judge may be able to prove.
    smallest
        σ_0, 0 if λ_min(K) > 0 is not proved with these shifts.
    radii, betas
        β(ρ) at increasing radii, the first of them 0, up to where σ would vanish.
    point
        The enclosures at w_0.
    """

    form: CurvatureForm
    residual: float
    scale: float
    eigenvalues: tuple[float, float]
    shifts: tuple[float, float]
    smallest: float
    radii: NDArray[np.float64]
    betas: NDArray[np.float64]
    point: Linearisation[BallMatrix] = field(repr=False, compare=False)

    @property
    def largest(self) -> float:
        """S_0."""
        return float(np.sqrt(self.shifts[1]))

    def tables(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """σ(ρ), ∫_0^ρ σ and ∫_0^ρ β at the radii."""
        widths = np.diff(self.radii)
        spent = np.concatenate([[0.0], np.cumsum(widths * self.betas[1:])])
        sigma = self.smallest - spent
        integral = np.concatenate([[0.0], np.cumsum(widths * (sigma[1:] + sigma[:-1]) / 2)])
        return sigma, integral, spent

    @property
    def admissible(self) -> float:
        """The largest residual norm for which the criterion could hold, max_r ∫_0^r σ; 0 without σ_0 > 0."""
        return max(0.0, float(np.max(self.tables()[1])))


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
    smooth = not CURVATURE_FORMS[sharp].needs_c2 or all(is_certainly_c2(phi) for phi in network.activations)
    plain = plain_form(network)
    return (sharp, plain) if smooth and _is_affordable(network, sharp) else (plain,)


def plain_form(network: Network) -> CurvatureForm:
    """A bound of β that asks for nothing more than φ ∈ C^{1,1}: of wide and deep networks one of little work."""
    if len(network.layers) == 2:
        return "one-hidden-layer"
    return "adjoint" if _is_affordable(network, "adjoint") else "adjoint-per-unit"


def form_workload(network: Network, form: CurvatureForm) -> Workload:
    """What a check with that bound of β at few radii costs."""
    return network_workload(network, norms=CURVATURE_FORMS[form].norms, curvatures=FEW_CELLS + 1)


def _is_affordable(network: Network, form: CurvatureForm) -> bool:
    return form_workload(network, form).excess("fast", _SHARE * DEFAULT_BUDGET) is None


def unproven_spectrum(network: Network, kernel: NDArray[np.float64]) -> Spectrum | None:
    """The spectrum of a kernel that cannot be proven positive definite; ``None`` of one that may be.

    Parameters
    ----------
    network
        The problem.
    kernel
        Its kernel in float64. If it is singular up to rounding nothing is enclosed; if it is nearly, the kernel is, and
        nothing else.
    """
    if is_above(kernel, _DOUBTFUL):
        return None
    seen = spectrum(kernel)
    if seen.smallest <= rounding(len(kernel), seen.largest):
        return seen
    with precision(128):
        try:
            point = linearise(network, BallMatrix)
            proven = point.kernel.smallest_eigenvalue(_spectrum(point)[1][0])
        except EnclosureFailure:
            return None
    return seen if proven is None or not proven > 0 else None


def survey(network: Network, form: CurvatureForm, *, radii: int = _SEARCH_RADII) -> Landscape:
    """Linearise once, and evaluate one bound of β at so many radii, up to where σ would vanish.

    Raises
    ------
    EnclosureFailure
        Numbers overflow, or an activation is not enclosed.
    """
    with precision(128):
        point = linearise(network, BallMatrix, norms=CURVATURE_FORMS[form].norms)
        eigenvalues, shifts = _spectrum(point)
        proven = point.kernel.smallest_eigenvalue(shifts[0])
        smallest = 0.0 if proven is None else lower(proven.max(exact(0)).sqrt())
        residual = upper(point.residual_norm)

        @cache
        def beta(radius: float) -> float:
            return upper(curvature(point, network.activations, radius, form))

        nodes = _radii(beta, smallest, residual, min(radii, FEW_CELLS) if form == "per-unit" else radii)
        betas = np.array([beta(float(radius)) for radius in nodes])
    scale = float(squared_scale(network))
    return _refined(Landscape(form, residual, scale, eigenvalues, shifts, smallest, nodes, betas, point))


def _spectrum(point: Linearisation[BallMatrix]) -> tuple[tuple[float, float], tuple[float, float]]:
    """λ_min and λ_max of K, and guesses just outside, with slack for another machine's last bits."""
    kernel = (point.kernel.mid + point.kernel.mid.T) / 2
    values = np.linalg.eigvalsh(kernel)
    least, most = float(values[0]), float(values[-1])
    allowance = 8 * 2.0**-53 * float(np.trace(kernel))
    low = least * (1 - _SHIFT_SLACK) - 2 * allowance
    return (least, most), (low, weaken_number(most + allowance, "larger"))


def _radii(beta: Callable[[float], float], smallest: float, residual: float, count: int) -> NDArray[np.float64]:
    """0 and so many radii, geometrically up to one where σ_0 − ∫β is certainly negative."""
    limit = _reach(beta, smallest)
    start = max(limit * 1e-8, min(limit, residual / smallest) * 0.5) if smallest > 0 else 1e-8
    return np.concatenate([[0.0], np.geomspace(min(start, limit / 64), limit, count)])


def _reach(beta: Callable[[float], float], smallest: float) -> float:
    """A radius beyond which σ_0 − ∫β is certainly negative, or 1 for a flat network.

    σ_0/β(0), which is far too large where β grows fast: then less, so that radii lie where σ may be positive.
    """
    curved = beta(0.0)
    if not (curved > 0 and smallest > 0):
        return 1.0
    radius = smallest / curved
    for _ in range(_SHRINKINGS):
        if radius * beta(radius) <= _MOST_SPENT * smallest:
            break
        radius /= _MOST_SPENT
    return radius


def _refined(landscape: Landscape) -> Landscape:
    """Interpolate β between the surveyed radii (it is nearly affine)."""
    radii = np.concatenate([[0.0], np.geomspace(landscape.radii[1], landscape.radii[-1], _FINE)])
    return replace(landscape, radii=radii, betas=np.interp(radii, landscape.radii, landscape.betas))
