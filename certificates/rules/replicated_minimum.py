"""Rule *one unit repeated*: when a `replicated-minimum` claim is accepted.

Statement
---------
Let f_i = Σ_{r≤m} v_r φ(θ_r·x̃_i) + b, L = ½Σ(f_i − y_i)², as a function of all v_r and θ_r, and of b if ``biases`` says
so; x̃ = (x, 1) with hidden biases. For every m ≥ 1, at θ_r = ``unit``·ln 2 for all r, any v_r of one sign with the sum
``outer`` and b = ``offset``, L has a local minimum with L = ``loss``. For every m ≥ ``better_from`` other weights have
a loss of at most ``better`` < ``loss``.

Evidence
--------
Units that are multiples of ln 2, with their output weights, of a smaller loss.

Checks
------
1. φ is the catalogue's sigmoid or tanh.
2. There is a sample; rows, units, labels and output weights fit one another; V ≠ 0; offsets are 0 without an output
   bias.
3. Multiples of ln 2 are at most 4,096, and the work fits the budget.
4. With e = f − y at the claimed weights: Σ e_i φ(θ·x̃_i) = 0 and Σ e_i φ'(θ·x̃_i)x̃_i = 0, and Σ e_i = 0 if there is an
   output bias.
5. V Σ e_i φ''(θ·x̃_i)x̃_ix̃_iᵀ ≻ 0.
6. The other units have a smaller loss.
7. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
At multiples of ln 2 and integers φ, φ' and φ'' are rational, so that 4 to 6 are decided exactly; theorem 5.2.7
(:mod:`certificates.theorems.replicated_minima`). More units than the evidence has get the output weight 0.

Not checked
-----------
Whether the minimum is strict: it is not if m ≥ 2, for the v_r may be shifted among equal units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from flint import fmpq_mat

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend_rationals
from certificates.checks.acceptance import accept_if_weaker, fact
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.workload import Workload
from certificates.claims.replicated_minimum import Claim, Evidence
from certificates.subjects import ActivationProblem
from certificates.theorems.replicated_minima import outputs, residual_conditions
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "one unit repeated"

_LARGEST_MULTIPLE = 4_096


def decide(claim: Claim, evidence: Evidence, problem: ActivationProblem, context: Context) -> Accepted:
    """Apply checks 1 to 7 in order; see :mod:`certificates.rules.gaussian_moment` for the arguments."""
    name = problem.activation.name
    if name not in ("sigmoid", "tanh"):  # Check 1
        raise Refusal.undecided(1, "the rule is about the sigmoid and tanh", seen=problem.activation.text[:60])
    rows = _rows(claim)
    _check_shapes(claim, evidence, rows)  # Check 2
    _check_work(claim, evidence, rows, context)  # Check 3
    residual = _residual(claim, outputs(name, rows, (claim.unit,), (claim.outer,), claim.offset))
    curvature = _check_conditions(claim, name, rows, residual)  # Check 4
    _check_definite(curvature if claim.outer > 0 else -curvature)  # Check 5
    loss = _loss(residual)
    better = _check_better(claim, evidence, name, rows, loss)  # Check 6
    proved = replace(claim, loss=loss, better=better, better_from=len(evidence.units))
    return accept_if_weaker(context, TITLE, 7, claim, proved, _facts(loss, better, len(rows)))  # Check 7


def _rows(claim: Claim) -> tuple[tuple[int, ...], ...]:
    return tuple((*row, 1) for row in claim.inputs) if claim.has_hidden_bias else claim.inputs


def _check_shapes(claim: Claim, evidence: Evidence, rows: Sequence[Sequence[int]]) -> None:
    """Check 2."""
    size = len(claim.unit)
    fits = 0 < len(rows) == len(claim.labels) and all(len(row) == size > 0 for row in rows)
    fits = fits and all(len(unit) == size for unit in evidence.units)
    fits = fits and 0 < len(evidence.units) == len(evidence.outers) and claim.outer != 0
    if not fits or ((claim.offset or evidence.offset) and not claim.has_output_bias):
        raise Refusal.rejected(
            2,
            "rows, units, labels and output weights do not fit one another",
            required="units as long as rows, V ≠ 0, no offsets without an output bias",
            seen=f"{len(rows)} rows, {len(claim.labels)} labels, units of {size}",
        )


def _check_work(claim: Claim, evidence: Evidence, rows: Sequence[Sequence[int]], context: Context) -> None:
    """Check 3."""
    units = (claim.unit, *evidence.units)
    largest = max(abs(sum(a * b for a, b in zip(unit, row, strict=True))) for unit in units for row in rows)
    if largest > _LARGEST_MULTIPLE:
        raise Refusal.undecided(
            3, "a multiple of ln 2 is too large", required=f"at most {_LARGEST_MULTIPLE}", seen=f"{largest}"
        )
    numbers = (*claim.labels, claim.outer, claim.offset, *evidence.outers, evidence.offset)
    bits = len(rows) * (6.0 * largest + 8) + sum(
        float(max(abs(x.numerator), x.denominator).bit_length()) for x in numbers
    )
    count = float(len(rows)) * (len(units) + len(claim.unit) ** 2 + 3) + len(claim.unit) ** 4
    context.require_workload(3, Workload(0.0, 0.0, 0.0, count * (4 + (bits / 64) ** 2 / 100)))
    spend_rationals(bits, count)


def _residual(claim: Claim, found: Sequence[Fraction]) -> list[Fraction]:
    return [f - y for f, y in zip(found, claim.labels, strict=True)]


def _loss(residual: Sequence[Fraction]) -> Fraction:
    return sum((e * e for e in residual), Fraction(0)) / 2


def _check_conditions(claim: Claim, name: str, rows: Sequence[Sequence[int]], residual: Sequence[Fraction]) -> fmpq_mat:
    """Check 4: ∇²g(θ)."""
    value, gradient, curvature = residual_conditions(name, rows, claim.unit, residual)
    total = sum(residual, Fraction(0)) if claim.has_output_bias else Fraction(0)
    wrong = [f"{what} = {float(x):.4g}" for what, x in (("Σeφ", value), ("Σe", total)) if x]
    wrong += [f"Σeφ'x̃_{k} = {float(x):.4g}" for k, x in enumerate(gradient) if x]
    if wrong:
        raise Refusal.rejected(
            4,
            "the weights are no critical point",
            required="Σeφ(θ·x̃) = 0, Σeφ'(θ·x̃)x̃ = 0" + (", Σe = 0" if claim.has_output_bias else ""),
            seen=", ".join(wrong),
        )
    return curvature


def _check_definite(curvature: fmpq_mat) -> None:
    """Check 5, by the signs of the characteristic polynomial (lemma 5.0.1)."""
    size = int(curvature.nrows())
    coefficients = curvature.charpoly().coeffs()
    if not all(c * (-1) ** (size - power) > 0 for power, c in enumerate(coefficients)):
        raise Refusal.undecided(
            5,
            "g has no strict minimum at the unit",
            required="V Σ e φ''(θ·x̃) x̃x̃ᵀ ≻ 0",
            seen="an eigenvalue ≤ 0",
        )


def _check_better(
    claim: Claim, evidence: Evidence, name: str, rows: Sequence[Sequence[int]], loss: Fraction
) -> Fraction:
    """Check 6: the loss of the other units."""
    found = outputs(name, rows, evidence.units, evidence.outers, evidence.offset)
    better = _loss(_residual(claim, found))
    if not better < loss:
        raise Refusal.rejected(
            6,
            "the other units are not better",
            required=f"a loss below {float(loss):.6g}",
            seen=f"{float(better):.6g}",
            advice="as many units as samples, with independent outputs and the output weights that fit the labels",
        )
    return better


def _facts(loss: Fraction, better: Fraction, samples: int) -> tuple[Fact, ...]:
    return (
        fact("L", "loss of the local minimum", exact(loss)),
        fact("L'", "loss of other weights", exact(better)),
        Fact("n", "samples", *2 * (float(samples),)),
    )


KIND = Kind(Claim, Evidence, ActivationProblem, TITLE, decide)
