"""Search for what a summed cross-entropy below log 2 proves: a forward pass, and the best ε of constant steps."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.cross_entropy_convergence import Claim, Evidence, Flow, LossAt, Steps
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.objectives.margin_bounds import moving_layers
from certificates.memory import kept_memory
from certificates.subjects import Logistic, SoftmaxCrossEntropy
from certificates.verdict import Verdict
from verify.numeric.smooth_objective import FloatObjective
from verify.search.proposal import Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "is_plain_cross_entropy", "propose", "smallest_weight", "summed_loss"]

_TINY, _HUGE = 5e-324, 1e308
_EPSILONS = (0.05, 0.1, 0.25, 0.5)
_TENTH = 10.0  # the loss is claimed at the time when a tenth of it is certainly left


@kept_memory()
def propose(network: Network) -> Proposal:
    """Find the strongest provable claim: about the flow, and about steps where activations are smooth.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    weakest, evidence = _weakest(network), Evidence(_EPSILONS[0])
    verdict = decide(weakest, evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    notes: tuple[str, ...] = ()
    if weakest.flow == "gradient":
        stepped = _stepped(network, weakest)
        if isinstance(stepped[1], Accepted):
            evidence, verdict = stepped[0], stepped[1]
        else:
            notes = (f"nothing is claimed about steps without backtracking: {stepped[1].finding()}",)
    proved: Claim = verdict.proved
    claim: Claim = weaken(proved)
    if claim.steps is not None:
        claim = replace(claim, steps=replace(claim.steps, epsilon=evidence.epsilon))  # exact on every machine
    timed = decide(replace(claim, loss_at=LossAt(_time(claim), _HUGE)), evidence, network)
    if isinstance(timed, Accepted):
        claim = replace(claim, loss_at=weaken(timed.proved.loss_at))
    return Proposal(network, claim, evidence, decide(claim, evidence, network), notes)


def _weakest(network: Network) -> Claim:
    """Implied by every claim of its flow: what the judge proves is read off its verdict."""
    start = len(network.layers) - moving_layers(network)
    moved = network.activations[start:]
    kinked = any(smoothness(each).is_certainly_not_c11 for each in moved)
    flow: Flow = "clarke" if kinked else "gradient"
    return Claim(smallest_weight(network), _TINY, _TINY, flow)


def _stepped(network: Network, weakest: Claim) -> tuple[Evidence, Verdict]:
    """The ε with the fastest proven decrease, (1 − ε)η, or the first refusal."""
    claim = replace(weakest, steps=Steps(_TINY, 1 - 2.0**-20))
    tried = [(Evidence(epsilon), decide(claim, Evidence(epsilon), network)) for epsilon in _EPSILONS]
    return max(tried, key=lambda pair: _speed(*pair))


def _speed(evidence: Evidence, verdict: Verdict) -> float:
    return (1 - evidence.epsilon) * verdict.proved.steps.step_size_max if isinstance(verdict, Accepted) else -1.0


def _time(claim: Claim) -> float:
    """About when the envelope has come down to a tenth of the loss, to three digits, rounded up."""
    start = float(claim.margin)
    target = -math.log(math.expm1(math.log1p(math.exp(-start)) / _TENTH))
    if target > 700:
        return 0.0
    time = (math.exp(target) + target - math.exp(start) - start) / float(claim.rate)
    if not math.isfinite(time) or time <= 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(time)) - 2)
    return math.ceil(time / unit) * unit


def smallest_weight(network: Network) -> Fraction:
    """ω: the least weight of a sample, the loss's scale included."""
    objective = network.objective
    return min(objective.sample_weights, default=Fraction(1)) * objective.loss.scale


def summed_loss(network: Network) -> float:
    """f/ω in float64, the sum in which the lightest sample counts once."""
    loss = network.objective.loss
    scaled = replace(network.objective, loss=replace(loss, scale=loss.scale / smallest_weight(network)))
    try:
        objective = FloatObjective(replace(network, objective=scaled))
        return objective.value(objective.initial())
    except OverflowError:  # a sample that counts more than floats can say
        return math.inf


def is_plain_cross_entropy(network: Network) -> bool:
    """Whether a logistic or softmax loss with labels of 0 and 1 is all there is: then it may have no minimum."""
    objective = network.objective
    if not isinstance(objective.loss, SoftmaxCrossEntropy | Logistic) or objective.decay:
        return False
    smoothed = isinstance(objective.loss, SoftmaxCrossEntropy) and bool(objective.loss.class_labels)
    return not smoothed and bool(np.isin(network.given_targets, (0, 1)).all())


def _fits(network: Network) -> str | None:
    if not is_plain_cross_entropy(network):
        return None
    return "cross-entropy goes to zero" if summed_loss(network) < np.log(2) else None


def _excludes(network: Network) -> str | None:
    """What is said of the objective and the layers, which no training can help."""
    verdict = decide(_weakest(network), Evidence(0.5), network, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and 0 < verdict.check < 4 else None


SEARCH = Search(Claim, Network, lambda network, _: propose(network), fits=_fits, excludes=_excludes)
