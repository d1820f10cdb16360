"""What a search is asked, and what it answers; the last line of a file in ``verify/proposals`` is its ``SEARCH``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar

from certificates import Network, Problem, Verdict
from certificates.certificate import Certificate
from certificates.document import ProblemReference
from certificates.language.claim import Claim
from certificates.language.parts import AssumedGrowth
from certificates.language.slopes import AssumedSlope
from certificates.subjects import ActivationProblem, PolynomialProblem, PopulationProblem
from verify.search.provenance import provenance
from verify.search.runs import RunBounds

if TYPE_CHECKING:
    from certificates.language.parts import DataFile
    from verify.search.estimated import Estimates
    from verify.search.objective_polish import PolishedObjective
    from verify.search.polish import Polished
    from verify.tiles.run import FolderTiles

__all__ = ["Objective", "Options", "Polish", "Proposal", "Search", "certificate_of"]

Objective = Literal["rate", "radius"]
Polish: TypeAlias = bool | Literal["full"]
"""Leave the weights, change them as little as certifies, or reduce the residual to its rounding floor."""
C = TypeVar("C", bound=Claim)
P = TypeVar("P", bound=Problem)


@dataclass(frozen=True)
class Proposal:
    """What a search found.

    Parameters
    ----------
    problem
        What the claim is about.
    claim, evidence
        Ready to be written if ``verdict`` is accepted; ``None`` where nothing could be claimed.
    verdict
        The judge's, about exactly this claim and evidence.
    notes
        What the reader should know about the search: a solver that failed, a method that was not tried.
    polished
        How the weights of ``problem`` were found, if they are not the given ones.
    """

    problem: Problem = field(repr=False)
    claim: Any
    evidence: Any = field(repr=False)
    verdict: Verdict
    notes: tuple[str, ...] = ()
    polished: Polished | PolishedObjective | None = None


def certificate_of(proposal: Proposal) -> Certificate:
    """The content of a file that holds its subject: an activation or a polynomial. Write it only if accepted."""
    problem = proposal.problem
    if isinstance(problem, ActivationProblem):
        reference = ProblemReference.of_activation(problem.activation)
    elif isinstance(problem, PolynomialProblem | PopulationProblem):
        reference = ProblemReference.of_record(problem)
    else:
        raise TypeError(f"a certificate about a {problem.type} names or embeds a problem file")
    return Certificate(proposal.claim.kind, reference, proposal.claim, proposal.evidence, provenance())


@dataclass(frozen=True)
class Options:
    """What a user may choose; a search reads those that it names, and ``None`` lets it choose.

    Parameters
    ----------
    step_size
        η for the problem's own loss, exact.
    radius
        ϱ of the ball, exact.
    objective
        The largest decrease per step, or the smallest ball.
    polish
        Whether other weights may be found near the given ones, which ``source`` (sha256, name) then names, if there is
        one: as near as possible, or ``full``, with the least residual.
    rate
        The share of the decrease per step at zero residual that polished weights should be certified with.
    sigma
        σ.
    growth, slope, curvature_bound
        What to assume at infinity where no bound is proved: of |φ'|, of φ' with its sign, and of |φ''|.
    slope_power, power
        i and j of E[φ'(σz)ⁱ zʲ].
    outer_weights
        v of a population model, in as many dimensions; every v of ±1 gives the same bound.
    data
        How to name the file of another problem, and that problem, whose samples are to be counted.
    kernel
        Which tangent kernel: in the limit of width, or at the weights.
    failure
        δ of a claim that holds with a probability of at least 1 − δ.
    tiles
        Who makes the tiles of a kernel that fits no memory.
    progress, notice, estimated
        Told what is being done (stage, step, residual norm); told what stands in the way of a long search; told what is
        estimated at the weights as given, before anything is searched for.
    """

    step_size: Fraction | None = None
    radius: Fraction | None = None
    objective: Objective = "rate"
    polish: Polish = False
    rate: Fraction | None = None
    source: tuple[str, str] | None = None
    sigma: Fraction = Fraction(1)
    growth: AssumedGrowth | None = None
    slope: AssumedSlope | None = None
    curvature_bound: Fraction | None = None
    slope_power: int = 1
    power: int = 0
    outer_weights: tuple[Fraction, ...] = (Fraction(1), Fraction(-1))
    data: tuple[DataFile, Network] | None = None
    kernel: Literal["limit", "empirical"] | None = None
    failure: Fraction | None = None
    tiles: FolderTiles | None = None
    progress: Callable[[str, int, float | None], None] = lambda *_: None
    notice: Callable[[str], None] = lambda _: None
    estimated: Callable[[Estimates], None] = lambda _: None

    def say(self, stage: str) -> None:
        """Tell what is being done, where there is nothing to count."""
        self.progress(stage, 0, None)


def _never(_: Problem) -> None:
    return None


@dataclass(frozen=True)
class Search(Generic[C, P]):
    """The search for one kind of claim.

    Parameters
    ----------
    claim
        Of the kind.
    subject
        What it starts from.
    propose
        Find the strongest provable claim, and ask the judge.
    reads
        The options that it takes, by name.
    fits
        Why it may be worth trying on a problem where it was not asked for; ``None`` if it is not.
    excludes
        Why no claim of the kind can be about a problem, found without a search; ``None`` if one may be.
    runs
        What a claim says of runs of gradient descent, for replay; ``None`` where it says nothing.
    """

    claim: type[C]
    subject: type[P]
    propose: Callable[[P, Options], Proposal]
    reads: frozenset[str] = frozenset()
    fits: Callable[[P], str | None] = _never
    excludes: Callable[[P], str | None] = _never
    runs: Callable[[C, P], RunBounds | None] | None = None
