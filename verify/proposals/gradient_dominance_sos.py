"""Search for sums of squares behind ‖∇f‖² ≥ 2μ(f − level): two semidefinite programs, then exact rounding.

Everything is solved in u = h/τ, with a scale τ that balances the coefficients of ‖∇f‖² of lowest and highest degree.
The first program maximises μ; μ' is a dyadic number a little below; the second looks for the Gram matrices deepest
inside the cone; rounding to multiples of 2⁻⁴⁰ and projecting Q_0 onto the coefficient equations exactly (Peyrl–Parrilo)
keeps them positive definite if the margin is large enough.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq_mpoly
from scipy.sparse import csr_matrix

from certificates import Accepted, Undecided, decide
from certificates.claims.gradient_dominance_sos import Claim, Evidence
from certificates.document import Certificate, ProblemReference
from certificates.enclosures.polynomials import Powers, gradient_square, loss_around, monomials, rational
from certificates.polynomial import PolynomialProblem
from certificates.rules.gradient_dominance_sos import TITLE
from verify.proposals._provenance import provenance
from verify.proposals._quadratic import Array, Proposal

__all__ = ["certificate_of", "propose"]

Progress = Callable[[str], None]
Polynomial = dict[Powers, Fraction]

_SHARES = (Fraction(99, 100), Fraction(98, 100), Fraction(95, 100), Fraction(9, 10), Fraction(3, 4), Fraction(1, 2))
_BITS = 40
_CONSTANT_BITS = 20
_LONGEST_LIST = 4_096
_SMALLEST = 1e-9  # a constant below this share of the largest coefficient is the solver's noise


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
        f(w*) when ``None``; then w* must be an exact critical point.
    progress
        Told what is being solved.

    Returns
    -------
    Proposal
        With an accepted verdict; or with an undecided one that says what failed.
    """
    loss = loss_around(problem, centre)
    origin = (0,) * problem.variables
    value = _fraction(loss[origin])
    floor = value if level is None else level
    constant_kept = floor != value or any(loss[_unit(origin, index)] != 0 for index in range(problem.variables))
    if constant_kept and floor <= value:
        return _refused(
            "the centre is no critical point of f, and the level is not above f there",
            "an exact critical point, or a level above f(centre)",
        )
    search = _Search(
        problem, tuple(centre), radius, floor, loss, 0 if constant_kept else 1, _balanced(gradient_square(loss))
    )
    if max(_triangle(len(search.first)), _triangle(len(search.second))) > _LONGEST_LIST:
        return _refused(
            f"the Gram matrix of {len(search.first)} monomials does not fit a certificate", "fewer variables or degrees"
        )
    if not constant_kept and not _is_definite(loss, problem.variables):
        return _refused(
            "the Hessian at the centre is not positive definite: the minimisers are not isolated (orbits "
            "of rotations), or it is a saddle",
            "gradient-dominance with method lmi",
        )
    return _search(search, progress)


def certificate_of(problem: PolynomialProblem, proposal: Proposal) -> Certificate:
    """The file's content; write it only if the verdict is accepted."""
    reference = ProblemReference.of_polynomial(problem)
    return Certificate(Claim.kind, reference, proposal.claim, proposal.evidence, provenance())


def _search(search: _Search, progress: Progress) -> Proposal:
    progress(f"the largest constant: Gram matrices of sizes {len(search.first)} and {len(search.second)}")
    best = search.largest_constant()
    if best is None:
        return _refused("the semidefinite program for the constant failed", "a smaller radius")
    if not best > _SMALLEST * search.unit:
        return _refused(
            f"no positive constant was found (the program's optimum is {best:.3g}): the ball may contain critical "
            "points above the level",
            "a smaller radius",
        )
    for share in _SHARES:
        constant = _dyadic(Fraction(best) * share)
        progress(f"Gram matrices for μ = {float(constant):.6g}, the program's optimum is {best:.6g}")
        grams = search.deepest(constant)
        if grams is None:
            continue
        first, second = search.rounded(constant, *grams)
        evidence = Evidence(search.radius, constant, search.level, first, second)
        claim = Claim(search.centre, search.radius, constant, search.level)
        verdict = decide(claim, evidence, search.problem)
        if isinstance(verdict, Accepted):
            return Proposal(claim, evidence, verdict, (f"the program's optimum for μ is {best:.6g}",))
    return _refused(
        f"the program's optimum is {best:.3g}, but no rounded Gram matrices were definite", "a smaller radius"
    )


def _refused(reason: str, advice: str) -> Proposal:
    return Proposal(None, None, Undecided(Claim.kind, TITLE, "arb", 0, reason, advice=advice))


@dataclass(frozen=True)
class _Search:
    """The coefficient equations of one ball, in u = h/τ."""

    problem: PolynomialProblem
    centre: tuple[Fraction, ...]
    radius: Fraction
    level: Fraction
    loss: fmpq_mpoly
    lowest: int
    scale: Fraction

    @property
    def first(self) -> list[Powers]:
        """z_0."""
        return monomials(self.problem.variables, self.lowest, self.problem.degree - 1)

    @property
    def second(self) -> list[Powers]:
        """z_1."""
        return monomials(self.problem.variables, self.lowest, self.problem.degree - 2)

    @property
    def unit(self) -> float:
        """The largest coefficient of ‖∇f‖² over that of f: the size of a constant."""
        slopes, heights = self._both()
        return _largest(slopes) / _largest(heights)

    def _both(self) -> tuple[Polynomial, Polynomial]:
        """‖∇f‖² and f − level, in u."""
        heights = self.loss - rational(self.level)
        return _stretched(gradient_square(self.loss), self.scale), _stretched(heights, self.scale)

    def _programme(self, constant: Any, slack: Any) -> tuple[list[Any], Any, Any]:
        """Constraints for Q_0 − slack·I ⪰ 0, Q_1 − slack·I ⪰ 0 and the identity over a power of 2."""
        import cvxpy as cp

        slopes, heights = self._both()
        first, second = self.first, self.second
        targets = sorted(set(_products(first)) | set(slopes) | set(heights))
        rows = {powers: row for row, powers in enumerate(targets)}
        unit = 2.0 ** _exponent(slopes)
        q0 = cp.Variable((len(first), len(first)), symmetric=True)
        left = _equations(first, rows) @ cp.vec(q0, order="C")
        constraints = [q0 - slack * np.eye(len(first)) >> 0]
        q1 = cp.Variable((len(second), len(second)), symmetric=True) if second else None
        if q1 is not None:
            constraints.append(q1 - slack * np.eye(len(second)) >> 0)
            inside = _equations(second, rows, float(self.radius / self.scale) ** 2, self.problem.variables)
            left = left + inside @ cp.vec(q1, order="C")
        goal = [float(slopes.get(powers, 0)) / unit for powers in targets]
        price = [2 * float(heights.get(powers, 0)) / unit for powers in targets]
        constraints.append(left == np.array(goal) - constant * np.array(price))
        return constraints, q0, q1

    def largest_constant(self) -> float | None:
        """The optimum of μ in floating point, or ``None``."""
        import cvxpy as cp

        constant = cp.Variable()
        constraints, _, _ = self._programme(constant, 0.0)
        return float(constant.value) if _solve(cp.Problem(cp.Maximize(constant), constraints)) else None

    def deepest(self, constant: Fraction) -> tuple[Array, Array] | None:
        """Gram matrices far inside the cone, over the same power of 2, or ``None``."""
        import cvxpy as cp

        slack = cp.Variable()
        constraints, q0, q1 = self._programme(float(constant), slack)
        if not _solve(cp.Problem(cp.Maximize(slack), [*constraints, slack <= 1])) or not float(slack.value) > 0:
            return None
        return np.asarray(q0.value), np.zeros((0, 0)) if q1 is None else np.asarray(q1.value)

    def rounded(
        self, constant: Fraction, gram0: Array, gram1: Array
    ) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
        """Q_1 rounded, Q_0 rounded and moved onto the equations; lower triangles in h, not u."""
        slopes, heights = self._both()
        unit = _power_of_two(_exponent(slopes))
        first, second = self.first, self.second
        table0, table1 = (_dyadic_table(gram, unit) for gram in (gram0, gram1))
        missing = dict(slopes)
        for powers, height in heights.items():
            _add(missing, powers, -2 * constant * height)
        for powers, entry in _expanded(second, table1):
            _add(missing, powers, -entry * (self.radius / self.scale) ** 2)
            for index in range(self.problem.variables):
                _add(missing, _unit(_unit(powers, index), index), entry)
        for powers, entry in _expanded(first, table0):
            _add(missing, powers, -entry)
        counts: dict[Powers, int] = {}
        for powers in _products(first):
            counts[powers] = counts.get(powers, 0) + 1
        for i, left in enumerate(first):
            for j, right in enumerate(first[: i + 1]):
                powers = tuple(map(sum, zip(left, right, strict=True)))
                table0[i][j] += missing.get(powers, Fraction(0)) / counts[powers]
        inside = self.scale * self.scale
        return (
            tuple(_unstretched(first, table0, self.scale)),
            tuple(entry / inside for entry in _unstretched(second, table1, self.scale)),
        )


# ---- polynomials in u -------------------------------------------------------------------------------------------


def _is_definite(loss: fmpq_mpoly, variables: int) -> bool:
    """Whether the Hessian at h = 0 has eigenvalues clearly above 0; necessary for definite Gram matrices without 1."""
    hessian = np.zeros((variables, variables))
    origin = (0,) * variables
    for i in range(variables):
        for j in range(variables):
            hessian[i, j] = float(_fraction(loss[_unit(_unit(origin, i), j)])) * (2 if i == j else 1)
    values = np.linalg.eigvalsh(hessian)
    return bool(values[0] > _SMALLEST * values[-1])


def _balanced(slopes: fmpq_mpoly) -> Fraction:
    """A power of 2 near the τ for which the lowest and the highest coefficients of p(τu) are alike."""
    sizes: dict[int, float] = {}
    for powers, c in slopes.terms():
        degree = sum(map(int, powers))
        sizes[degree] = max(sizes.get(degree, 0.0), abs(float(_fraction(c))))
    low, high = min(sizes, default=0), max(sizes, default=0)
    if low == high:
        return Fraction(1)
    return _power_of_two(round(float(np.log2(sizes[low] / sizes[high])) / (high - low)))


def _stretched(polynomial: fmpq_mpoly, radius: Fraction) -> Polynomial:
    """p(τu) by its coefficients."""
    found = {tuple(map(int, powers)): _fraction(c) for powers, c in polynomial.terms()}
    return {powers: c * radius ** sum(powers) for powers, c in found.items()}


def _unstretched(basis: list[Powers], table: list[list[Fraction]], radius: Fraction) -> Iterator[Fraction]:
    """The lower triangle over the monomials of h = τu."""
    for i, left in enumerate(basis):
        for j, right in enumerate(basis[: i + 1]):
            yield table[i][j] / radius ** (sum(left) + sum(right))


def _expanded(basis: list[Powers], table: list[list[Fraction]]) -> Iterator[tuple[Powers, Fraction]]:
    """The terms of zᵀQz, Q symmetric with this lower triangle."""
    for i, left in enumerate(basis):
        for j, right in enumerate(basis[: i + 1]):
            yield tuple(map(sum, zip(left, right, strict=True))), table[i][j] * (1 if i == j else 2)


def _products(basis: list[Powers]) -> Iterator[Powers]:
    """All ordered pairs' products."""
    for left in basis:
        for right in basis:
            yield tuple(map(sum, zip(left, right, strict=True)))


def _equations(basis: list[Powers], rows: dict[Powers, int], inside: float = 1.0, variables: int = 0) -> csr_matrix:
    """Coefficients of zᵀQz, or of zᵀQz·(inside − ‖u‖²), in the row-major entries of Q."""
    entries = []
    for column, powers in enumerate(_products(basis)):
        entries.append((rows[powers], column, inside))
        entries += [(rows[_unit(_unit(powers, index), index)], column, -1.0) for index in range(variables)]
    row, column_, value = (np.array(part) for part in zip(*entries, strict=True))
    return csr_matrix((value, (row.astype(int), column_.astype(int))), shape=(len(rows), len(basis) ** 2))


def _unit(powers: Powers, index: int) -> Powers:
    """Times the variable."""
    return (*powers[:index], powers[index] + 1, *powers[index + 1 :])


def _add(polynomial: Polynomial, powers: Powers, value: Fraction) -> None:
    polynomial[powers] = polynomial.get(powers, Fraction(0)) + value


# ---- numbers ----------------------------------------------------------------------------------------------------


def _dyadic_table(gram: Array, unit: Fraction) -> list[list[Fraction]]:
    """The symmetric part, rounded to multiples of 2⁻⁴⁰, times the unit."""
    whole = np.rint((gram + gram.T) / 2 * 2.0**_BITS)
    return [[Fraction(int(entry), 2**_BITS) * unit for entry in row] for row in whole]


def _dyadic(value: Fraction) -> Fraction:
    """A dyadic number of 20 bits, at most the value."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length() - _CONSTANT_BITS
    unit = _power_of_two(exponent)
    return (value / unit).__floor__() * unit


def _power_of_two(exponent: int) -> Fraction:
    return Fraction(2**exponent) if exponent >= 0 else Fraction(1, 2**-exponent)


def _largest(polynomial: Polynomial) -> float:
    return max((abs(float(c)) for c in polynomial.values()), default=0.0) or 1.0


def _exponent(polynomial: Polynomial) -> int:
    """The power of 2 next to the largest coefficient, by which the equations are divided."""
    return round(float(np.log2(_largest(polynomial))))


def _triangle(size: int) -> int:
    return size * (size + 1) // 2


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


# ---- the solver -------------------------------------------------------------------------------------------------

_SOLVERS: dict[str, dict[str, Any]] = {"CLARABEL": {}, "SCS": {"eps_abs": 1e-8, "eps_rel": 1e-8, "max_iters": 20_000}}


def _solve(program: Any) -> bool:
    """Clarabel, then SCS; whether one of them returned a usable point. Nothing of it is trusted."""
    import cvxpy as cp

    for solver, settings in _SOLVERS.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                program.solve(solver=solver, **settings)
        except (cp.SolverError, ArithmeticError, ValueError):
            continue
        if program.status in ("optimal", "optimal_inaccurate"):
            return bool(np.isfinite(program.value))
        if program.status in ("infeasible", "unbounded"):
            return False
    return False
