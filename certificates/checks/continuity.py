"""Is φ continuous, and defined everywhere? (theory 3.1)"""

from __future__ import annotations

from certificates.checks.outcome import Refusal
from certificates.enclosures.infinity.analyticity import is_analytic_on_pieces
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.expression import Activation

__all__ = ["require_continuous", "require_defined"]


def require_continuous(check: int, activation: Activation) -> None:
    """Refuse a φ that jumps: Stein's identity and theorem 2.2 are false for it."""
    found = smoothness(activation)
    if found.is_certainly_continuous:
        return
    refuse = Refusal.rejected if found.is_certainly_discontinuous else Refusal.undecided
    raise refuse(check, "φ is not shown to be continuous", seen=found.reason, required="equal one-sided values")


def require_defined(check: int, activation: Activation) -> None:
    """Refuse a φ that jumps, or whose formulas are not shown to be defined: no cells or tails will show it."""
    require_continuous(check, activation)
    if not is_analytic_on_pieces(activation):
        raise Refusal.undecided(
            check, "φ is not shown to be defined on the whole line", advice="a formula without poles"
        )
