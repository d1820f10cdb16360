"""What can be proved about a one-hidden-layer quadratic network: one search a kind, and the choice between two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network
from certificates.errors import MalformedProblem
from certificates.subjects import MOST_VARIABLES
from verify.problems.polynomials import polynomial_of
from verify.proposals import (
    certified_orbit_run,
    global_landscape,
    gradient_dominance,
    gradient_dominance_sos,
    negative_curvature,
    optimality_gap,
    orbit_convergence,
    second_order_stationary,
)
from verify.search.quadratic import Proposal, look, read

__all__ = ["QUADRATIC_KINDS", "Options", "descent_or_gap", "is_quadratic", "offers", "search"]

_SHARE = 1e-6  # of f(0): a witness that guarantees no more is no news beside a gap
_RADIUS_SHARE = Fraction(1, 8)  # of ‖W‖, for sums of squares
_RADIUS_BITS = 10

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What a user may choose; ``None`` lets the search choose.

    Parameters
    ----------
    step_size
        η for the problem's own loss, exact: ``orbit-convergence`` and ``certified-orbit-run``.
    radius
        ϱ, exact: ``gradient-dominance`` and ``gradient-dominance-sos``.
    progress
        Told what is being done.
    """

    step_size: Fraction | None = None
    radius: Fraction | None = None
    progress: Progress = lambda _: None

    def refuse_for(self, kind: str | None) -> None:
        """Refuse an option that the search for this kind does not read."""
        for flag, value, kinds in (
            ("--step-size", self.step_size, ("orbit-convergence", "certified-orbit-run")),
            ("--radius", self.radius, ("gradient-dominance", "gradient-dominance-sos")),
        ):
            if value is not None and value <= 0:
                raise MalformedProblem("expected a positive number", place=flag)
            if value is not None and kind not in kinds:
                raise MalformedProblem(f"belongs to --kind {' and '.join(kinds)}", place=flag, remedy="leave it out")


def is_quadratic(network: Network) -> bool:
    """Whether the rules of quadratic networks accept the problem: x ↦ Σ v_l (w_lᵀx)², first layer trained alone."""
    return read(network) is not None


def search(kind: str, network: Network, options: Options) -> Proposal:
    """Search for the strongest provable claim of one kind."""
    return QUADRATIC_KINDS[kind](network, options)


def _dominance(network: Network, options: Options) -> Proposal:
    radius = None if options.radius is None else float(options.radius)
    return gradient_dominance.propose(network, radius=radius, progress=options.progress)


def _sums_of_squares(network: Network, options: Options) -> Proposal:
    """About the loss as a polynomial in the first layer, around the given weights."""
    problem, centre = polynomial_of(network)
    radius = options.radius
    if radius is None:
        norm = float(np.linalg.norm([float(entry) for entry in centre])) or 1.0
        scale = Fraction(2) ** (int(np.floor(np.log2(norm))) - _RADIUS_BITS)
        radius = round(Fraction(norm) * _RADIUS_SHARE / scale) * scale
    return gradient_dominance_sos.propose(problem, centre, radius, progress=options.progress)


QUADRATIC_KINDS: Mapping[str, Callable[[Network, Options], Proposal]] = {
    "certified-orbit-run": lambda net, options: certified_orbit_run.propose(net, step_size=options.step_size),
    "global-landscape": lambda net, _: global_landscape.propose(net),
    "gradient-dominance": _dominance,
    "gradient-dominance-sos": _sums_of_squares,
    "negative-curvature": lambda net, _: negative_curvature.propose(net),
    "optimality-gap": lambda net, _: optimality_gap.propose(net),
    "orbit-convergence": lambda net, options: orbit_convergence.propose(net, step_size=options.step_size),
    "second-order-stationary": lambda net, _: second_order_stationary.propose(net),
}


def descent_or_gap(network: Network, progress: Progress = lambda _: None) -> Proposal:
    """Either a direction of negative curvature with a worthwhile guaranteed decrease, or a gap (theory 3.4).

    Worthwhile is more than 1e-6 of f(0), the loss of the zero first layer. A decrease is a lower bound of the gap.

    Returns
    -------
    Proposal
        Of kind ``negative-curvature`` or ``optimality-gap``.
    """
    progress("a direction of negative curvature")
    found = negative_curvature.propose(network)
    if found.claim is not None and found.claim.descent > _SHARE * _loss_at_zero(network):
        return found
    progress("an optimality gap")
    return optimality_gap.propose(network)


def _loss_at_zero(network: Network) -> float:
    seen = look(network)
    return 0.0 if seen is None else float(network.loss_scale) * float(seen.labels @ seen.labels)


def offers(network: Network, found: Proposal) -> tuple[tuple[str, str], ...]:
    """(kind, why it may be worth trying): claims beyond the one found whose shape fits this problem."""
    shape = read(network)
    if shape is None or not isinstance(found.verdict, Accepted):
        return ()
    n, d, k = shape.sample_count, shape.dimension, shape.width
    stationary = found.claim.kind == "optimality-gap"
    enough = all(count == 0 or count >= d for count in (shape.positive, shape.negative))
    rows = (
        ("second-order-stationary", stationary, "how stationary the weights are, with every bound of the gap"),
        ("global-landscape", enough, f"{d} or more outer weights of each sign that occurs: no spurious minima"),
        ("gradient-dominance", n <= k * d, "at most as many samples as weights: an inequality on a ball"),
        ("zero-loss-convergence", n <= k * d and network.teacher is None, "gradient descent from these weights"),
        ("orbit-convergence", network.teacher is not None, "every start near the teacher"),
        ("certified-orbit-run", network.teacher is not None, "gradient descent from these weights to the teacher"),
        ("gradient-dominance-sos", k * d <= MOST_VARIABLES and network.teacher is None, "sums of squares on a ball"),
    )
    return tuple((kind, why) for kind, fits, why in rows if fits)
