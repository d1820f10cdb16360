"""Search for the balls around planted weights from which gradient descent finds them (theorems 4.2.4 and 4.2.6)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.outcome import Refusal
from certificates.checks.planted_teacher import contraction_workload, distance_above, require_teacher
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.claims.planted_convergence import Claim, Evidence
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from verify.search.planted_contraction import AtTeacher, at_teacher, largest_radius, not_contracting, short_step
from verify.search.proposal import Options, Proposal, Search
from verify.search.runs import OrbitBounds, Start
from verify.search.weakening import PROBE_BUDGET, weaken, weaken_number

__all__ = ["SEARCH", "propose"]

_SEED = 0
_SHARE = 0.5  # of the largest radius: there the decrease is still about a quarter of that at the teacher
_MARGIN = 2.0**-18


@kept_memory()
def propose(network: Network, *, step_size: Fraction | None = None, radius: Fraction | None = None) -> Proposal:
    """Find radii and a decrease that can be proven for every start near the planted weights.

    Parameters
    ----------
    network
        One hidden layer under a frozen output, labels planted by a teacher of the same shape.
    step_size
        η for the problem's own loss; by default just below the largest one that is proved.
    radius
        R; by default half of the largest one, or as far as the given weights are, if that is farther.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    blank, eta = Evidence(1.0, 0.0, 1.0, 1.0), Fraction(1) if step_size is None else step_size
    refused = decide(_weakest(eta), blank, network, budget=PROBE_BUDGET)
    if not isinstance(refused, Accepted) and 0 < refused.check < 3:
        return Proposal(network, None, blank, refused)  # a structural refusal: no evidence can help
    found = _seen(network)
    if found is None:
        return Proposal(network, None, blank, decide(_weakest(eta), blank, network))
    largest = largest_radius(found)
    if not largest > 0:
        return Proposal(network, None, found.evidence, decide(_weakest(eta), _smallest(found), network))
    evidence = _evidence(network, found, largest, radius)
    eta = _step(found, evidence.radius) if step_size is None else step_size
    verdict = decide(_weakest(eta), evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = weaken(verdict.proved)
    if claim.distance is not None and claim.distance > claim.radius:
        claim = replace(claim, distance=None)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _seen(network: Network) -> AtTeacher | None:
    """What is known at the teacher; ``None`` where the judge says why not: too much work, no finite numbers."""
    if contraction_workload(network, pairs=False).excess("fast", DEFAULT_BUDGET) is not None:
        return None
    try:
        with np.errstate(all="ignore"):
            return at_teacher(network)
    except (Refusal, EnclosureFailure, np.linalg.LinAlgError):
        return None


def _weakest(step_size: Fraction) -> Claim:
    return Claim(step_size, 5e-324, 0.0)


def _smallest(found: AtTeacher) -> Evidence:
    """For the judge's own words where no ball is found."""
    return replace(found.evidence, radius=5e-324)


def _evidence(network: Network, found: AtTeacher, largest: float, wanted: Fraction | None) -> Evidence:
    far = weaken_number(largest, "smaller")
    if wanted is not None:
        return replace(found.evidence, radius=lower(exact(wanted)), unique_radius=far)
    given = upper(distance_above(network, require_teacher(1, network))) * (1 + _MARGIN)
    half = weaken_number(_SHARE * largest, "smaller")
    radius = given if half < given < (1 - _MARGIN) * far else half
    return replace(found.evidence, radius=radius, unique_radius=far)


def _step(found: AtTeacher, radius: float) -> Fraction:
    """Of few bits, and a little below the largest one."""
    step = short_step(lower(found.contraction(radius).step_size_max) * (1 - _MARGIN))
    return step / found.around.problem.loss_factor


def _runs(claim: Claim, network: Network) -> OrbitBounds:
    """From the rim of the ball in a random direction, from half of it, and from the given weights if they are in it."""
    teacher = require_teacher(1, network)
    planted = _flat(teacher)
    drawn = np.random.default_rng(_SEED).normal(size=planted.shape)
    drawn = claim.radius * (drawn * (1 - 2.0**-30) / np.linalg.norm(drawn))
    decrease = 1 - float(np.sqrt(max(0.0, 1 - claim.decrease)))
    starts = [
        Start("the rim, a random direction", planted + drawn, 0, claim.radius, decrease),
        Start("half the radius, the other way", planted - drawn / 2, 0, claim.radius / 2, decrease),
    ]
    if claim.distance is not None and claim.distance > 0:
        starts.append(Start("the given weights", _flat(network), 0, claim.distance, decrease))
    return OrbitBounds(claim.step_size, tuple(starts), decrease, up_to_rotation=False)


def _flat(network: Network) -> np.ndarray:
    """The trained parameters in order."""
    hidden = network.layers[0]
    return np.concatenate([hidden.weight.ravel(), *([] if hidden.bias is None else [hidden.bias])])


def _search(network: Network, options: Options) -> Proposal:
    return propose(network, step_size=options.step_size, radius=options.radius)


SEARCH = Search(
    Claim,
    Network,
    _search,
    reads=frozenset({"step_size", "radius"}),
    fits=lambda network: None if not_contracting(network) else "every start near the planted weights",
    excludes=not_contracting,
    runs=_runs,
)
