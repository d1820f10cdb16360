"""What is proved of a population problem."""

from __future__ import annotations

from certificates import Accepted
from certificates.errors import MalformedProblem
from certificates.subjects import PopulationProblem
from verify.certification.searches import population_searches, search_of
from verify.search.proposal import Options, Proposal

__all__ = ["about_population"]


def about_population(
    problem: PopulationProblem, kind: str | None, options: Options
) -> tuple[Proposal, tuple[tuple[str, str], ...]]:
    """What is proved, of the kind asked for or of the first that can be; and (kind, why) of those not tried.

    Where nothing is, the first refusal, with those of the others as notes.
    """
    if kind is not None:
        return search_of(kind).propose(problem, options), ()
    fitting = [(each, search, why) for each, search in population_searches() if (why := search.fits(problem))]
    if not fitting:
        raise MalformedProblem(
            "no kind of claim fits this population problem", place="problem", remedy="name one with --kind"
        )
    refused: list[Proposal] = []
    for index, (_, search, _) in enumerate(fitting):
        found = search.propose(problem, options)
        if isinstance(found.verdict, Accepted):
            return found, tuple((other, why) for other, _, why in fitting[index + 1 :])
        refused.append(found)
    return refused[0], ()
