"""Search for a strict local minimum near the weights, polishing them first if that is wanted (theory 6.4)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates import Accepted, Network, decide
from certificates.checks.minimum import MOST_PARAMETERS
from certificates.claims.strict_minimum import Claim, Evidence, FloatLoop, FloatLoopEvidence
from certificates.language.minimum import MinimumEvidence
from certificates.language.parts import Origin
from certificates.memory import kept_memory
from verify.numeric.smooth_objective import FloatObjective
from verify.search.minimum import Basin, basin_of, evidence_of, rounded_outwards, with_polish
from verify.search.origins import origin_of
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken, weaken_number

__all__ = ["SEARCH", "propose"]

_ROUNDING = 2.0**-53
_SEEN = 32.0  # times the error of a gradient that is seen at w_0
_FLAT_DRIFT = 2.0**-20  # of ‖w_0‖


@kept_memory()
def propose(network: Network, *, origin: tuple[Origin, Network] | None = None) -> Proposal:
    """Find the strongest provable claim about these weights.

    Parameters
    ----------
    network
        The problem.
    origin
        The unpolished problem and how to name it, when the weights were polished.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    small = network.trained_parameter_count <= MOST_PARAMETERS
    basin = basin_of(network) if small else None
    loop = None if basin is None or not basin.is_strict else _loop(network, basin)
    found = evidence_of(network, basin, _error_of(network, loop))
    proposal = _claimed(network, _with_loop(found, loop), basin, origin)
    if proposal.claim is None and loop is not None:
        proposal = _claimed(network, _with_loop(found, None), basin, origin)
    return proposal


def _claimed(
    network: Network, evidence: Evidence, basin: Basin | None, origin: tuple[Origin, Network] | None
) -> Proposal:
    """What the judge proves with this evidence, a little weaker."""
    source = None if origin is None else origin[1]
    flat = () if basin is None else basin.flat
    verdict = decide(_weakest_claim(evidence, flat, origin), evidence, network, origin=source)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = _weakened(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network, origin=source))


def _weakest_claim(evidence: Evidence, flat: tuple[str, ...], origin: tuple[Origin, Network] | None) -> Claim:
    """Implied by whatever this evidence proves: that is read off the verdict."""
    huge, tiny = 1e308, 5e-324
    named = None if origin is None else replace(origin[0], distance=huge)
    loop = None
    if evidence.float_loop is not None:
        ends = (0.0, huge) if flat else (None, None)
        loop = FloatLoop(evidence.float_loop.step_size, 0.0, huge, *ends)
    return Claim(evidence.radius, evidence.radius, tiny, huge, -huge, huge, 0.0, flat, loop, named)


def _weakened(proved: Claim) -> Claim:
    low, high = rounded_outwards(proved.value_lower, -1), rounded_outwards(proved.value_upper, 1)
    claim: Claim = weaken(proved)
    return replace(claim, value_lower=low, value_upper=high)


# ---- the loop -------------------------------------------------------------------------------------------------


def _loop(network: Network, basin: Basin) -> FloatLoopEvidence:
    """A loop with nearly the longest step, whose gradient errs by some times what is seen at w_0."""
    objective = FloatObjective(network)
    w = objective.initial()
    seen = float(np.linalg.norm(objective.gradient(w) - basin.gradient))
    step = weaken_number(2 / (basin.smallest + basin.largest) * (1 - 2.0**-10), "smaller")
    error = weaken_number(_SEEN * max(seen, _ROUNDING * basin.blur), "larger")
    return FloatLoopEvidence(step, error, weaken_number(_FLAT_DRIFT * float(np.linalg.norm(w)) + 2.0**-40, "larger"))


def _error_of(network: Network, loop: FloatLoopEvidence | None) -> float:
    """About ε of the loop."""
    if loop is None:
        return 0.0
    size = float(np.linalg.norm(FloatObjective(network).initial()))
    return loop.gradient_error + _ROUNDING * (1 + 2.0**-19) * size / loop.step_size


def _with_loop(found: MinimumEvidence, loop: FloatLoopEvidence | None) -> Evidence:
    return Evidence(found.radius, found.inner_radius, found.shift_lower, found.shift_upper, found.correction, loop)


def _fits(network: Network) -> str | None:
    penalised = bool(network.objective.decay) or network.residual_count > network.trained_parameter_count
    return "a strict minimum near these weights" if penalised else None


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    evidence = Evidence(1.0, 1.0, 5e-324, 1.0)
    verdict = decide(_weakest_claim(evidence, (), None), evidence, network, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and verdict.check in (0, 1) else None


def _propose(network: Network, options: Options) -> Proposal:
    def about(weights: Network, polished: bool) -> Proposal:
        return propose(weights, origin=origin_of(network, weights, options.source) if polished else None)

    return with_polish(network, options, about)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"polish"}), fits=_fits, excludes=_excludes)
