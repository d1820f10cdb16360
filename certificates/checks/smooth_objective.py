"""What the rules about an objective's critical points share: given labels, parameters that fit, flat directions."""

from __future__ import annotations

from certificates.checks.outcome import Refusal
from certificates.enclosures.objectives.flat import flat_directions
from certificates.subjects import Network

__all__ = ["require_flat", "require_given"]


def require_given(check: int, problem: Network, most_parameters: int | None = None) -> None:
    """Refuse planted labels, and more trained parameters than the rule's matrices have room for."""
    if problem.teacher is not None:
        raise Refusal.undecided(
            check,
            "the labels are planted by a teacher, and this rule is about given ones",
            advice="store labels as targets",
        )
    count = problem.trained_parameter_count
    if most_parameters is not None and count > most_parameters:
        raise Refusal.undecided(
            check,
            "too many trained parameters for a dense Hessian",
            required=f"at most {most_parameters:,}",
            seen=f"{count:,}",
            advice="a smaller network, or frozen layers",
        )


def require_flat(check: int, flat: tuple[str, ...], problem: Network) -> None:
    """Refuse a claim whose flat directions are not exactly those of the problem, in any order."""
    known = flat_directions(problem)
    if set(flat) != set(known):
        raise Refusal.rejected(
            check,
            "the flat directions are not those of the problem",
            required=", ".join(known) or "none",
            seen=", ".join(flat) or "none",
            advice="list exactly the required ones",
        )
