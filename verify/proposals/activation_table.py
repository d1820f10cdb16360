"""Everything that is proved about one activation: the table of theory 2, with a certificate behind each entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from certificates import Accepted
from certificates.arithmetic.arb import exact, precision
from certificates.claims.activation_property import AssumedTail
from certificates.enclosures.identities import homogeneity, is_slope_even, is_slope_odd, odd_part_slope
from certificates.enclosures.tails import tail
from certificates.enclosures.tilings import range_on_cells
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, parse_activation
from certificates.rules._tilings import split_at_breakpoints
from verify.proposals import activation_property, orthogonal_population_convexity, tensor_constant, zhong_rho
from verify.proposals import zhong_rho_global as rho_global
from verify.proposals._activation import Proposal
from verify.proposals._cells import bisect, sharpen

__all__ = ["DEFAULT_SIGMAS", "ActivationTable", "Entry", "activation"]

DEFAULT_SIGMAS = (Fraction(1, 10), Fraction(1), Fraction(10))

Progress = Callable[[str, int, int], None]

_BITS = 64


@dataclass(frozen=True)
class Entry:
    """One row: what was asked, and what the judge says of the answer.

    Parameters
    ----------
    name
        ``P1``, ``P2``, ``P3a``, ``P3b``, ``A2.3``, ``ρ``, ``ρ for all σ``, ``tensor constants``, ``orthogonal Hessian``.
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
    """

    activation: Activation
    ranges: tuple[tuple[arb, arb] | None, ...]
    invariances: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def proved(self) -> tuple[Proposal, ...]:
        """The accepted proposals: what can be written as certificates."""
        return tuple(e.proposal for e in self.entries if e.proposal is not None and e.is_proved)


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
        A σ is outside [10⁻⁹, 10⁹].

    Examples
    --------
    >>> table = activation("relu", ["1"])
    >>> [(e.name, e.proposal.claim.property) for e in table.entries if e.name in ("P1", "P2")]
    [('P1', 'P1'), ('P2', 'P2')]
    """
    phi = parse_activation(text) if isinstance(text, str) else text
    points = [_exact_sigma(sigma) for sigma in sigmas]
    tasks = _tasks(phi, points, assumed_tail)
    entries = []
    for step, (name, sigma, prove) in enumerate(tasks):
        if progress is not None:
            progress(name, step, len(tasks))
        entries.append(_entry(name, sigma, prove))
    return ActivationTable(phi, tuple(_range(phi, k) for k in (1, 2, 3)), _invariances(phi), tuple(entries))


def _exact_sigma(sigma: Fraction | int | str) -> Fraction:
    if isinstance(sigma, float):
        raise TypeError(f"sigma = {sigma!r}: expected a string, an integer or a Fraction; a float is not exact")
    return Fraction(sigma)


_Task = tuple[str, Fraction | None, Callable[[], Proposal]]


def _tasks(phi: Activation, sigmas: Sequence[Fraction], assumed: AssumedTail | None) -> list[_Task]:
    found: list[_Task] = [
        ("P1", None, lambda: _slope(phi, assumed)),
        ("P2", None, lambda: activation_property.rho_positive(phi, assumed)),
        ("P3a", None, lambda: activation_property.curvature(phi, assumed)),
        ("P3b", None, lambda: activation_property.kinks(phi)),
        ("A2.3", None, lambda: activation_property.assumption(phi)),
        ("ρ for all σ", None, lambda: rho_global.propose(phi)),
    ]
    weights = (Fraction(1), Fraction(-1))
    for sigma in sigmas:
        found += [
            ("ρ", sigma, lambda s=sigma: zhong_rho.propose(phi, s)),
            ("tensor constants", sigma, lambda s=sigma: tensor_constant.propose(phi, s)),
            ("orthogonal Hessian", sigma, lambda s=sigma: orthogonal_population_convexity.propose(phi, s, weights, 2)),
        ]
    return found


def _slope(phi: Activation, assumed: AssumedTail | None) -> Proposal:
    """P1 or not-P1; where neither is shown, our weaker P1'."""
    strict = activation_property.slope(phi, assumed)
    if isinstance(strict.verdict, Accepted):
        return strict
    weaker = activation_property.weaker_slope(phi, assumed)
    return weaker if isinstance(weaker.verdict, Accepted) else strict


def _entry(name: str, sigma: Fraction | None, prove: Callable[[], Proposal]) -> Entry:
    try:
        return Entry(name, sigma, prove())
    except EnclosureFailure as failure:
        return Entry(name, sigma, None, str(failure))


def _range(phi: Activation, derivative: int) -> tuple[arb, arb] | None:
    """Bounds of φ^(k) over the line, sharp to about 10⁻⁶."""
    radius = activation_property.tail_radius(phi)
    try:
        with precision(_BITS):
            cells = _sharp_cells(phi, derivative, radius)
            low, high = range_on_cells(phi, derivative, split_at_breakpoints(phi, cells))
            for side in (-1, 1):
                values = tail(phi, derivative, radius, side).range()
                low, high = low.min(values.lower()), high.max(values.upper())
    except EnclosureFailure:
        return None
    return low, high


def _sharp_cells(phi: Activation, derivative: int, radius: Fraction) -> tuple[tuple[Fraction, Fraction], ...]:
    cells = bisect(-radius, radius, Fraction(1, 2), lambda _: True) or ()
    for sign in (1, -1):

        def bound(cell: tuple[Fraction, Fraction], sign: int = sign) -> float:
            parts = split_at_breakpoints(phi, [cell]) if cell[0] < cell[1] else [cell]
            low, high = range_on_cells(phi, derivative, parts)
            return float((high if sign > 0 else -low).mid())

        cells = sharpen(cells, bound, 1e-7)
    return cells


def _invariances(phi: Activation) -> tuple[str, ...]:
    """Exact identities of φ, in words."""
    found = []
    if is_slope_even(phi):
        found.append("φ' is even: α_{i,1} = 0")
    if is_slope_odd(phi):
        found.append("φ' is odd: μ = 0")
    kappa = odd_part_slope(phi)
    if kappa is not None and kappa.terms:
        shown = kappa.rational if kappa.rational is not None else kappa.enclose().str(8, radius=False)
        found.append(f"φ(z) − φ(−z) = κz with κ = {shown}: μ = α_{{1,2}} = κ/2, c₃ = 0")
    homogeneous = homogeneity(phi)
    if homogeneous is not None:
        exponent = 2 * homogeneous.degree - 2
        found.append(f"φ is homogeneous of degree {homogeneous.degree}: ρ(σ) = σ^{exponent} ρ(1)")
    return tuple(found)
