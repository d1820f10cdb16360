"""Search for sums of squares behind ‖∇f‖² ≥ 2μ(f − level): the largest μ first, then Gram matrices for a little less.

The solver is never trusted: its Gram matrices are rounded to exact rationals that satisfy the identity, and the judge
decides whether they are still positive definite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import fmpq_mpoly

from certificates import Accepted, Network, Undecided, decide
from certificates.claims.gradient_dominance_sos import Claim, Evidence
from certificates.enclosures.quadratic.polynomials import gradient_square, loss_around, rational
from certificates.rules.gradient_dominance_sos import TITLE
from certificates.subjects import MOST_VARIABLES, PolynomialProblem
from verify.problems.polynomials import polynomial_of
from verify.search.dyadic import dyadic_below, fraction, power_of_two
from verify.search.gram import SMALLEST, GramSearch
from verify.search.proposal import Options, Proposal, Search
from verify.search.quadratic import not_quadratic, read
from verify.search.scaled_polynomials import balanced, curvatures, exponent, stretched, times_variable

__all__ = ["SEARCH", "propose"]

Progress = Callable[[str], None]

_SHARES = (Fraction(99, 100), Fraction(98, 100), Fraction(95, 100), Fraction(9, 10), Fraction(3, 4), Fraction(1, 2))
_CONSTANT_BITS = 20
_CLOSE = Fraction(21, 20)
_LEVEL_BITS = 20
_LONGEST_LIST = 4_096
_RADIUS_SHARE, _RADIUS_BITS = Fraction(1, 8), 10  # of ‖W‖


def propose(
    problem: PolynomialProblem,
    centre: Sequence[Fraction],
    radius: Fraction,
    *,
    level: Fraction | None = None,
    progress: Progress = lambda _: None,
) -> Proposal:
    """Find the largest μ this search can prove on the ball.

    Parameters
    ----------
    problem, centre, radius
        The loss, w* and ϱ, exact.
    level
        When ``None``: f(w*) if w* is an exact critical point, or a little above it (2⁻²⁰ of the largest coefficient of
        f on the scale of the ball) if it is not, as with noisy labels.
    progress
        Told what is being solved.

    Returns
    -------
    Proposal
        With an accepted verdict; or with an undecided one that says what failed.
    """
    if problem.degree == 0:
        return _refused(problem, "the loss is constant", "a loss that depends on its parameters")
    loss = loss_around(problem, centre)
    origin = (0,) * problem.variables
    value = fraction(loss[origin])
    critical = all(loss[times_variable(origin, index)] == 0 for index in range(problem.variables))
    floor = level if level is not None else value if critical else _level_above(loss, value, radius)
    constant_kept = floor != value or not critical
    if constant_kept and floor <= value:
        return _refused(problem, "the level is not above f at the centre", f"a level above {float(value):.6g}")
    search = GramSearch(
        problem, tuple(centre), radius, floor, loss, 0 if constant_kept else 1, balanced(gradient_square(loss))
    )
    if max(_triangle(len(search.first)), _triangle(len(search.second))) > _LONGEST_LIST:
        return _refused(
            problem,
            f"the Gram matrix of {len(search.first)} monomials does not fit a certificate",
            "fewer variables or degrees",
        )
    eigenvalues = curvatures(loss, problem.variables)
    if not constant_kept and not eigenvalues[0] > SMALLEST * eigenvalues[-1]:
        return _refused(
            problem,
            "the Hessian at the centre is not positive definite: the minimisers are not isolated (orbits "
            "of rotations), or it is a saddle",
            "--kind gradient-dominance, which does not need isolated minimisers",
        )
    return _search(search, progress)


def _level_above(loss: fmpq_mpoly, value: Fraction, radius: Fraction) -> Fraction:
    """A short dyadic number slightly above f(w*)."""
    share = power_of_two(exponent(stretched(loss - rational(value), radius)) - _LEVEL_BITS)
    return (value / share).__ceil__() * share + share


def _search(search: GramSearch, progress: Progress) -> Proposal:
    progress(f"the largest constant: Gram matrices of sizes {len(search.first)} and {len(search.second)}")
    best = search.largest_constant()
    if best is None:
        return _refused(search.problem, "the semidefinite program for the constant failed", "a smaller radius")
    if not best > SMALLEST * search.unit:
        return _refused(
            search.problem,
            f"no positive constant was found (the program's optimum is {best:.3g}): the ball may contain critical "
            "points above the level",
            "a smaller radius",
        )
    failed: Fraction | None = None
    for share in _SHARES:
        found = _attempt(search, best, share, progress)
        if found is not None:
            return _sharpened(search, best, share, failed, found, progress)
        failed = share
    return _refused(
        search.problem,
        f"the program's optimum is {best:.3g}, but no rounded Gram matrices were definite",
        "a smaller radius",
    )


def _sharpened(
    search: GramSearch, best: float, share: Fraction, failed: Fraction | None, found: Proposal, progress: Progress
) -> Proposal:
    """Bisect between the share that was proved and the one that was not until they are within 5 %."""
    while failed is not None and failed > _CLOSE * share:
        middle = (share + failed) / 2
        better = _attempt(search, best, middle, progress)
        if better is None:
            failed = middle
        else:
            share, found = middle, better
    bound = float(Fraction(best) * (1 if failed is None else failed))
    return replace(found, notes=(f"nothing was found for μ above {bound:.6g}",))


def _attempt(search: GramSearch, best: float, share: Fraction, progress: Progress) -> Proposal | None:
    """An accepted proposal with this share of the program's optimum, or ``None``."""
    constant = dyadic_below(Fraction(best) * share, _CONSTANT_BITS)
    progress(f"Gram matrices for μ = {float(constant):.6g}, the program's optimum is {best:.6g}")
    grams = search.deepest(constant)
    if grams is None:
        return None
    evidence = Evidence(search.radius, constant, search.level, *search.rounded(constant, *grams))
    claim = Claim(search.centre, search.radius, constant, search.level)
    verdict = decide(claim, evidence, search.problem)
    return Proposal(search.problem, claim, evidence, verdict) if isinstance(verdict, Accepted) else None


def _refused(problem: PolynomialProblem, reason: str, advice: str) -> Proposal:
    return Proposal(problem, None, None, Undecided(Claim.kind, TITLE, "arb", 0, reason, advice=advice))


def _triangle(size: int) -> int:
    return size * (size + 1) // 2


# ---- from a network ------------------------------------------------------------------------------------------------


def _propose(network: Network, options: Options) -> Proposal:
    """About the loss as a polynomial in the first layer, around the given weights."""
    problem, centre = polynomial_of(network)
    radius = options.radius
    if radius is None:
        norm = float(np.linalg.norm([float(entry) for entry in centre])) or 1.0
        scale = Fraction(2) ** (int(np.floor(np.log2(norm))) - _RADIUS_BITS)
        radius = round(Fraction(norm) * _RADIUS_SHARE / scale) * scale
    return propose(problem, centre, radius, progress=options.say)


def _fits(network: Network) -> str | None:
    shape = read(network)
    if shape is None or shape.width * shape.dimension > MOST_VARIABLES or network.teacher is not None:
        return None
    return "sums of squares on a ball"


def _excludes(network: Network) -> str | None:
    if read(network) is None:
        return not_quadratic(network)
    return None if _fits(network) else f"expected given labels and at most {MOST_VARIABLES} trained weights"


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"radius"}), fits=_fits, excludes=_excludes)
