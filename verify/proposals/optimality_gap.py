"""Search for a small certified optimality gap: W's own residual, the convex relaxation's dual, or least squares.

No optimum is trusted: a residual is shifted until the judge accepts it as a dual point, and what the judge proves is
claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from scipy.linalg import LinAlgError, eigh, qr

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.exact_rank import exact_rank
from certificates.claims.optimality_gap import Claim, Evidence
from certificates.enclosures.quadratic.fourth_moments import moment_matrix
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from verify.search.proposal import Proposal, Search
from verify.search.quadratic import Array, Seen, look, lowered, not_quadratic, symmetric
from verify.search.relaxation import relaxed_residual
from verify.search.weakening import weaken_number

__all__ = ["SEARCH", "propose", "spanning_columns"]

_HUGE = Claim(1e308)
_GOOD_ENOUGH = 1e-10  # of f(W): the relaxation is not asked to improve a gap below it
_MACHINE_SLACK = 2.0**-46  # of f(W): other machines round sums of residuals otherwise
_LONGEST_VECTOR = 4_096
_SHIFTS = 14


@kept_memory()
def propose(network: Network) -> Proposal:
    """Find the smallest gap that can be proven at these weights.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.
    """
    best = Evidence("nonnegative")
    verdict = decide(_HUGE, best, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, best, verdict)
    seen = look(network)
    notes: list[str] = []
    for evidence in () if seen is None else _attempts(network, seen, verdict, notes):
        found = decide(_HUGE, evidence, network)
        if isinstance(found, Accepted) and found.proved.gap < verdict.proved.gap:
            best, verdict = evidence, found
    return _finish(network, best, verdict, notes)


def _finish(network: Network, evidence: Evidence, verdict: Accepted, notes: list[str]) -> Proposal:
    loss = verdict.facts[0].upper
    claim = Claim(weaken_number(verdict.proved.gap + _MACHINE_SLACK * loss, "larger"))
    return Proposal(network, claim, evidence, decide(claim, evidence, network), tuple(notes))


def _attempts(network: Network, seen: Seen, start: Accepted, notes: list[str]) -> Iterator[Evidence]:
    """Evidence in the order of its cost."""
    if seen.network.negative:
        yield from _least_squares(seen, notes)
        return
    own = _shifted(seen, lambda t: Evidence("self-dual", shift=t), seen.residual, network)
    loss = start.facts[0].upper
    if own is not None:
        evidence, verdict = own
        yield evidence
        if verdict.proved.gap <= _GOOD_ENOUGH * loss:
            return
    dual = _relaxed_dual(seen, notes)
    if dual is not None:
        found = _shifted(seen, lambda t: Evidence("dual", vector=tuple((dual + t).tolist())), dual, network)
        if found is not None:
            yield found[0]
        else:
            notes.append("the relaxation's dual point could not be made feasible; the self-dual gap is used")


def _shifted(
    seen: Seen, build: Callable[[float], Evidence], dual: Array, network: Network
) -> tuple[Evidence, Accepted] | None:
    """Evidence with a small shift that the judge accepts, and one size up: other machines round otherwise."""
    accepted: list[tuple[Evidence, Accepted]] = []
    columns = spanning_columns(seen.network.inputs)
    data = seen.network.inputs[:, list(columns)] if columns else seen.network.inputs
    for shift in _shifts(data, dual):
        moved = dual + shift
        form = symmetric((data.T * moved) @ data) / len(data)
        evidence = replace(build(shift), eigenvalue_shift=float(np.linalg.eigvalsh(form)[0]) / 2, columns=columns)
        verdict = decide(_HUGE, evidence, network)
        if isinstance(verdict, Accepted):
            accepted.append((evidence, verdict))
        if len(accepted) == 2 or (accepted and not isinstance(verdict, Accepted)):
            break
    return accepted[-1] if accepted else None


def spanning_columns(inputs: Array) -> tuple[int, ...]:
    """Columns that span the others exactly; none if all are independent, or if that is true up to rounding only."""
    rank = int(np.linalg.matrix_rank(inputs))
    if rank == inputs.shape[1]:
        return ()
    _, _, order = qr(inputs, mode="economic", pivoting=True)
    columns = tuple(sorted(int(index) for index in order[:rank]))
    try:
        return columns if exact_rank(inputs) == rank else ()
    except EnclosureFailure:
        return ()


def _shifts(data: Array, dual: Array) -> list[float]:
    """What feasibility needs, and ever more room for rounding."""
    try:
        needed = -float(eigh(symmetric((data.T * dual) @ data), data.T @ data, eigvals_only=True)[0])
    except LinAlgError:  # the inputs span fewer than d dimensions: only ν ≥ 0 is feasible for the judge
        needed = -float(np.min(dual))
    needed = max(0.0, needed)
    unit = 2.0**-50 * (float(np.max(np.abs(dual))) + needed)
    return [needed * (1 + 2.0**-40) + unit * 4.0**k for k in range(_SHIFTS)]


# ---- the convex relaxation ------------------------------------------------------------------------------------------


def _relaxed_dual(seen: Seen, notes: list[str]) -> Array | None:
    """The residual of the convex relaxation, or ``None`` with a note."""
    network, labels = seen.network, seen.labels
    if network.teacher is not None and (network.teacher[1] >= 0).all():
        return None  # the relaxation's minimum is 0
    if not labels.any():
        return None
    if network.sample_count > _LONGEST_VECTOR:
        notes.append(f"more than {_LONGEST_VECTOR} samples: a dual vector does not fit a certificate")
        return None
    if np.linalg.matrix_rank(network.inputs) == network.sample_count:
        return np.maximum(-labels, 0.0)  # independent inputs: M ↦ 𝒜(M) reaches every non-negative vector
    residual = relaxed_residual(network.inputs, labels)
    if residual is None:
        notes.append("numbers overflow in the convex relaxation: the self-dual gap is used")
    return residual


# ---- mixed signs --------------------------------------------------------------------------------------------------


def _least_squares(seen: Seen, notes: list[str]) -> Iterator[Evidence]:
    """The unconstrained least-squares minimum over symmetric matrices."""
    network = seen.network
    first, second = np.triu_indices(network.dimension)
    if len(first) > min(_LONGEST_VECTOR, network.sample_count):
        notes.append(f"{len(first)} symmetric unknowns for {network.sample_count} samples: only inf f ≥ 0 is used")
        return
    weights = np.where(first == second, 1.0, 2.0)
    solution = np.linalg.lstsq(network.inputs[:, first] * network.inputs[:, second] * weights, seen.labels)[0]
    with precision(128):
        try:
            moments = moment_matrix(network.inputs, BallMatrix, Fraction(0))
        except EnclosureFailure:
            return
    yield Evidence("least-squares", eigenvalue_shift=lowered(moments), vector=tuple(solution.tolist()))


SEARCH = Search(Claim, Network, lambda network, _: propose(network), excludes=not_quadratic)
