"""The critical points of `safran-shamir`: each found, certified, and judged again by the clock."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass
from typing import Literal

from certificates import decide
from certificates.claims.population_minimum import Claim
from verify.experiments.reproduction import is_proved
from verify.proposals import population_minimum
from verify.search.proposal import Proposal
from verify.search.relu_students import orthonormal_problem, shared_student, turned_student

__all__ = ["Family", "Point", "Settings", "find_point"]

Family = Literal["one turned", "two turned", "two share"]


@dataclass(frozen=True)
class Settings:
    """How many teachers, for each family.

    Parameters
    ----------
    turned
        As many students, one of them turned against the last teacher: minima from 6 on.
    twice_turned
        As many students, two of them turned against a teacher each.
    shared
        One student more: two, unlike each other, are turned against the last teacher; minima from 7 on.
    """

    turned: tuple[int, ...] = (*range(3, 21), 30, 40)
    twice_turned: tuple[int, ...] = (10,)
    shared: tuple[int, ...] = (*range(6, 13), 20, 30, 40)

    @property
    def tasks(self) -> tuple[tuple[Family, int], ...]:
        """All points, the larger problems last: memory is measured as the largest up to then."""
        named: tuple[tuple[Family, tuple[int, ...]], ...] = (
            ("one turned", self.turned),
            ("two turned", self.twice_turned),
            ("two share", self.shared),
        )
        return tuple(sorted(((family, k) for family, sizes in named for k in sizes), key=lambda task: task[1]))


@dataclass(frozen=True)
class Point:
    """A critical point with what it took.

    Parameters
    ----------
    family, k
        Which, and how many teachers.
    proposal
        The certificate.
    search_seconds, check_seconds
        Processor time of the search, and of the judge with nothing remembered.
    megabytes
        The largest memory of the process so far.
    """

    family: Family
    k: int
    proposal: Proposal
    search_seconds: float
    check_seconds: float
    megabytes: float

    @property
    def n(self) -> int:
        """How many students."""
        return self.k + (self.family == "two share")

    @property
    def name(self) -> str:
        """Of the certificate."""
        return f"k{self.k}-n{self.n}" + ("-two-turned" if self.family == "two turned" else "")

    @property
    def claim(self) -> Claim | None:
        """What is proved; ``None`` where nothing is."""
        return self.proposal.claim if is_proved(self.proposal) else None

    @property
    def expected_index(self) -> int:
        """0 where the family has minima, and the index of the saddles below."""
        saddles = {("one turned", 3): 1, ("one turned", 4): 2, ("one turned", 5): 3, ("two share", 6): 4}
        return saddles.get((self.family, self.k), 0)


def find_point(family: Family, k: int) -> Point:
    """Search, certify, and judge once more."""
    begun = time.process_time()
    student = shared_student(k) if family == "two share" else turned_student(k, 1 if family == "one turned" else 2)
    found = population_minimum.propose(orthonormal_problem(student))
    searched = time.process_time()
    if found.claim is not None:
        decide(found.claim, found.evidence, found.problem)
    return Point(family, k, found, searched - begun, time.process_time() - searched, _megabytes())


def _megabytes() -> float:
    """Linux counts in kilobytes, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
