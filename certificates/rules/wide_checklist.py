"""Rule *four hypotheses*: when a `wide-checklist` claim is accepted.

Statement
---------
Let f(w) = s‖F(w) − Y‖² be the loss of the given network, k = ``layer`` and H̃_k what layers.k reads. Of (1) inputs that
differ, (2) as many columns of H̃_k as samples, (3) independent rows of the weights above layers.k, (4) a nonsingular
Hessian of f by weights and biases of layers.k and above, trained or not, each holds or fails at the given weights as
the claim says, where it says so. If ``contradictory`` is true, no weights of a network with these widths, biases and
activations that are critical in layers.k and above satisfy (1) to (4) on these inputs, for any labels; if it is false,
some do, for the given labels.

Evidence
--------
Shifts below the spectra of the layers above, or none for exact ranks.

Checks
------
1. f is a plain sum of squares; 1 ≤ k < H.
2. The shifts are positive and finite, one for each layer above.
3. The work fits the budget.
4. (1) is as claimed: rows of the inputs are compared exactly.
5. (2) is as claimed: widths are counted.
6. (3) is as claimed: false if a width increases or an exact rank is too small; true by a spectrum or by exact ranks.
7. (4) is as claimed: false if H̃_k has more columns than samples that differ; true if ‖I − BA‖_∞ < 1 for the enclosed
   Hessian A, B an approximate inverse, and φ'' is continuous above layers.k.
8. The contradiction is as claimed: true by theorem 5.2.6; false if k = H − 1, (1), (2) and (4) hold at the given
   weights.
9. The claim says nothing else.

Why they suffice
----------------
4 to 6 are exact, or rest on a spectrum from below. 7: A with ‖I − BA‖ < 1 is nonsingular; a v ≠ 0 with H̃_kv = 0 gives
directions in which f is constant. 8: theorem 5.2.6; for k = H − 1 the Hessian 2s H̃ᵀH̃ ⊗ I does not depend on the last
layer, so that (4) stays true where this layer is replaced by one that fits all labels, which is critical.

Not checked
-----------
Whether the given weights are critical; any conclusion about local minima.
"""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.arb import exact
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above
from certificates.checks.hypotheses import (
    block_of_layers,
    contradiction_of_shape,
    distance_to_inverse,
    has_independent_rows,
    is_surely_singular,
)
from certificates.checks.kind import Kind
from certificates.checks.objective import require_squared
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Context, Refusal
from certificates.checks.wide_layers import equal_inputs, input_count
from certificates.claims.wide_checklist import Answer, Claim, Evidence
from certificates.subjects import Network
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "four hypotheses"

_MOST = 4_000  # parameters of a Hessian that is inverted


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
    """
    _check_problem(claim, evidence, problem)  # Checks 1 and 2
    k = claim.layer
    block, wanted = block_of_layers(problem, k), _wants_hessian(claim, problem)
    if wanted:
        _require_size(block)
        context.require_workload(3, objective_workload(block, spectra=3))  # Check 3
    pair, columns = equal_inputs(problem), input_count(problem, k)
    _require(4, "(1), inputs that differ,", claim.distinct, pair is None, _pair(pair))  # Check 4
    seen = f"{columns} columns for {problem.sample_count} samples"
    _require(5, "(2), as many features as samples,", claim.wide, columns >= problem.sample_count, seen)  # Check 5
    rows = None if claim.independent_rows is None else has_independent_rows(problem, k, evidence.layers)
    _require(6, "(3), independent rows above,", claim.independent_rows, rows, "layers above: exact ranks or shifts")
    distance = distance_to_inverse(block, k) if wanted else None
    nonsingular = False if is_surely_singular(problem, k) else True if distance is not None and distance < 1 else None
    seen = _seen_of_hessian(nonsingular, distance)
    _require(7, "(4), a nonsingular Hessian,", claim.nonsingular, nonsingular, seen)  # Check 7
    contradictory = _contradictory(problem, k, nonsingular)
    _require(8, "the contradiction of (1) to (4)", claim.contradictory, contradictory, _shape(problem, k))  # Check 8
    found = (pair is None, columns >= problem.sample_count, rows, nonsingular, contradictory)
    proved = Claim(k, *map(_answer, found))
    return accept_if_weaker(context, TITLE, 9, claim, proved, _facts(block, columns, distance))  # Check 9


def _check_problem(claim: Claim, evidence: Evidence, problem: Network) -> None:
    require_squared(1, problem)
    count = len(problem.layers)
    if not claim.layer < count:  # Check 1
        raise Refusal.rejected(
            1, f"layers.{claim.layer} is not there", required=f"1 ≤ layer ≤ {count - 1}", seen=f"layer {claim.layer}"
        )
    shifts = np.array(evidence.layers or (), dtype=np.float64)
    wrong = evidence.layers is not None and len(shifts) != count - 1 - claim.layer
    if wrong or not (np.isfinite(shifts).all() and (shifts > 0).all()):  # Check 2
        raise Refusal.rejected(
            2,
            "the shifts do not fit",
            required=f"{count - 1 - claim.layer} positive finite shifts, or none for exact ranks",
            seen=f"{len(shifts)} shifts",
        )


def _wants_hessian(claim: Claim, problem: Network) -> bool:
    """Whether (4) may be true and is asked for, by itself or as a witness against the contradiction."""
    asked = claim.nonsingular is not None or claim.contradictory == "false"
    return asked and not is_surely_singular(problem, claim.layer)


def _require_size(block: Network) -> None:
    count = block.trained_parameter_count
    if count > _MOST:
        raise Refusal.undecided(
            3,
            "the Hessian is too large to be inverted",
            required=f"at most {_MOST:,} parameters in the layers above",
            seen=f"{count:,}",
            advice="a claim without (4), or a layer further up",
        )


def _require(check: int, what: str, claimed: Answer | None, found: bool | None, seen: str) -> None:
    """Refuse a claim that is not what is found; where nothing is found it is undecided."""
    if claimed is None or claimed == _answer(found):
        return
    if found is None:
        raise Refusal.undecided(
            check,
            f"{what} is not decided",
            required=claimed,
            seen=seen,
            advice="leave it out of the claim, or give other evidence",
        )
    raise Refusal.rejected(check, f"{what} is {_answer(found)}", required=claimed, seen=seen)


def _answer(found: bool | None) -> Answer | None:
    return None if found is None else "true" if found else "false"


def _contradictory(problem: Network, k: int, nonsingular: bool | None) -> bool | None:
    """Check 8; (1) and (2) hold where the shape contradicts nothing."""
    if contradiction_of_shape(problem, k):
        return True
    return False if nonsingular and k == len(problem.layers) - 1 else None


def _pair(pair: tuple[int, int] | None) -> str:
    return "no two rows are equal" if pair is None else f"inputs[{pair[0]}] = inputs[{pair[1]}]"


def _seen_of_hessian(nonsingular: bool | None, distance: float | None) -> str:
    if nonsingular is False:
        return "more features than samples that differ: the loss is constant in some directions"
    return "no enclosure of an inverse" if distance is None else f"‖I − BA‖ ≤ {distance:.3g}"


def _shape(problem: Network, k: int) -> str:
    above = len(problem.layers) - 1 - k
    return f"{input_count(problem, k)} columns, {problem.sample_count} samples, {above} layers above layers.{k}"


def _facts(block: Network, columns: int, distance: float | None) -> tuple[Fact, ...]:
    facts = [
        fact("n", "samples", exact(block.sample_count)),
        fact("d", "columns of the features, with the ones of a bias", exact(columns)),
        fact("N", "parameters of the layers whose Hessian it is", exact(block.trained_parameter_count)),
        fact("n d_H", "equations", exact(block.residual_count)),
    ]
    if distance is not None:
        facts.append(fact_above("‖I − BA‖", "distance of BA from the identity", exact(distance)))
    return tuple(facts)


KIND = Kind(Claim, Evidence, Network, TITLE, decide, arithmetics=("fast",))
