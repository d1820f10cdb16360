"""Rule *margins at the minimum*: when a `certified-accuracy` claim is accepted.

Statement
---------
In w_0 + 𝒩⊥, 𝒩 the span of the directions ``flat`` along which the problem's objective f is constant, f has exactly one
critical point ŵ within ``radius`` of w_0, a strict minimum, and ‖ŵ − w_0‖ ≤ ``distance``. Of the ``samples`` samples
of the problem, or of the problem ``data``, the network with the weights ŵ classifies at least ``right`` rightly and
at least ``wrong`` wrongly. Softmax: rightly, if the class's output is larger than every other; wrongly, if some
other is larger. Logistic: rightly, if every output is positive where the label is 1 and negative where it is 0;
wrongly, if one has the other sign. Ties are neither.

Evidence
--------
R, r ≤ R, two spectral shifts, and perhaps a correction w_lo.

Checks
------
1 to 7. Those of :mod:`certificates.checks.minimum`: they prove ŵ and D ≥ ‖ŵ − w_0‖.
8. The loss is softmax or logistic, the labels are classes: one 1 a row and else 0, or 0 and 1; data of another
   problem have as many inputs and outputs as the network. ``samples`` is their number.
9. Every field of the claim is weaker than or equal to what is proved, with ``right`` the samples whose outputs at
   w_0 have the signs, or lead, by more than what they can move, and ``wrong`` those that have another sign, or
   another class leads by more.

Why they suffice
----------------
On B(w_0, D) the derivative of the outputs at a sample x has a norm of at most T¹(x) (theory 6.3), so
‖F(x; ŵ) − F(x; w_0)‖ ≤ T¹(x)D =: δ: each output moves by at most δ, and a difference of two of them by √2 δ. The
enclosures of the outputs at w_0 enter with the ends that count against the sample.

Not checked
-----------
Samples that were not counted; that the file of the samples is what training did not see.
"""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.arb import upper
from certificates.arithmetic.rounding import BoolArray, FloatArray
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.kind import Kind
from certificates.checks.minimum import Minimum, prove_minimum
from certificates.checks.objective import Scope
from certificates.checks.outcome import Context, Refusal
from certificates.claims.certified_accuracy import Claim, Evidence
from certificates.enclosures.objectives.derivatives import outputs_and_movements
from certificates.subjects import Logistic, Network, Problem, SoftmaxCrossEntropy
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "margins at the minimum"

_ROOT_OF_TWO = 1.4142135623730951  # the double above √2


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 9 in order.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields of
    ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is certainly false (rejected) or not certainly true (undecided), with its number.
    EnclosureFailure
        No finite enclosure exists in binary64.
    """
    inputs, labels = _samples(claim, problem, context)  # Check 8, which costs nothing
    minimum = prove_minimum(claim.flat, evidence, problem, context)  # Checks 1 to 7
    right, wrong, facts = _counted(minimum, problem, inputs, labels)
    proved = Claim(
        samples=len(labels),
        right=int(right.sum()),
        wrong=int(wrong.sum()),
        radius=evidence.radius,
        distance=upper(minimum.distance),
        flat=claim.flat,
        data=claim.data,
    )
    return accept_if_weaker(context, TITLE, 9, claim, proved, (*minimum.facts, *facts))  # Check 9


def _samples(claim: Claim, problem: Network, context: Context) -> tuple[FloatArray, BoolArray]:
    """Check 8: the samples that are counted, (n, d), and which of their labels are 1, (n, o)."""
    holder = problem if claim.data is None else _holder(problem, context.origin)
    labels = holder.given_targets
    sound = (labels == 0) | (labels == 1)
    if isinstance(problem.objective.loss, SoftmaxCrossEntropy):
        sound &= (labels.sum(axis=1) == 1)[:, None]
    wrong = np.flatnonzero(~sound.all(axis=1))
    if wrong.size:
        raise Refusal.undecided(
            8,
            "the labels are no classes",
            required="0 and 1, for softmax one 1 a row",
            seen=f"row {wrong[0]} of the labels",
        )
    if claim.samples != len(labels):
        raise Refusal.rejected(
            8, "the claim counts other samples", required=f"samples = {len(labels)}", seen=f"{claim.samples}"
        )
    return holder.inputs, labels == 1


def _holder(problem: Network, other: Problem | None) -> Network:
    """The other problem, if its samples fit the network."""
    if not isinstance(other, Network) or other.targets is None:
        raise Refusal.rejected(8, "the other problem holds no labelled samples", required="a network with given labels")
    ends = (problem.widths[0], problem.widths[-1])
    if ends != (other.widths[0], other.widths[-1]):
        raise Refusal.rejected(
            8,
            "the other problem's samples do not fit the network",
            required=f"{ends[0]} inputs and {ends[1]} outputs",
            seen=f"{other.widths[0]} and {other.widths[-1]}",
        )
    return other


def _counted(
    minimum: Minimum, network: Network, inputs: FloatArray, labels: BoolArray
) -> tuple[BoolArray, BoolArray, tuple[Fact, ...]]:
    """Which samples are certainly right, and certainly wrong."""
    distance = upper(minimum.distance)
    outputs, slopes = outputs_and_movements(network, inputs, distance)
    moved = np.nextafter(slopes * distance, np.inf)
    low, high = outputs.lower(), outputs.upper()
    if isinstance(network.objective.loss, SoftmaxCrossEntropy):
        lead, lag = _leads(low, high, labels)
        reach = np.nextafter(moved * _ROOT_OF_TWO, np.inf)
    else:
        lead = np.min(np.where(labels, low, -high), axis=1)
        lag = np.max(np.where(labels, -high, low), axis=1)
        reach = moved
    right, wrong = lead > reach, lag > reach
    closest = np.min(np.where(right, lead, np.inf), initial=np.inf)
    facts = (
        Fact("δ", "how far outputs move from w₀ to ŵ, at most", 0.0, float(np.max(moved))),
        Fact("margin", "least margin of a sample that is certainly right", float(closest), np.inf),
    )
    return right, wrong, facts if right.any() else facts[:1]


def _leads(low: FloatArray, high: FloatArray, labels: BoolArray) -> tuple[FloatArray, FloatArray]:
    """By how much the class leads every other output, and by how much some other leads it, rounded down."""
    others_low, others_high = np.where(labels, -np.inf, low), np.where(labels, -np.inf, high)
    own_low, own_high = np.max(np.where(labels, low, -np.inf), axis=1), np.max(np.where(labels, high, -np.inf), axis=1)
    lead = np.nextafter(own_low - np.max(others_high, axis=1), -np.inf)
    lag = np.nextafter(np.max(others_low, axis=1) - own_high, -np.inf)
    return lead, lag


KIND = Kind(
    Claim,
    Evidence,
    Network,
    TITLE,
    decide,
    covers=Scope(losses=(Logistic, SoftmaxCrossEntropy), decay=True, sample_weights=True),
    arithmetics=("fast",),
)
