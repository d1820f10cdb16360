"""What the rules share: the context of a check, refusals with their number, and the standing assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from certificates.checks.workload import Workload
from certificates.subjects import Problem
from certificates.verdict import Accepted, Assumption, Fact

if TYPE_CHECKING:
    from certificates.arithmetic.tiles import Place, SymmetricBlocks, TileSums

__all__ = ["EXACT_RUN", "Context", "Refusal", "TileMaker"]
EXACT_RUN = Assumption("the statement is about exact real arithmetic, not about a floating-point run")
_ALWAYS = (
    Assumption("Arb (FLINT) returns balls that contain the exact results; CPython executes the judge as written"),
    EXACT_RUN,
)
_ARB = (Assumption("binary64 numbers are stored, moved and compared exactly, subnormal ones too (self-test passed)"),)
_FAST = (
    Assumption("the processor's binary64 is IEEE 754 with round-to-nearest and subnormals (self-test passed)"),
    Assumption("BLAS sums the k products of a row and a column in some order (no Strassen-type product; probed)"),
)


class TileMaker(Protocol):
    """Has the judge's tiles of a large matrix finished: by other processes, in a folder."""

    @property
    def side(self) -> int:
        """Rows and columns of a tile."""
        ...

    @property
    def assumption(self) -> str:
        """What a verdict that rests on these tiles assumes of them."""
        ...

    def sums(self, matrix: SymmetricBlocks, shift: float) -> Mapping[Place, TileSums] | None:
        """What :func:`~certificates.arithmetic.tiles.finished_tile` found of all tiles; ``None`` if one has no factor.

        The residuals of all of them must be those of one matrix L.
        """
        ...


@dataclass(frozen=True)
class Context:
    """How a claim is to be judged.

    Parameters
    ----------
    arithmetic
        ``fast`` or ``arb``.
    budget
        The largest number of floating-point operations to spend; memory scales with it.
    origin
        The problem named by ``claim.origin`` or ``claim.data``, already checked against its sha256.
    tiles
        Who makes the tiles of matrices that are too large to be held; ``None`` for the judge itself, in memory.
    """

    arithmetic: str
    budget: float
    origin: Problem | None = None
    tiles: TileMaker | None = None

    def require_workload(self, check: int, work: Workload) -> None:
        """Refuse with the estimate when the work exceeds the budget."""
        excess = work.excess(self.arithmetic, self.budget)
        if excess:
            raise Refusal.undecided(
                check,
                "the work exceeds the budget",
                cause="budget",
                required=excess[0],
                seen=excess[1],
                advice="a smaller problem",
                options="a larger --budget" if self.arithmetic == "fast" else "--arithmetic fast, or a larger --budget",
            )

    def accepted(
        self, rule: str, claim: Any, proved: Any, facts: tuple[Fact, ...], assumptions: tuple[Assumption, ...] = ()
    ) -> Accepted:
        """An acceptance with the standing assumptions of the arithmetic, and the rule's own, in its ledger."""
        tiles = () if self.tiles is None else (Assumption(self.tiles.assumption),)
        ledger = (*_ALWAYS, *(_FAST if self.arithmetic == "fast" else _ARB), *tiles, *assumptions)
        return Accepted(claim.kind, rule, self.arithmetic, claim, proved, ledger, facts)


class Refusal(Exception):
    """A check that stopped a claim; the judge turns it into a verdict."""

    def __init__(self, *, certain: bool, check: int, reason: str, fields: dict[str, Any]) -> None:
        self.certain, self.check, self.reason, self.fields = certain, check, reason, fields
        super().__init__(f"check {check}: {reason}")

    @classmethod
    def rejected(cls, check: int, reason: str, **fields: Any) -> Refusal:
        """The check is certainly false. ``fields``: required, seen, advice, options, proved, facts."""
        return cls(certain=True, check=check, reason=reason, fields=fields)

    @classmethod
    def undecided(cls, check: int, reason: str, **fields: Any) -> Refusal:
        """The check is not certainly true. ``fields``: as above, and cause."""
        return cls(certain=False, check=check, reason=reason, fields=fields)
