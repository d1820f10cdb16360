"""Targets that satisfy a linear relation, exactly: then zero loss makes the tangent kernel singular, as a rule.

If T·y_i = c at every sample for some T ≠ 0 and the network fits the targets, then Tᵀ[W, b] of its last layer takes the
value c at every row (h_i, 1) of the last features. Where these have independent columns Tᵀ[W, b] = (0, …, 0, c): the
lower layers have no influence in the direction T, and the kernel there is that of the last layer, of rank at most
h + 1. With n > h + 1 samples it is singular. Without bias the same holds for c = 0 and rank h.

The exception: features with dependent columns. Polishing ends there if the output weights Tᵀ W are large to begin with,
and does not if they are small, as they are after training on such targets. Where the features are independent on the
ball of radius ‖Tᵀ W‖/‖T‖ there is no exception: no evidence is accepted at these weights (theory 1.3.1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

import numpy as np
from flint import arb, arb_mat, fmpz_mat

from certificates import Rejected, Undecided
from certificates.arithmetic.arb import exact, precision, upper
from certificates.subjects import FloatArray, Network
from verify.search.feature_independence import Independence, feature_independence

__all__ = ["Obstruction", "Relation", "obstruction", "relation"]

_KERNEL_CHECK, _CRITERION_CHECK = 6, 7  # of zero-loss convergence: λ_min(K) > 0, ‖e‖ < (1 − ε)∫σ
_SHOWN = 12


@dataclass(frozen=True)
class Relation:
    """T·y = c at every sample; T are integers without a common divisor, the first that is not 0 positive.

    Parameters
    ----------
    coefficients, constant
        T and c.
    redundant
        Outputs that follow from the others, which satisfy no relation.
    """

    coefficients: tuple[int, ...]
    constant: Fraction
    redundant: tuple[int, ...]

    def __str__(self) -> str:
        """The relation, in the outputs' numbers."""
        terms = [
            f"{'−' if c < 0 else '+'} {'' if abs(c) == 1 else f'{abs(c)}·'}y_{k}"
            for k, c in enumerate(self.coefficients)
            if c
        ]
        if len(terms) > _SHOWN or any(abs(c) > 10**6 for c in self.coefficients):
            return f"a relation among {len(terms)} outputs"
        return f"{' '.join(terms).removeprefix('+ ')} = {self.constant}"


def relation(targets: FloatArray, *, affine: bool) -> Relation | None:
    """An exact relation of all targets, or ``None`` if there is none.

    Parameters
    ----------
    targets
        y, shape (n, o), exact.
    affine
        Whether a constant c ≠ 0 is allowed.

    Examples
    --------
    >>> print(relation(np.eye(3)[[0, 2, 1, 1]], affine=True))
    y_0 + y_1 + y_2 = 1
    >>> relation(np.eye(3)[[0, 2, 1, 1]], affine=False) is None
    True
    """
    rows = np.unique(targets, axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        shifted = rows - rows[:1] if affine else rows
    if np.isfinite(shifted).all() and np.linalg.matrix_rank(shifted) == targets.shape[1]:
        return None  # far from any relation
    exact = [[Fraction(value) for value in row] for row in rows.tolist()]
    first = exact[0] if affine else [Fraction(0)] * len(exact[0])
    differences = [[value - start for value, start in zip(row, first, strict=True)] for row in exact]
    scale = lcm(*(value.denominator for row in differences for value in row))
    basis, nullity = fmpz_mat([[int(value * scale) for value in row] for row in differences]).nullspace()
    if not nullity:
        return None
    span = [[int(basis[k, j]) for k in range(targets.shape[1])] for j in range(nullity)]
    found = span[0]
    divisor = gcd(*found) * (1 if next(c for c in found if c) > 0 else -1)
    coefficients = tuple(c // divisor for c in found)
    constant = sum((c * value for c, value in zip(coefficients, exact[0], strict=True)), Fraction(0))
    echelon, _, _ = fmpz_mat(span).rref()
    redundant = (next(k for k in range(len(found)) if echelon[j, k]) for j in range(nullity))
    return Relation(coefficients, constant, tuple(redundant))


@dataclass(frozen=True)
class Obstruction:
    """Why polishing is unlikely to lead to a certificate of zero-loss convergence, and what may.

    Parameters
    ----------
    reason, advice
        In words.
    distance
        An upper bound of ‖Tᵀ W‖/‖T‖: so near are weights with a singular kernel, and no ball reaches them.
    features
        What is proved of the last features on the ball of that radius.
    """

    reason: str
    advice: str
    distance: float
    features: Independence

    @property
    def is_theorem(self) -> bool:
        """Whether no evidence at all is accepted at these weights (theory 1.3.1)."""
        return self.distance == 0 or self.features.holds

    def explained(self, verdict: Rejected | Undecided) -> Rejected | Undecided:
        """The judge's verdict with this as its explanation: its own would guess at coincident samples."""
        if self.is_theorem:
            return self._rejected(verdict)
        reason = f"{verdict.reason}: {self.reason}" if verdict.check == _KERNEL_CHECK else verdict.reason
        return replace(verdict, reason=reason, advice=self.advice)

    def _rejected(self, verdict: Rejected | Undecided) -> Rejected:
        """Checks 6 and 7 are not both met, whatever the evidence; at distance 0, check 6 is not."""
        found = self.features
        return Rejected(
            verdict.kind,
            verdict.rule,
            verdict.arithmetic,
            _CRITERION_CHECK if self.distance else _KERNEL_CHECK,
            f"at these weights no evidence suffices, whatever it is: {self.reason}",
            required=f"dependent last features closer than {self.distance:.4g}" if self.distance else "λ_min(K) > 0",
            seen=f"σ_min of the last features ≥ {found.smallest_singular:.4g}, which move by ≤ {found.movement:.4g}"
            if self.distance
            else "λ_min(K) = 0",
            advice=self.advice,
            facts=verdict.facts,
        )


def obstruction(network: Network) -> Obstruction | None:
    """The relation of the targets that makes the kernel singular at zero loss, or ``None``."""
    last, count = network.layers[-1], network.sample_count
    features = last.weight.shape[1] + (last.bias is not None)
    if network.targets is None or not last.trained or count <= features:
        return None
    found = relation(network.targets, affine=last.bias is not None)
    if found is None:
        return None
    ones = " (with the 1 of the bias)" if last.bias is not None else ""
    reason = (
        f"the targets satisfy {found} at every sample, exactly, and {count} samples are more than the {features} last "
        f"features{ones}: where the loss is 0 the tangent kernel is singular in that direction, unless these features "
        "are linearly dependent there"
    )
    advice = _advice(found, network, last.weight.shape[1] + count - features)
    distance = _distance(found, last.weight)
    return Obstruction(reason, advice, distance, feature_independence(network, distance))


def _distance(found: Relation, weight: FloatArray) -> float:
    """An upper bound of ‖Tᵀ W‖/‖T‖, how far W is from the matrices with Tᵀ W = 0."""
    with precision(128):
        normal = arb_mat([[arb(c) for c in found.coefficients]])
        row = normal * arb_mat([[exact(value) for value in values] for values in weight.tolist()])
        along = sum((entry * entry for entry in row.entries()), exact(0))
        length = sum((entry * entry for entry in normal.entries()), exact(0))
        return 0.0 if along.is_zero() else upper((along.abs_upper() / length).sqrt())


def _advice(found: Relation, network: Network, wide_enough: int) -> str:
    advice = (
        f"a last hidden layer of at least {wide_enough} units, or start from larger output weights, whose polishing "
        "may end at dependent features"
    )
    if len(found.redundant) == network.widths[-1]:  # constant targets
        return advice
    dropped = "one output that follows" if len(found.redundant) == 1 else "outputs that follow"
    flags = " ".join(f"--leave-out-output {k}" for k in found.redundant)
    return (
        f"leave out {dropped} from the others (`verify problem select PROBLEM {flags} -o OUT`), or one number as the "
        f"label of a sample, or {advice}"
    )
