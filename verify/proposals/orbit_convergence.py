"""Search for the largest ball around the teacher from which gradient descent converges (theory 3.6.3, 3.6.6)."""

from __future__ import annotations

from fractions import Fraction

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import exact, precision
from certificates.claims.orbit_convergence import Claim, Evidence
from certificates.enclosures.quadratic.planted import planted_quadratic
from certificates.language.local_constants import LocalConstants
from verify.descent.planted import moments_of
from verify.search.planted import default_step, largest_radius, near
from verify.search.quadratic import Proposal
from verify.search.weakening import PROBE_BUDGET, weaken, weaken_number

__all__ = ["propose"]

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
        return Proposal(None, _BLANK, refused)  # a structural refusal: no evidence can help
    planted = planted_quadratic(network)
    found = near(planted, moments_of(network.inputs))
    eta = default_step(planted, found) if step_size is None else step_size
    with precision(128):
        radius = largest_radius(found, exact(planted.step_factor * eta))
    evidence = Evidence(weaken_number(radius, "smaller") or 1.0, found.constants)
    verdict = decide(Claim(eta, 5e-324, 0.0, 0.0, 0.0), evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(None, evidence, verdict)
    claim: Claim = weaken(verdict.proved)
    return Proposal(claim, evidence, decide(claim, evidence, network))
