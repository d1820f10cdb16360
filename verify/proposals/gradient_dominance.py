"""Search for gradient dominance around the weights of a quadratic network: the closed form, then the matrix inequality.

The semidefinite program is solved for h = ϱu, so that the ball is the unit ball; its solution is moved into the cone by
giving up a share of μ, and the judge decides in balls whether that was enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
from scipy.optimize import minimize_scalar

from certificates import Accepted, Network, Undecided, decide
from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.claims.gradient_dominance import Claim, Descent, Evidence
from certificates.enclosures.quadratic.fourth_moments import moment_matrix
from certificates.enclosures.quadratic.network import jacobian_gram
from certificates.rules.gradient_dominance import TITLE
from certificates.theorems.gradient_dominance import twist_count
from verify.search.followable import followable
from verify.search.matrix_inequality import kernels, solve
from verify.search.proposal import Options, Proposal, Search
from verify.search.quadratic import Seen, look, lowered, not_quadratic, read
from verify.search.runs import DescentBounds
from verify.search.weakening import weaken_number

__all__ = ["SEARCH", "propose"]

Progress = Callable[[str], None]

_HUGE = 1e300
_NOTHING = Descent(_HUGE, 2.0**-1000, 2.0**-1000)
_LONGEST_LIST = 4_096
_LARGEST_ORDER = 150
_SHARES = (1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2)  # of μ, given up for definiteness
_SMALLEST = 1e-8  # a constant below this share of JJᵀ is the solver's noise
_ROOM = 1.25  # the radius over the length of the path
_GROWTHS = 5


def propose(
    network: Network, *, radius: float | None = None, method: str | None = None, progress: Progress = lambda _: None
) -> Proposal:
    """Find a ball with a constant, and what gradient descent makes of it.

    Parameters
    ----------
    network
        A quadratic network.
    radius
        ϱ; when ``None``, one on which gradient descent stays, if there is one.
    method
        ``ball`` or ``lmi``; when ``None`` the closed form first, and the matrix inequality where that proves nothing
        about descent (or nothing at all, for a given radius).
    progress
        Told what is being solved.

    Returns
    -------
    Proposal
        With an accepted verdict; or the judge's refusal, or an undecided one that says what failed.
    """
    seen = look(network)
    if seen is None:
        evidence = Evidence("ball", 1.0)
        return Proposal(network, None, evidence, decide(Claim(1.0, 1.0), evidence, network))
    if method == "lmi":
        return _matrix_inequality(network, seen, radius, progress)
    best = _closed_form(network, seen, radius)
    enough = best.claim is not None and (radius is not None or best.claim.descent is not None)
    if method == "ball" or enough:
        return best
    found = _matrix_inequality(network, seen, radius, progress)
    if isinstance(found.verdict, Accepted):
        return found
    return replace(best, notes=(*best.notes, f"matrix inequality: {followable(found.verdict).explanation()}"))


def _refused(network: Network, reason: str, advice: str) -> Proposal:
    return Proposal(network, None, None, Undecided(Claim.kind, TITLE, "fast", 0, reason, advice=advice))


def _judged(network: Network, evidence: Evidence) -> Proposal:
    """The strongest claim the judge accepts for this evidence, with descent where it proves that."""
    weakest = Claim(evidence.radius, 2.0**-1000)
    verdict = decide(replace(weakest, descent=_NOTHING), evidence, network)
    if not isinstance(verdict, Accepted):
        verdict = decide(weakest, evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    proved = verdict.proved
    constant = proved.constant if evidence.method == "lmi" else weaken_number(proved.constant, "smaller")
    descent = proved.descent and Descent(
        weaken_number(proved.descent.radius, "larger"),
        weaken_number(proved.descent.step_size_max, "smaller"),
        weaken_number(proved.descent.decrease_rate, "smaller"),
    )
    claim = Claim(evidence.radius, constant, descent)
    final = decide(claim, evidence, network)
    return Proposal(network, claim if isinstance(final, Accepted) else None, evidence, final)


# ---- the closed form ----------------------------------------------------------------------------------------------


def _closed_form(network: Network, seen: Seen, radius: float | None) -> Proposal:
    base = _shifts(seen)
    n = seen.network.sample_count
    smallest = float(np.sqrt(max(base.kernel_shift, 0.0)))
    change = 2 * float(np.max(np.abs(seen.network.outer))) * float(np.sqrt(n * max(base.moment_shift, 0.0)))
    if radius is None:
        if not (smallest > 0 and change > 0):
            return _judged(network, base)
        radius = _smallest_radius(smallest, change, float(np.linalg.norm(seen.residual)))
    return _judged(network, replace(base, radius=radius))


def _smallest_radius(smallest: float, change: float, residual: float) -> float:
    """A little above the smallest ϱ with ϱ(σ_0 − cϱ) > 2‖r‖ = 2√(2nL); where there is none, σ_0/(4c)."""
    inside = smallest * smallest - 8 * change * residual * 1.001
    if inside <= 0:
        return weaken_number(smallest / (4 * change), "smaller")
    root = (smallest - float(np.sqrt(inside))) / (2 * change)
    return weaken_number(max(root, smallest / change * 2.0**-20), "larger")


def _shifts(seen: Seen) -> Evidence:
    """Evidence about c_4 and σ_0 with ϱ = 1."""
    with precision(128):
        moments = moment_matrix(seen.network.inputs, BallMatrix).mid
        kernel = jacobian_gram(seen.network, seen.point)
    first, second = np.triu_indices(seen.network.dimension)
    diagonal = (first == second).astype(float)
    exchange = np.outer(diagonal, diagonal) - np.eye(len(first))

    def largest(theta: float) -> float:
        return float(np.linalg.eigvalsh(moments - theta * exchange)[-1])

    size = max(float(np.max(np.abs(moments))), 2.0**-1000)
    theta = float(np.float32(minimize_scalar(largest, bounds=(0.0, 4 * size), method="bounded").x))
    with precision(128):
        form = moment_matrix(seen.network.inputs, BallMatrix, Fraction(theta)).scale(Fraction(-1))
    return Evidence("ball", 1.0, theta, -lowered(form), lowered(kernel))


# ---- the matrix inequality ----------------------------------------------------------------------------------------


def _matrix_inequality(network: Network, seen: Seen, radius: float | None, progress: Progress) -> Proposal:
    n, p = seen.network.sample_count, seen.network.width * seen.network.dimension
    if twist_count(p, n) > _LONGEST_LIST or (p + 1) * n > _LARGEST_ORDER:
        return _refused(
            network,
            f"a matrix inequality of order {(p + 1) * n} with {twist_count(p, n)} twists is too large",
            f"a problem with order at most {_LARGEST_ORDER} and at most {_LONGEST_LIST} twists",
        )
    if not float(np.linalg.eigvalsh(kernels(seen.network)[0, 0])[0]) > 0:
        return _refused(network, "JJᵀ is singular at the given weights", "at most as many samples as trained weights")
    if radius is not None:
        progress(f"a matrix inequality of order {(p + 1) * n}")
        return _repaired(network, seen, radius)
    return _growing(network, seen, progress)


def _growing(network: Network, seen: Seen, progress: Progress) -> Proposal:
    """Radii from the length that the constant at W_0 suggests, until descent stays inside."""
    n = seen.network.sample_count
    centre = n * float(np.linalg.eigvalsh(kernels(seen.network)[0, 0])[0])
    length = 2 * float(np.linalg.norm(seen.residual)) / np.sqrt(n * centre)
    radius = weaken_number(max(_ROOM * length, 2.0**-20), "larger")
    best = _refused(network, "the semidefinite program failed", "a radius")
    for _ in range(_GROWTHS):
        progress(f"a matrix inequality on the ball of radius {radius:.6g}")
        found = _repaired(network, seen, radius)
        if found.claim is None:
            break
        best = found
        if found.claim.descent is not None:
            break
        constant = found.claim.constant / float(seen.network.loss_factor)
        length = 2 * float(np.linalg.norm(seen.residual)) / np.sqrt(n * constant)
        radius = weaken_number(max(_ROOM * length, _ROOM * radius), "larger")
    return best


def _repaired(network: Network, seen: Seen, radius: float) -> Proposal:
    """Solve, then give up the smallest share of μ for which the judge accepts."""
    solution = solve(seen.network, radius)
    if solution is None:
        return _refused(network, "the semidefinite program failed", "a smaller radius")
    constant, spread, twists = solution
    n, p = seen.network.sample_count, seen.network.width * seen.network.dimension
    if not constant > _SMALLEST * n * float(np.linalg.norm(kernels(seen.network)[0, 0])):
        return _refused(
            network,
            f"no positive constant on the ball (the program's optimum is {constant:.3g}): the Jacobian may lose "
            "its rank there",
            "a smaller radius",
        )
    first, second = np.tril_indices(n)
    own = p * (n * (n - 1) // 2)
    scales = np.where(np.arange(len(twists)) < own, radius, radius * radius)
    found = _refused(network, "the program's solution could not be moved into the cone", "a smaller radius")
    for share in _SHARES:
        moved = (spread + share * constant / (2 * n) * np.eye(n)) / (radius * radius)
        kept = weaken_number(constant * (1 - share) * float(seen.network.loss_factor), "smaller")
        evidence = replace(
            _shifts(seen),
            method="lmi",
            radius=radius,
            kernel_shift=0.0,
            constant=kept,
            multiplier=tuple(moved[first, second].tolist()),
            twists=tuple((twists / scales).tolist()),
        )
        found = _judged(network, evidence)
        if found.claim is not None:
            note = f"the program's optimum for μ is {constant * float(seen.network.loss_factor):.6g}"
            return replace(found, notes=(note,))
    return found


def _propose(network: Network, options: Options) -> Proposal:
    radius = None if options.radius is None else float(options.radius)
    return propose(network, radius=radius, progress=options.say)


def _fits(network: Network) -> str | None:
    shape = read(network)
    if shape is None or shape.sample_count > shape.width * shape.dimension:
        return None
    return "at most as many samples as weights: an inequality on a ball"


def _excludes(network: Network) -> str | None:
    shape = read(network)
    if shape is None:
        return not_quadratic(network)
    n, p = shape.sample_count, shape.width * shape.dimension
    return None if n <= p else f"expected at most as many samples as trained weights, {p}, got {n}"


def _runs(claim: Claim, network: Network) -> DescentBounds | None:
    del network
    run = claim.descent
    return None if run is None else DescentBounds(run.radius, run.step_size_max, run.decrease_rate)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"radius"}), fits=_fits, excludes=_excludes, runs=_runs)
