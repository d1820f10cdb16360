"""The search of a kind, by the judge's list: loaded when it is asked for, from the file of the kind's basename."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from fractions import Fraction
from importlib import import_module
from typing import Any, TypeAlias

from certificates import Network, Problem
from certificates.errors import MalformedProblem
from certificates.kinds import KINDS, basename
from certificates.subjects import PopulationProblem
from verify.search.proposal import Options, Search

__all__ = ["AnySearch", "network_searches", "population_searches", "refuse_unread", "search_of"]

AnySearch: TypeAlias = Search[Any, Any]

_OFFERED = (
    "polish",
    "rate",
    "objective",
    "step_size",
    "radius",
    "data",
    "kernel",
    "failure",
    "tiles",
)  # by commands about networks
_DEFAULTS = {spec.name: spec.default for spec in fields(Options)}


def search_of(kind: object) -> AnySearch:
    """The search for that kind of claim.

    Raises
    ------
    MalformedCertificate
        The list has no such kind.

    Examples
    --------
    >>> sorted(search_of("orbit-convergence").reads)
    ['step_size']
    """
    base = basename(kind)
    search = import_module(f"verify.proposals.{base}").SEARCH
    if not isinstance(search, Search) or search.claim.kind.replace("-", "_") != base:
        raise ImportError(f"verify.proposals.{base} does not define its search")
    return search


def network_searches() -> Iterator[tuple[str, AnySearch]]:
    """The kinds that are searched for from weights and data, with their searches; loads every search."""
    return _searches_about(Network)


def population_searches() -> Iterator[tuple[str, AnySearch]]:
    """The kinds that are searched for from a population problem, with their searches; loads every search."""
    return _searches_about(PopulationProblem)


def _searches_about(subject: type[Problem]) -> Iterator[tuple[str, AnySearch]]:
    for kind in KINDS:
        search = search_of(kind)
        if search.subject is subject:
            yield kind, search


def refuse_unread(options: Options, kind: str | None) -> None:
    """Refuse an option that the search for this kind does not read; ``None`` reads no option.

    Raises
    ------
    MalformedProblem
        With the option's flag, and the kinds that it belongs to.
    """
    reads = frozenset[str]() if kind is None else search_of(kind).reads
    for name in _OFFERED:
        value, flag = getattr(options, name), f"--{name.replace('_', '-')}"
        if value == _DEFAULTS[name]:
            continue
        if isinstance(value, Fraction) and value <= 0:
            raise MalformedProblem("expected a positive number", place=flag)
        if name not in reads:
            kinds = [other for other, search in network_searches() if name in search.reads]
            raise MalformedProblem(f"belongs to --kind {' and '.join(kinds)}", place=flag, remedy="leave it out")
