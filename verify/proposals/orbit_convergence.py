"""Search for the largest ball around the teacher from which gradient descent converges (theory 3.6.3, 3.6.6)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import exact, precision
from certificates.claims.orbit_convergence import Claim, Evidence
from certificates.enclosures.quadratic.planted import planted_quadratic
from certificates.language.local_constants import LocalConstants
from verify.descent.planted import moments_of
from verify.search.planted import default_step, flattest_direction, largest_radius, near, not_planted
from verify.search.proposal import Proposal, Search
from verify.search.runs import OrbitBounds, Start
from verify.search.weakening import PROBE_BUDGET, weaken, weaken_number

__all__ = ["SEARCH", "propose"]

_SEED = 0
_BLANK = Evidence(1.0, LocalConstants(0.0, 1.0, 1.0, 1.0, Fraction(1)))


def propose(network: Network, *, step_size: Fraction | None = None) -> Proposal:
    """Find a radius and rates that can be proven for every start near the teacher.

    Parameters
    ----------
    network
        A quadratic network with planted labels; its own weights do not matter.
    step_size
        η for the problem's own loss; about 1/(8Λ) of the scaling 1/(4m) by default.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    weakest = Claim(Fraction(1) if step_size is None else step_size, 5e-324, 0.0, 0.0, 0.0)
    refused = decide(weakest, _BLANK, network, budget=PROBE_BUDGET)
    if not isinstance(refused, Accepted) and 0 < refused.check < 3:
        return Proposal(network, None, _BLANK, refused)  # a structural refusal: no evidence can help
    planted = planted_quadratic(network)
    found = near(planted, moments_of(network.inputs))
    eta = default_step(planted, found) if step_size is None else step_size
    with precision(128):
        radius = largest_radius(found, exact(planted.step_factor * eta))
    evidence = Evidence(weaken_number(radius, "smaller") or 1.0, found.constants)
    verdict = decide(Claim(eta, 5e-324, 0.0, 0.0, 0.0), evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = weaken(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _runs(claim: Claim, network: Network) -> OrbitBounds:
    """From the rim of the ball along the flattest and a random direction, and from half the radius."""
    planted = planted_quadratic(network)
    teacher = planted.planted
    flattest, drawn = flattest_direction(planted), np.random.default_rng(_SEED).normal(size=teacher.shape)
    inward = flattest if np.vdot(flattest, teacher) <= 0 else -flattest
    starts = tuple(
        Start(name, teacher + share * claim.radius * direction, 0, share * claim.radius, decrease)
        for name, direction, share, decrease in (
            ("the rim, flattest direction", inward, 1.0, claim.decrease),
            ("the rim, a random direction", drawn / np.linalg.norm(drawn), 1.0, claim.decrease),
            ("half the radius, flattest direction", inward, 0.5, claim.half_decrease),
        )
    )
    return OrbitBounds(claim.step_size, starts, claim.asymptotic_decrease)


SEARCH = Search(
    Claim,
    Network,
    lambda network, options: propose(network, step_size=options.step_size),
    reads=frozenset({"step_size"}),
    fits=lambda network: None if network.teacher is None else "every start near the teacher",
    excludes=not_planted,
    runs=_runs,
)
