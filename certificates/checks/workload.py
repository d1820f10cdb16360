"""What a check costs, estimated before it is done; above the budget the judge answers *undecided*."""

from __future__ import annotations

from dataclasses import dataclass

from certificates.arithmetic.effort import FLOPS_PER_OPERATION

__all__ = ["DEFAULT_BUDGET", "Workload", "memory_limit"]

DEFAULT_BUDGET = 1e12
_DEFAULT_MEMORY = 2.0 * 2**30
_ARB_ACTIVATIONS = 1e7
# One Arb operation inside a matrix product costs about ten times a BLAS one of the same count or more, and an
# entry about 100 bytes instead of 8.
_ARB_FACTOR = 10.0
_ARB_BYTES = 100.0


def memory_limit(budget: float) -> float:
    """Bytes that one check may hold beyond the data."""
    return _DEFAULT_MEMORY * max(1.0, budget / DEFAULT_BUDGET)


@dataclass(frozen=True)
class Workload:
    """An upper estimate, not a bound.

    Parameters
    ----------
    operations
        Floating-point operations.
    entries
        Numbers held at once beyond the data.
    activations
        Pre-activations to evaluate, n · (hidden units).
    scalars
        Operations on single balls, the same in both arithmetics.
    """

    operations: float
    entries: float
    activations: float
    scalars: float = 0.0

    def excess(self, arithmetic: str, budget: float) -> tuple[str, str] | None:
        """(allowed, estimated) for the first limit that is exceeded, or ``None``."""
        slow = arithmetic == "arb"
        share = max(1.0, budget / DEFAULT_BUDGET)
        limits = [
            (
                "operations",
                self.operations * (_ARB_FACTOR if slow else 1.0) + self.scalars * FLOPS_PER_OPERATION,
                budget,
            ),
            (
                "bytes",
                self.entries * (_ARB_BYTES if slow else 8.0),
                memory_limit(budget),
            ),
        ]
        if slow:
            limits.append(("activations in Arb", self.activations, _ARB_ACTIVATIONS * share))
        for unit, estimate, allowed in limits:
            if not estimate <= allowed:
                return f"at most {allowed:.3g} {unit}", f"{estimate:.3g} {unit}"
        return None
