"""Costly certificates end on a small budget, each time after the same count; the campaign has some of every kind."""

from __future__ import annotations

import pytest

from certificates.arithmetic.effort import limited_effort, remaining_effort
from certificates.judge import check_bytes
from certificates.kinds import KINDS
from tests.campaigns.worst_work import CASES, LARGEST_FILE

_BUDGET = 1e8  # flops: 10,000 operations on balls, milliseconds

# What builds fast, and cannot be settled by looking at it.
_SAMPLE = [
    ("zero-loss-convergence", "200 layers, recursion"),
    ("zero-loss-convergence", "deep and wide"),
    ("gaussian-moment", "long σ, exact"),
    ("gaussian-moment", "4,096 bits, integral"),
    ("gaussian-moment", "4,096 bits, taylor"),
    ("gaussian-moment", "breakpoints"),
    ("zhong-rho", "taylor, long formula"),
    ("tensor-constant", "4,096 bits"),
    ("orthogonal-population-convexity", "4,096 bits"),
    ("population-strong-convexity", "4,096 bits"),
    ("population-null-direction", "long numbers"),
    ("slope-growth", "64 cells, breakpoints"),
    ("lipschitz-slope", "4,096 cells, long formula"),
    ("positive-rho", "third term, long formula"),
    ("piecewise-affine", "breakpoints"),
    ("activation-counterexample", "growth, long formula"),
    ("nondegenerate-activation", "4,096 cells, long formula"),
    ("zhong-rho-global", "step, long formula"),
    ("cross-entropy-convergence", "samples"),
    ("optimality-gap", "wide rank"),
    ("second-order-stationary", "moments"),
    ("global-landscape", "samples"),
    ("gradient-dominance", "lmi, samples"),
    ("orbit-convergence", "units"),
    ("planted-convergence", "units"),
    ("certified-orbit-run", "steps"),
    ("certified-orbit-run", "bits"),
    ("gradient-dominance-sos", "long numbers"),
]


@pytest.mark.slow  # a kind is added with eight files; its heaviest certificate may be the next step
def test_every_kind_has_its_costly_certificates():
    assert {kind for kind, _ in CASES} == set(KINDS)


@pytest.mark.parametrize("case", _SAMPLE, ids=" / ".join)
def test_a_costly_certificate_ends_undecided_for_want_of_budget(case):
    data = CASES[case]()
    assert len(data) <= LARGEST_FILE
    seen = []
    for _ in range(2):
        with limited_effort(1e12):
            verdict = check_bytes(data, budget=_BUDGET)
            seen.append((verdict.outcome, verdict.cause, verdict.required, verdict.seen, remaining_effort()))
    assert seen[0][:2] == ("undecided", "budget")
    assert seen[0] == seen[1]
