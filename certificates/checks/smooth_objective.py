"""What the rules about an objective's critical points share: given labels, parameters that fit, flat directions."""

from __future__ import annotations

from certificates.checks.outcome import Refusal
from certificates.enclosures.objectives.flat import flat_directions
from certificates.subjects import Network

__all__ = ["require_flat", "require_given", "require_labels", "require_parameters"]


def require_given(check: int, problem: Network, most_parameters: int | None = None) -> None:
    """Refuse planted labels, and more trained parameters than the rule's matrices have room for."""
    if problem.teacher is not None:
        raise Refusal.undecided(
            check,
            "the labels are planted by a teacher, and this rule is about given ones",
            advice="store labels as targets",
        )
    if most_parameters is not None:
        require_parameters(check, problem, most_parameters)


def require_parameters(check: int, problem: Network, most: int) -> None:
    """Refuse more trained parameters than the rule's matrices have room for."""
    count = problem.trained_parameter_count
    if count > most:
        raise Refusal.undecided(
            check,
            "too many trained parameters for a dense Hessian",
            required=f"at most {most:,}",
            seen=f"{count:,}",
            advice="a smaller network, or frozen layers",
        )


def require_labels(check: int, labels: str, problem: Network) -> None:
    """Refuse a claim about labels of the other kind: planted ones are exact, and given ones never become so."""
    seen = "given" if problem.teacher is None else "planted"
    if labels != seen:
        raise Refusal.rejected(
            check,
            "the claim is about labels of another kind",
            required=f"labels {labels}",
            seen=f"labels {seen}",
            advice=f"a claim about {seen} labels",
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
