"""Everything that is proved about one activation: the table of chapter 2, with a certificate behind each entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from flint import arb

from certificates import Accepted
from certificates.arithmetic.effort import limited_effort
from certificates.checks.outcome import Refusal
from certificates.errors import BudgetExhausted, EnclosureFailure, MalformedCertificate
from certificates.expression import Activation, parse_activation
from certificates.language.limits import check_sigma
from certificates.language.wording import in_words
from certificates.memory import kept_memory
from certificates.subjects import ActivationProblem
from verify.activations import properties
from verify.activations.assumed import AssumedTail
from verify.activations.facts import derivative_range, invariances, why_undefined
from verify.proposals import (
    nondegenerate_activation,
    orthogonal_population_convexity,
    tensor_constant,
    zhong_rho,
)
from verify.proposals import zhong_rho_global as rho_global
from verify.search.followable import followable
from verify.search.proposal import Options, Proposal, Search
from verify.search.slopes import tail_radius
from verify.typesetting.summary import as_html

__all__ = ["DEFAULT_SIGMAS", "ActivationTable", "Entry", "activation", "exact_positive"]

DEFAULT_SIGMAS = (Fraction(1, 10), Fraction(1), Fraction(10))

Progress = Callable[[str, int, int], None]

_POSITIVE = re.compile(
    r"\d{1,40}(?:/0*[1-9]\d{0,39})?|(?:\d{1,40}\.\d{0,40}|\.\d{1,40}|\d{1,40})(?:[eE][+-]?\d{1,2})?", re.ASCII
)
# Operations on balls that the search of one entry may take, seconds each; no catalogue entry needs all of it.
_EFFORT, _EFFORT_OF_P2, _EFFORT_AT_SIGMA, _EFFORT_FOR_ALL_SIGMA = 1e7, 4e7, 3e6, 2e8  # GELU takes 2.2e7 for P2
_AT_SIGMA: Mapping[str, Search[Any, ActivationProblem]] = {
    "ρ": zhong_rho.SEARCH,
    "tensor constants": tensor_constant.SEARCH,
    "orthogonal Hessian": orthogonal_population_convexity.SEARCH,
}


@dataclass(frozen=True)
class Entry:
    """One row: what was asked, and what the judge says of the answer.

    Parameters
    ----------
    name
        ``P1``, ``P2``, ``P3a``, ``P3b``, ``A2.3``, ``ρ for all σ``; at each σ ``ρ``, ``tensor constants`` and
        ``orthogonal Hessian``.
    sigma
        The σ it is about, if it is about one.
    proposal
        Claim, evidence and verdict; ``None`` if no claim could be formed.
    reason
        Why there is no claim.
    """

    name: str
    sigma: Fraction | None
    proposal: Proposal | None
    reason: str = ""

    @property
    def is_proved(self) -> bool:
        """Whether the judge accepted it, perhaps conditionally."""
        return self.proposal is not None and isinstance(self.proposal.verdict, Accepted)

    @property
    def is_conditional(self) -> bool:
        """Whether it is proved on the condition of an assumption."""
        verdict = None if self.proposal is None else self.proposal.verdict
        return isinstance(verdict, Accepted) and verdict.conditional

    @property
    def missing(self) -> str:
        """Why nothing is proved, and what to try; empty if something is."""
        if self.proposal is None:
            return self.reason
        verdict = followable(self.proposal.verdict, smaller="a simpler formula")
        return self.reason if isinstance(verdict, Accepted) else verdict.explanation()


@dataclass(frozen=True)
class ActivationTable:
    """The property table of one activation.

    Parameters
    ----------
    activation
        φ.
    ranges
        Enclosures of the ranges of φ', φ'', φ''' over the line (away from breakpoints); ``None`` where unbounded or not
        enclosed.
    invariances
        What is used of its symmetry: parity, homogeneity, a linear odd part.
    entries
        The rows.
    undefined
        Why φ is not shown to be defined, and nothing is proved; empty otherwise.
    """

    activation: Activation
    ranges: tuple[tuple[arb, arb] | None, ...]
    invariances: tuple[str, ...]
    entries: tuple[Entry, ...]
    undefined: str = ""

    @property
    def proved(self) -> tuple[Proposal, ...]:
        """The accepted proposals: what can be written as certificates."""
        return tuple(e.proposal for e in self.entries if e.proposal is not None and e.is_proved)

    def __repr__(self) -> str:
        """The activation, and how many rows are proved; :func:`verify.explain` prints them."""
        return f"ActivationTable({self.activation.text[:60]}, {len(self.proved)} of {len(self.entries)} proved)"

    def _repr_html_(self) -> str:
        return as_html([("activation", self.activation.text), *map(_row, self.entries)])


def _row(entry: Entry) -> tuple[str, str]:
    """Which row, and what is proved or missing."""
    label = entry.name if entry.sigma is None else f"{entry.name}, σ = {in_words(entry.sigma)}"
    if entry.proposal is None:
        return label, f"undecided: {entry.reason}"
    verdict = entry.proposal.verdict
    if not isinstance(verdict, Accepted):
        return label, f"{verdict.outcome}: {entry.missing}"
    return label, ("conditional: " if verdict.conditional else "") + str(verdict.claim.sentence())


@kept_memory()
def activation(
    text: str | Activation,
    sigmas: Sequence[Fraction | int | str] = DEFAULT_SIGMAS,
    *,
    assumed_tail: AssumedTail | None = None,
    progress: Progress | None = None,
) -> ActivationTable:
    """Prove what holds of an activation: P1 to P3, ρ, its global bound, Assumption 2.3, tensor constants.

    Parameters
    ----------
    text
        A catalogue name or an expression in z.
    sigmas
        Where ρ and the tensor constants are enclosed; exact (``"0.1"`` is 1/10; a float is refused).
    assumed_tail
        What to assume about φ' and φ'' far out where the judge cannot prove it; the verdicts are then conditional.
    progress
        Called as ``progress(name, step, steps)``.

    Raises
    ------
    MalformedExpression
        The text is outside the grammar.
    MalformedCertificate
        A σ is no rational number, or outside [10⁻⁹, 10⁹].

    May fail when
    -------------
    Nothing else: what is not proved, or takes more than the effort allowed, is an entry with a reason.

    Examples
    --------
    >>> table = activation("relu", ["1"])
    >>> [(e.name, e.proposal.claim.label) for e in table.entries if e.name in ("P1", "P2")]
    [('P1', 'P1'), ('P2', 'P2')]
    """
    phi = parse_activation(text) if isinstance(text, str) else text
    tasks = _tasks(phi, list(dict.fromkeys(map(_exact_sigma, sigmas))), assumed_tail)
    radius = tail_radius(phi)
    undefined = why_undefined(phi, radius)
    if undefined:
        refused = tuple(Entry(task.name, task.sigma, None, undefined) for task in tasks)
        return ActivationTable(phi, (None, None, None), (), refused, undefined)
    entries = []
    for step, task in enumerate(tasks):
        if progress is not None:
            progress(task.name, step, len(tasks))
        entries.append(_entry(task))
    ranges = tuple(derivative_range(phi, k, radius) for k in (1, 2, 3))
    return ActivationTable(phi, ranges, invariances(phi), tuple(entries))


def _exact_sigma(sigma: Fraction | int | str) -> Fraction:
    if isinstance(sigma, float):
        raise TypeError(f"sigma = {sigma!r}: expected a string, an integer or a Fraction; a float is not exact")
    if isinstance(sigma, str):
        return exact_positive(sigma)
    check_sigma(Fraction(sigma))
    return Fraction(sigma)


def exact_positive(text: str) -> Fraction:
    """The number that a decimal or a fraction p/q writes.

    Raises
    ------
    MalformedCertificate
        It is no short positive number in ASCII, or outside [10⁻⁹, 10⁹].

    Examples
    --------
    >>> exact_positive("0.1"), exact_positive("1/3")
    (Fraction(1, 10), Fraction(1, 3))
    """
    if _POSITIVE.fullmatch(text) is None:  # Fraction alone would write out 1e999999999
        shown = text if len(text) <= 40 else text[:40] + "…"
        what = f"{shown!a} is no positive number"
        raise MalformedCertificate(what, place="sigma", remedy="write a decimal such as 0.1 or a fraction p/q")
    value = Fraction(text)
    check_sigma(value)
    return value


@dataclass(frozen=True)
class _Task:
    name: str
    sigma: Fraction | None
    prove: Callable[[], Proposal]
    effort: float = _EFFORT


def _tasks(phi: Activation, sigmas: Sequence[Fraction], assumed: AssumedTail | None) -> list[_Task]:
    growth = None if assumed is None else assumed.growth(tail_radius(phi))
    found = [
        _Task("P1", None, lambda: properties.slope_or_weaker(phi, assumed)),
        _Task("P2", None, lambda: properties.rho_positive(phi, assumed), _EFFORT_OF_P2),
        _Task("P3a", None, lambda: properties.curvature(phi, assumed)),
        _Task("P3b", None, lambda: properties.kinks(phi)),
        _Task("A2.3", None, lambda: nondegenerate_activation.propose(phi)),
        _Task("ρ for all σ", None, lambda: rho_global.propose(phi), _EFFORT_FOR_ALL_SIGMA),
    ]
    problem = ActivationProblem(phi)
    for sigma in sigmas:
        options = Options(sigma=sigma, growth=growth)
        for name, search in _AT_SIGMA.items():
            found.append(_Task(name, sigma, partial(search.propose, problem, options), _EFFORT_AT_SIGMA))
    return found


def _entry(task: _Task) -> Entry:
    try:
        with limited_effort(task.effort):
            return Entry(task.name, task.sigma, task.prove())
    except (EnclosureFailure, Refusal, MalformedCertificate) as failure:  # the last: a number that no claim may hold
        return Entry(task.name, task.sigma, None, str(failure))
    except BudgetExhausted:
        return Entry(task.name, task.sigma, None, f"the search takes more than {task.effort:.0e} operations on balls")
