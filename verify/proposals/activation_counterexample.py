"""Find a witness that refutes P1, P2, P3(a) or P3(b) of an activation (theory 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from certificates.claims.activation_counterexample import Claim, Evidence, Property
from certificates.enclosures.intervals.smoothness import slope_jumps_at
from certificates.expression import Activation, smooth_pieces
from certificates.subjects import ActivationProblem
from verify.search.activation import best, judged
from verify.search.proposal import Proposal, Search
from verify.search.slopes import is_nonzero, tail_or_none, tail_power, tail_radius, witness

__all__ = ["SEARCH", "propose", "refute"]

_SIGMAS = [Fraction(1), Fraction(2), Fraction(3), Fraction(1, 2), Fraction(5), Fraction(10), Fraction(1, 10)]


def propose(activation: Activation) -> Proposal:
    """The first property that a witness refutes; else the refusal that came farthest.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> propose(parse_activation("tanh")).claim.label
    'not-P3b'
    """
    found = best(proposal for each in _CANDIDATES if (proposal := refute(activation, each)) is not None)
    return found or judged(activation, Claim("P3b"), Evidence("curvature", Fraction(0)))  # the judge names what fails


def refute(activation: Activation, refutes: Property) -> Proposal | None:
    """The first witness that the judge accepts, or the refusal that came farthest; ``None`` without a candidate.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [refute(parse_activation(name), "P1") is None for name in ("tanh", "gelu", "z+z^3")]
    [True, False, False]
    """
    claim = Claim(refutes)
    return best(judged(activation, claim, evidence) for evidence in _CANDIDATES[refutes](activation))


def _negative_or_growing(activation: Activation) -> Iterator[Evidence]:
    point = witness(activation, 1, lambda value: bool(value < 0))
    if point is not None:
        yield Evidence("negative-slope", point)
    elif tail_power(activation):
        yield Evidence("growth", tail_radius(activation))


def _nonpositive_rho(activation: Activation) -> Iterator[Evidence]:
    """Where φ' is nonnegative only an affine φ has ρ ≤ 0."""
    bends = witness(activation, 2, is_nonzero) is not None or _jump(activation) is not None
    if not bends or witness(activation, 1, lambda value: bool(value < 0)) is not None:
        yield from (Evidence("nonpositive-rho", sigma) for sigma in _SIGMAS)


def _jumping_or_growing(activation: Activation) -> Iterator[Evidence]:
    jump, radius = _jump(activation), tail_radius(activation)
    if jump is not None:
        yield Evidence("jump", jump)
        return
    found = [tail_or_none(activation, 2, radius, side) for side in (-1, 1)]
    if any(t is not None and not t.is_bounded for t in found):
        yield Evidence("growth", radius)


def _jump(activation: Activation) -> Fraction | None:
    """The first breakpoint where φ' jumps."""
    return next((b for b in smooth_pieces(activation.expression)[1] if slope_jumps_at(activation, b)), None)


def _curved(activation: Activation) -> Iterator[Evidence]:
    point = witness(activation, 2, is_nonzero)
    if point is not None:
        yield Evidence("curvature", point)


_CANDIDATES: Mapping[Property, Callable[[Activation], Iterator[Evidence]]] = {
    "P1": _negative_or_growing,
    "P2": _nonpositive_rho,
    "P3a": _jumping_or_growing,
    "P3b": _curved,
}


SEARCH = Search(Claim, ActivationProblem, lambda problem, _: propose(problem.activation))
