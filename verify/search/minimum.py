"""Evidence for a strict local minimum near given weights: shifts, two balls, and a correction where binary64 ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from flint import arb

from certificates import Accepted, Network, Verdict
from certificates.arithmetic.arb import lower, precision, upper
from certificates.arithmetic.effort import FLOPS_PER_OPERATION
from certificates.checks.minimum import bounded_spectrum, gradient_norm, turning_on
from certificates.checks.turned import turned
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.enclosures.objectives.flat import flat_directions
from certificates.enclosures.objectives.parameters import tensor_slices
from certificates.enclosures.objectives.precise_gradient import gradient_effort
from certificates.errors import EnclosureFailure
from certificates.language.minimum import Correction, MinimumEvidence
from verify.numeric.smooth_objective import FloatObjective
from verify.search.newton_steps import Curvature, curvature_at
from verify.search.objective_polish import polish_objective
from verify.search.objective_stalls import explained_minimum
from verify.search.proposal import Options, Proposal

__all__ = ["Basin", "basin_of", "evidence_of", "flat_basis", "in_pieces", "rounded_outwards", "with_polish"]

Array = np.ndarray

_ROUNDING = 2.0**-53
_SHARE_OF_BUDGET = 0.25  # of the default one, that a gradient of many digits may take
_QUICK = 3e5  # operations on balls: about a second
_NEAR = 2.0**-10  # of the radius: a minimum that is so near needs no digits of the gradient beyond binary64
_PIECE = 2_000  # numbers of a correction in one list of a certificate
_ABOUT_WEIGHTS = (5, 6, 7)  # checks that other weights may pass
_FAR = 0.97  # of the radius at which the Hessian would stop being positive definite


@dataclass(frozen=True)
class Basin:
    """What floats see at the weights.

    Parameters
    ----------
    curvature
        ∇²f, with the flat directions lifted off 0.
    flat
        Names of the flat directions.
    gradient
        ∇f in the platform's longest floats.
    """

    curvature: Curvature
    flat: tuple[str, ...]
    gradient: Array

    @property
    def smallest(self) -> float:
        """λ_min off the flat directions."""
        return self.curvature.smallest

    @property
    def largest(self) -> float:
        """λ_max."""
        return self.curvature.largest

    @property
    def is_strict(self) -> bool:
        """Whether the Hessian looks positive definite, beyond its rounding errors."""
        return self.smallest > self.blur

    @property
    def blur(self) -> float:
        """About how far eigenvalues are blurred by rounding."""
        return 16 * math.sqrt(len(self.curvature.matrix)) * _ROUNDING * self.largest


def basin_of(network: Network) -> Basin | None:
    """Look at the weights in floats; ``None`` where they overflow."""
    objective = FloatObjective(network)
    w = objective.initial()
    slope = objective.gradient(w.astype(np.longdouble))
    with np.errstate(all="ignore"):
        size = float(w @ w)
    curvature = curvature_at(network, objective, w)
    return None if curvature is None or not math.isfinite(size) else Basin(curvature, flat_directions(network), slope)


def flat_basis(network: Network, flat: tuple[str, ...]) -> Array:
    """An orthonormal basis of the span of the flat directions, (p, k)."""
    slices, last = tensor_slices(network), len(network.layers) - 1
    columns: list[Array] = []
    for name in flat:
        tensor = (
            f"layers.{last}.{'bias' if 'bias' in name else 'weight'}"
            if name.startswith("output")
            else "layers.0.weight"
        )
        place = slices[tensor]
        entries = np.arange(place.start, place.stop)
        if name == "output.bias shift":
            groups = [entries]
        elif name == "output.weight shift":
            groups = list(entries.reshape(network.layers[last].weight.shape).T)
        else:
            column = int(name.split()[1])
            groups = [
                entries.reshape(network.layers[0].weight.shape)[[row], column] for row in range(network.widths[1])
            ]
        for group in groups:
            direction = np.zeros(network.trained_parameter_count)
            direction[group] = 1 / math.sqrt(len(group))
            columns.append(direction)
    return np.array(columns).T if columns else np.zeros((network.trained_parameter_count, 0))


# ---- evidence -------------------------------------------------------------------------------------------------


def evidence_of(network: Network, basin: Basin | None, error: float = 0.0) -> MinimumEvidence:
    """Evidence at which the judge accepts, or at which its refusal has numbers.

    Parameters
    ----------
    network
        The problem.
    basin
        Its look in floats; ``None`` where there is none.
    error
        ε_g and more that a loop in binary64 errs by in each step; the inner ball has room for it.
    """
    if basin is None or not basin.is_strict:
        least = 5e-324 if basin is None else max(5e-324, basin.smallest)
        return MinimumEvidence(2.0**-40, 2.0**-40, least, 1.0 if basin is None else 2 * basin.largest or 1.0)
    blur = basin.blur
    shifts = max(basin.smallest - blur, 5e-324), basin.largest * (1 + 2.0**-20) + blur
    with precision(128):
        try:
            smallest, largest = bounded_spectrum(network, basin.flat, *shifts)
            if smallest is None or largest is None or not smallest > 0:
                return MinimumEvidence(2.0**-40, 2.0**-40, *shifts)
            curvature = lower(smallest)
            outer = _outer_radius(network, smallest, largest)
            slope, correction = _centre(network, basin, curvature, outer)
        except EnclosureFailure:
            return MinimumEvidence(2.0**-40, 2.0**-40, *shifts)
    inner = min(outer, _inner_radius(slope, correction, curvature, error))
    return MinimumEvidence(outer, inner, *shifts, correction=correction)


def _outer_radius(network: Network, smallest: arb, largest: arb) -> float:
    """Nearly the largest R with h(R) < λ_0; h grows about linearly."""

    def fall(radius: float) -> float:
        return upper(turned(network, turning_on(network, radius), radius, smallest, largest).fall)

    radius, curvature = 2.0**-30, lower(smallest)
    for _ in range(60):  # the cheap bound first: it may be far too cautious
        cheap = upper(turning_on(network, radius, sums=False).h)
        if cheap < curvature / 4 and radius < 2.0**10:
            radius *= min(16.0, max(1.5, curvature / 2 / max(cheap, 1e-300)))
        elif cheap > curvature:
            radius *= max(2.0**-20, curvature / 2 / cheap) if math.isfinite(cheap) else 2.0**-10
        else:
            break
    for _ in range(4):
        lost = fall(radius)
        if 0.9 * curvature < lost < curvature or lost == 0:
            return radius
        radius *= min(_FAR * curvature / lost, 2.0**12)
    while fall(radius) >= curvature and radius > 2.0**-200:
        radius *= 0.8
    return radius


def _centre(network: Network, basin: Basin, curvature: float, outer: float) -> tuple[float, Correction | None]:
    """A bound of ‖∇f‖ at the centre, and the correction that leads there."""
    plain = upper(gradient_norm(network, None))
    near = plain / curvature <= _NEAR * outer and _turns_little(network, plain, curvature)
    effort = gradient_effort(network)
    if effort > _SHARE_OF_BUDGET * DEFAULT_BUDGET / FLOPS_PER_OPERATION or (near and effort > _QUICK):
        return plain, None
    here = upper(gradient_norm(network, ()))
    if _turns_little(network, here, curvature):
        return (plain, None) if plain < 2 * here else (here, ())
    low = _correction(network, basin)
    pieces = in_pieces(low)
    there = upper(gradient_norm(network, pieces))
    return (there, pieces) if there < here / 2 else (here, ())


def in_pieces(vector: Array) -> Correction:
    """A vector as a certificate holds it: in lists that are not too long."""
    return tuple(tuple(vector[start : start + _PIECE].tolist()) for start in range(0, len(vector), _PIECE))


def _turns_little(network: Network, slope: float, curvature: float) -> bool:
    """Whether the cheap bound suffices on the way to a minimum that is as far as the gradient says."""
    return 8 * upper(turning_on(network, 3 * slope / curvature, sums=False).h) < curvature


def _correction(network: Network, basin: Basin) -> Array:
    """w_lo: two Newton steps from w_0 with gradients in long floats."""
    objective = FloatObjective(network)
    w = objective.initial().astype(np.longdouble)
    low = np.zeros_like(w)
    for _ in range(3):
        slope = objective.gradient(w + low).astype(np.float64)
        low = low + basin.curvature.newton_step(slope).astype(np.longdouble)
    return low.astype(np.float64)


def _inner_radius(slope: float, correction: Correction | None, curvature: float, error: float) -> float:
    """Room for twice the distance to ŵ, and for what a loop drifts."""
    size = math.sqrt(sum(x * x for piece in correction or () for x in piece))
    return 2.25 * (size + slope / curvature) + 1.25 * error / curvature + 2.0**-200


def rounded_outwards(value: float, sign: int) -> float:
    """A value a little lower or higher: room for another processor's last bits, finer than that of radii."""
    return value + sign * (abs(value) * 2.0**-36 + 2.0**-1000)


def with_polish(network: Network, options: Options, propose: Callable[[Network, bool], Proposal]) -> Proposal:
    """Propose; polish if that is wanted and may help, and propose again. A refusal says what is in the way.

    Parameters
    ----------
    network, options
        As of the search.
    propose
        A proposal about weights, which may be polished ones.
    """
    found, polished = propose(network, False), None
    if options.polish == "full" or (options.polish and _misses(found.verdict)):
        polished = polish_objective(network, progress=options.progress)
        found = replace(propose(polished.network, True), polished=polished)
    verdict = found.verdict
    if isinstance(verdict, Accepted) or not _misses(verdict):
        return found
    about = network if polished is None else polished.network
    return replace(found, verdict=explained_minimum(verdict, about, polished))


def _misses(verdict: Verdict) -> bool:
    """Whether a check failed that other weights may pass."""
    return not isinstance(verdict, Accepted) and verdict.check in _ABOUT_WEIGHTS
