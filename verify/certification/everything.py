"""All that holds of one problem beside the claim that is written: every other kind that fits is tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from certificates import Accepted, Network, Verdict
from certificates.claims.critical_point import Claim as CriticalPoint
from certificates.claims.kink_minimum import Claim as KinkMinimum
from certificates.claims.no_local_minimum import Claim as NoLocalMinimum
from certificates.claims.spurious_minimum import Claim as SpuriousMinimum
from certificates.claims.strict_minimum import Claim as StrictMinimum
from certificates.kinds import KINDS
from certificates.subjects import PopulationProblem
from verify.certification.searches import AnySearch, network_searches, population_searches, search_of
from verify.search.followable import followable
from verify.search.proposal import Options
from verify.typesetting.claims import claim_numbers

__all__ = ["Tried", "is_quick", "try_others"]

_PARAMETERS, _EQUATIONS = 60, 200  # up to these numbers every kind is tried within seconds
_UNITS = 6
_AT_A_MINIMUM = (StrictMinimum.kind, SpuriousMinimum.kind, KinkMinimum.kind)
_ELSEWHERE = (NoLocalMinimum.kind, CriticalPoint.kind)


@dataclass(frozen=True)
class Tried:
    """A kind that was tried beside the one that is written.

    Parameters
    ----------
    kind
        Of claim.
    verdict
        The judge's: about the strongest claim that was found, or the refusal.
    """

    kind: str
    verdict: Verdict

    @property
    def is_proved(self) -> bool:
        """Whether the judge accepts a claim of the kind."""
        return isinstance(self.verdict, Accepted)

    def __str__(self) -> str:
        """One line: the numbers of the claim, or what refused it."""
        if not isinstance(self.verdict, Accepted):
            return f"not proved (--kind {self.kind}): {self.verdict.reason}"
        numbers = ", ".join(f"{name} {value}" for name, value in claim_numbers(self.verdict.claim))
        return f"holds (--kind {self.kind}): {KINDS[self.kind].partition(' (theor')[0]}: {numbers or 'proved'}"


def is_quick(problem: Network | PopulationProblem) -> bool:
    """Whether all kinds are tried within seconds, so that nobody need ask for it."""
    if isinstance(problem, PopulationProblem):
        return max(problem.teacher.width, problem.dimension) <= _UNITS
    small = problem.trained_parameter_count <= _PARAMETERS and problem.residual_count <= _EQUATIONS
    return small and len(problem.layers) <= 3


def try_others(problem: Network | PopulationProblem, written: str | None, options: Options) -> Iterator[Tried]:
    """Every kind that fits the problem and is not the written one, tried in the order of the judge's list.

    Parameters
    ----------
    problem
        With the weights that the written claim is about: the polished ones, if there are.
    written
        The kind that was tried first.
    options
        Its progress is told; options that belong to one kind are not read.

    Yields
    ------
    Tried
        No kind whose rule does not cover the problem at all. Points that are no minimum are asked about where no strict
        minimum is proved.
    """
    at_minimum = written in _AT_A_MINIMUM
    for kind, search in _searches(problem):
        fits = search.fits(problem) is not None or (kind in _ELSEWHERE and not at_minimum and _is_smooth(problem))
        if kind == written or not fits or search.excludes(problem) is not None:
            continue
        options.say(kind)
        verdict = followable(search.propose(problem, Options(progress=options.progress)).verdict)
        if not isinstance(verdict, Accepted) and verdict.check == 0:
            continue
        at_minimum = at_minimum or (kind in _AT_A_MINIMUM and isinstance(verdict, Accepted))
        yield Tried(kind, verdict)


def _is_smooth(problem: Network | PopulationProblem) -> bool:
    """Whether a strict minimum is worth asking for, and so is another critical point."""
    return isinstance(problem, Network) and search_of(StrictMinimum.kind).fits(problem) is not None


def _searches(problem: Network | PopulationProblem) -> Iterator[tuple[str, AnySearch]]:
    return population_searches() if isinstance(problem, PopulationProblem) else network_searches()
