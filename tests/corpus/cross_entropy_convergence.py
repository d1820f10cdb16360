"""The corpus of ``cross-entropy-convergence``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Dense, Network
from certificates.claims.cross_entropy_convergence import Claim, Evidence, LossAt, Steps
from certificates.expression import parse_activation
from certificates.subjects import Decay, Logistic, Objective, SoftmaxCrossEntropy, Squared
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import Parts, honest, proposed, stronger
from tests.support.classifiers import classifier
from verify.proposals import cross_entropy_convergence

__all__ = ["cases"]

_SIXTH = Fraction(1, 6)


def _found() -> dict[str, Parts]:
    weights = (Fraction(1), Fraction(3, 2), Fraction(2), Fraction(1), Fraction(5), Fraction(1))
    networks = {
        "mean-over-three-classes": classifier(0),
        "one-logistic-output": classifier(1, outputs=1, loss="logistic", gain=8),
        "two-labels-a-sample": classifier(2, outputs=2, loss="logistic", gain=10, hidden=(12,)),
        "weighted-samples": classifier(3, weights=weights, gain=10),
        "output-layer-alone": classifier(4, trained=(False, True), scale=Fraction(1)),
        "kinks": classifier(5, "relu", hidden=(12,)),
        "three-layers-without-biases": classifier(6, "softplus", hidden=(8, 6), inputs=6, gain=20, bias=False),
        "a-million-units-of-time": classifier(7, "gelu", hidden=(10,)),
    }
    return {name: proposed(cross_entropy_convergence.propose, network) for name, network in networks.items()}


def _objectives(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Other objectives than a cross-entropy with hard labels, and other weights of samples than the file's."""
    loss, targets = network.objective.loss, network.targets
    soft = targets.copy()
    soft[2] = [0.5, 0.25, 0.25]
    smooth = tuple(tuple(Fraction(8 if i == j else 1, 10) for j in range(3)) for i in range(3))
    penalised = replace(network.objective, decay=(Decay("layers.0.weight", Fraction(1, 1000)),))
    squared = Objective(Squared(loss.scale))
    for name, check, theorem, other in (
        ("a-penalty", 0, "with weight decay the loss goes to zero", replace(network, objective=penalised)),
        ("a-sum-of-squares", 0, "log 2 is a threshold for squares", replace(network, objective=squared)),
        ("soft-labels", 1, "a loss whose infimum is an entropy goes to zero", replace(network, targets=soft)),
        (
            "label-smoothing",
            1,
            "a loss whose infimum is an entropy goes to zero",
            replace(network, objective=Objective(SoftmaxCrossEntropy(loss.scale, smooth))),
        ),
    ):
        yield Bent(name, check, theorem, other, claim, evidence)
    theorem = "a mean below log 2 is a sum below log 2"
    for name, weight in (("mean-for-sum", Fraction(1)), ("another-weight", _SIXTH / 2)):
        yield Bent(name, 1, theorem, network, replace(claim, smallest_weight=weight), evidence)
    weighted = replace(network, objective=Objective(loss, sample_weights=(Fraction(1, 2), *[Fraction(1)] * 5)))
    theorem = "a sample that counts half keeps the margin of one that counts once"
    yield Bent("lighter-sample", 1, theorem, weighted, claim, evidence)


def _losses(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Sums of log 2 or more."""
    weak = Claim(_SIXTH, 1e-300, 1e-300)
    heavy = replace(
        network, objective=Objective(network.objective.loss, sample_weights=(*[Fraction(1)] * 5, 10**6 * _SIXTH))
    )
    zero = replace(network.layers[-1], weight=0 * network.layers[-1].weight, bias=np.zeros(3))
    wrong = network.targets[:, [1, 2, 0]]
    for name, theorem, other in (
        ("loose-fit", "a mean below log 2 is enough", classifier(0, gain=1.0)),
        ("heavy-sample", "a sample's weight does not matter", heavy),
        ("zero-outputs", "no margin is one", replace(network, layers=(network.layers[0], zero))),
        ("wrong-labels", "samples that are classified wrongly are classified rightly", replace(network, targets=wrong)),
    ):
        yield Bent(name, 5, theorem, other, weak, evidence)
    yield _exactly_log_two()


def _exactly_log_two() -> Bent:
    """One sample, two classes, no margin: f is log 2 itself."""
    layers = (Dense(np.array([[1.0]]), None), Dense(np.zeros((2, 1)), None))
    loss = Objective(SoftmaxCrossEntropy(Fraction(1)))
    network = Network(layers, (parse_activation("tanh"),), np.ones((1, 1)), np.array([[1.0, 0.0]]), loss)
    theorem = "log 2 is below log 2"
    return Bent("exactly-log-two", 5, theorem, network, Claim(Fraction(1), 5e-324, 5e-324), Evidence(0.5))


def _layers(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    first, last = network.layers
    frozen = replace(network, layers=(first, replace(last, trained=False)))
    yield Bent("frozen-outputs", 2, "the outputs grow without their layer", frozen, claim, evidence)
    for name, text, theorem in (
        ("kinks-under-gradient-flow", "relu", "gradient flow is defined across kinks"),
        ("a-jump", "piecewise(0, 0, 1)", "the flow crosses a jump of φ"),
        ("a-pole", "64/(64-z)", "φ is defined wherever the flow goes"),
        ("a-root", "sqrt(z+40)", "φ is defined wherever the flow goes"),
    ):
        yield Bent(name, 3, theorem, _of(network, text), replace(claim, steps=None), evidence)
    clarke = replace(claim, flow="clarke", steps=None)
    yield Bent(
        "a-jump-under-clarke", 3, "the flow crosses a jump of φ", _of(network, "piecewise(0, 0, 1)"), clarke, evidence
    )
    bent = _of(network, "tanh(z)+z*z/2^40")
    yield Bent("steps-of-an-unbounded-slope", 3, "φ' has a bound on the line", bent, claim, evidence)


def _of(network: Network, text: str) -> Network:
    return replace(network, activations=(parse_activation(text),))


def _claims(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    yield from stronger(network, claim, evidence, 7)
    theorem = "the loss has fallen as far long before"
    early = replace(claim, loss_at=replace(claim.loss_at, time=claim.loss_at.time / 2))
    yield Bent("loss-at-half-the-time", 7, theorem, network, early, evidence)
    theorem = "ε in the claim is the ε of the evidence"
    yield Bent("larger-epsilon-in-the-evidence", 7, theorem, network, claim, Evidence(0.75))
    theorem = "the asymptote 1/(γ²t) is a bound"
    time = 1e4 * float(_SIXTH) / claim.rate
    asymptote = replace(claim, loss_at=LossAt(time, float(_SIXTH) * 1e-4))
    yield Bent("asymptote-for-bound", 7, theorem, network, asymptote, evidence)
    hidden = classifier(8, hidden=(8, 8, 8, 8), gain=4.2)
    yield Bent(
        "steps-of-a-wider-net",
        7,
        "a step that holds for one net holds for a deeper one",
        hidden,
        Claim(_SIXTH, 1e-300, 1e-300, steps=Steps(claim.steps.step_size_max, 0.99)),
        evidence,
    )


def cases() -> Iterator[Case]:
    """Every file."""
    found = _found()
    yield from honest(found)
    network, claim, evidence = found["mean-over-three-classes"]
    for bent in (_objectives, _losses, _layers, _claims):
        yield from bent(network, claim, evidence)
    logistic, its_claim, its_evidence = found["one-logistic-output"]
    half = replace(logistic, targets=np.full_like(logistic.targets, 0.5), objective=Objective(Logistic(_SIXTH)))
    yield Bent("logistic-halves", 1, "coins are learnt", half, its_claim, its_evidence)
    good = Honest("", network, claim, evidence).data
    yield Malformed("no-margin", good.replace(b'"margin": "', b'"margin": "-', 1))
    yield Malformed(
        "epsilon-of-one", good.replace(b'"epsilon": "0x1.0000000000000p-2"', b'"epsilon": "0x1.0000000000000p+0"')
    )
    yield Malformed("another-flow", good.replace(b'"gradient"', b'"euler"', 1))
    yield Malformed("steps-across-kinks", good.replace(b'"gradient"', b'"clarke"', 1))
    yield Malformed("weight-of-zero", good.replace(b'"smallest_weight": "1/6"', b'"smallest_weight": "0"', 1))
    yield from malformed(good)
