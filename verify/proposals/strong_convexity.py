"""Search for a ball of strong convexity around the weights: half the largest, or the one asked for (theory 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import lower, precision
from certificates.checks.hessian_ball import prove_hessian_ball
from certificates.checks.minimum import MOST_PARAMETERS
from certificates.checks.outcome import Refusal
from certificates.claims.strong_convexity import Claim, Evidence, HessianShifts, Minimiser
from certificates.enclosures.intervals.smoothness import is_certainly_c2, smoothness
from certificates.enclosures.objectives.flat import flat_directions, raised
from certificates.enclosures.objectives.frozen_output import frozen_output
from certificates.enclosures.objectives.hessian import hessian
from certificates.enclosures.objectives.point import evaluate, stands_at_teacher
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from certificates.verdict import Verdict
from verify.search.frozen_shifts import above, below, frozen_shifts
from verify.search.minimum import rounded_outwards
from verify.search.proposal import Options, Proposal, Search
from verify.search.turning_radii import largest_radius
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]

_SHARE = 0.5  # of the largest radius with m > 0: there m R is about largest
_FAR = 0.99  # of λ_0, lost there
_CLOSE = 0.9  # how near to the largest radius a first search comes
_SMALLEST, _GUESS = 2.0**-60, 2.0**-10
_ANYTHING = Evidence(2.0**-30, HessianShifts(5e-324, 1.0))


@kept_memory()
def propose(network: Network, *, radius: float | None = None) -> Proposal:
    """Find m and M on a ball, and the minimiser in it where the gradient is small enough.

    Parameters
    ----------
    network
        The problem.
    radius
        R; ``None`` for half the largest for which m > 0 is proved.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    found: Proposal | None = None
    for evidence in _attempts(network, radius):
        proposal = _claimed(network, evidence)
        better = found is None or (isinstance(proposal.verdict, Accepted) and not isinstance(found.verdict, Accepted))
        if better or _reach(proposal) > _reach(found):
            found = proposal
    return found or Proposal(network, None, _ANYTHING, _verdict(network, _ANYTHING, minimiser=False))


def _reach(proposal: Proposal | None) -> float:
    """R of what is claimed."""
    return 0.0 if proposal is None or proposal.claim is None else float(proposal.claim.radius)


def _claimed(network: Network, evidence: Evidence) -> Proposal:
    """What the judge proves with this evidence, a little weaker; no minimiser where the gradient is too large."""
    verdict = _verdict(network, evidence, minimiser=True)
    if not isinstance(verdict, Accepted) and verdict.check == 8:
        verdict = _verdict(network, evidence, minimiser=False)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim = _weakened(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _labels(network: Network) -> Literal["given", "planted"]:
    return "given" if network.teacher is None else "planted"


def _verdict(network: Network, evidence: Evidence, *, minimiser: bool, budget: float | None = None) -> Verdict:
    """On a claim that whatever this evidence proves implies."""
    radius, huge = evidence.radius, 1e308
    weakest = Minimiser(radius, -huge, huge) if minimiser else None
    claim = Claim(_labels(network), radius, 5e-324, huge, weakest, flat_directions(network))
    return decide(claim, evidence, network) if budget is None else decide(claim, evidence, network, budget=budget)


def _weakened(proved: Claim) -> Claim:
    claim: Claim = weaken(proved)
    if claim.minimiser is None or proved.minimiser is None:
        return claim
    low, high = proved.minimiser.value_lower, proved.minimiser.value_upper
    ends = (max(0.0, rounded_outwards(low, -1)) if low > 0 else low), (rounded_outwards(high, 1) if high else 0.0)
    return replace(claim, minimiser=replace(claim.minimiser, value_lower=ends[0], value_upper=ends[1]))


# ---- evidence -------------------------------------------------------------------------------------------------


def _attempts(network: Network, radius: float | None) -> Iterator[Evidence]:
    """With all that there is; for φ'' that jumps without the Hessian, too: the Gram matrix does not need it."""
    if network.trained_parameter_count > MOST_PARAMETERS:
        return
    with precision(128):
        try:
            frozen, found = frozen_shifts(network), _hessian_shifts(network)
        except EnclosureFailure:
            return
        ways = [Evidence(1.0, found, frozen)] if found is not None else []
        if frozen is not None and _may_jump(network):
            ways.append(Evidence(1.0, None, frozen))
        for way in ways:
            size = _radius(network, way) if radius is None else radius
            yield replace(way, radius=size)


def _may_jump(network: Network) -> bool:
    """Whether φ'' may, and φ' does not."""
    activation = network.activations[0]
    return smoothness(activation).is_certainly_c11 and not is_certainly_c2(activation)


def _hessian_shifts(network: Network) -> HessianShifts | None:
    matrix = hessian(evaluate(network))
    height = max(float(np.max(np.abs(matrix.mid))), 2.0**-900)
    values = np.linalg.eigvalsh(raised(matrix, network, flat_directions(network), height).mid)
    return HessianShifts(below(float(values[0]), float(values[-1])), above(float(values[-1]), float(values[-1])))


# ---- the radius -----------------------------------------------------------------------------------------------


def _radius(network: Network, evidence: Evidence) -> float:
    """About half of the largest R for which m > 0 is proved."""
    most = _strength(network, replace(evidence, radius=_SMALLEST))
    if not most > 0:
        return 2.0**-30

    def lost(radius: float) -> float:
        return most - _strength(network, replace(evidence, radius=radius))

    found = largest_radius(lost, _FAR * most, _GUESS)
    if found is None:
        return 2.0**-30
    further = found * min(_FAR * most / max(lost(found), 2.0**-20 * most), 1 / _CLOSE)
    return _SHARE * (further if lost(further) < most else found)


def _strength(network: Network, evidence: Evidence) -> float:
    """m, and −∞ where none is proved."""
    try:
        return lower(prove_hessian_ball(flat_directions(network), evidence, network).strength)
    except (Refusal, EnclosureFailure):
        return -np.inf


def _fits(network: Network) -> str | None:
    """Where the weights are those of the teacher, whose Hessian is what recovery is about."""
    if not stands_at_teacher(network):
        return None
    try:
        frozen_output(network)
    except EnclosureFailure:
        return None
    return "a ball of strong convexity around the teacher"


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    verdict = _verdict(network, _ANYTHING, minimiser=False, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and verdict.check in (0, 1) else None


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, radius=None if options.radius is None else float(options.radius))


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"radius"}), fits=_fits, excludes=_excludes)
