"""What an experiment returns: a table of printed beside proved, and the proofs behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certificates import Accepted
from verify.certification.proofs import NetworkProof
from verify.search.proposal import Proposal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Experiment", "Progress", "Proof", "Proofs", "Reproduction", "is_proved", "judged", "prove_all"]

Progress = Callable[[str, int, int], None]
Proof = Proposal | NetworkProof
Proofs = Mapping[str, Proposal]


@dataclass(frozen=True)
class Reproduction:
    """A paper's table or figure, reproduced.

    Parameters
    ----------
    title, source
        What is reproduced, and where it is printed.
    header, rows
        The table.
    notes
        What a reader of the table must know.
    proofs
        Names of certificates to proposals about activations or networks; those that the judge accepts are written.
    document
        The table as JSON values; interval ends are exact rationals as text.
    is_complete
        Everything that is compared is proved, without assumptions, every comparison is decided, and every criterion is
        met. A proved discrepancy is complete too.
    figure
        Draws the picture, if there is one.
    """

    title: str
    source: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    proofs: Mapping[str, Proof]
    document: dict[str, Any]
    is_complete: bool
    figure: Callable[[], Figure] | None = None


@dataclass(frozen=True)
class Experiment:
    """A reproduction that can be run."""

    title: str
    run: Callable[[Progress | None], Reproduction]


def prove_all(tasks: Mapping[str, Callable[[], Proposal]], progress: Progress | None = None) -> Proofs:
    """Make every proposal, in order."""
    proofs = {}
    for step, (name, propose) in enumerate(tasks.items()):
        if progress is not None:
            progress(name, step, len(tasks))
        proofs[name] = propose()
    return proofs


def is_proved(proposal: Proof) -> bool:
    """Whether the judge accepts it without assumptions."""
    return isinstance(proposal.verdict, Accepted) and not proposal.verdict.conditional


def judged(text: str, met: bool | None, reason: str = "") -> tuple[str, bool]:
    """A criterion and whether it is met; ``None`` cannot be evaluated, for that reason, which is not met.

    Examples
    --------
    >>> judged("the midpoint is near 3", None, "no curve fits")
    ('the midpoint is near 3 (cannot be evaluated: no curve fits)', False)
    """
    return (text, met) if met is not None else (f"{text} (cannot be evaluated: {reason})", False)
