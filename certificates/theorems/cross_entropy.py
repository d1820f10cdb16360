"""From the summed cross-entropy to zero loss: theorems 6.2 and 6.3 of theory 6.8, balls in, conclusions out.

f = Σ ω_i ℓ_i with ω_i ≥ 1 and hard labels, without a penalty; M(f) = −log(e^f − 1), f = log(1 + e^{−M}); θ the output
layer, a ≥ ‖θ_0‖.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend

__all__ = ["largest_step", "log_two", "loss_of", "margin_after", "margin_of", "path_margin"]

Bound = Callable[[arb], arb]

_FIRST, _RATIO = 2.0**-10, 1.05  # of a: where the first cell ends, and how cells grow
_MOST_CELLS = 2_000
_NEWTON_STEPS = 80
_SLACKS = (100, 80, 40)  # bits by which a computed root is lowered, until that is proven to be below it
_EFFORT_OF_A_CELL = 60.0


def log_two() -> arb:
    """log 2, below which every sample is classified rightly."""
    return exact(2).log()


def margin_of(loss: arb) -> arb:
    """A lower bound of M(f) = −log(e^f − 1) for every f ≤ the ball's upper end: M decreases.

    Examples
    --------
    >>> margin_of(exact(0.5)).str(10, radius=False)
    '0.4327521296'
    """
    found: arb = -loss.upper().expm1().log()
    return found.lower()


def loss_of(margin: arb) -> arb:
    """An upper bound of f = log(1 + e^{−M}) for every M ≥ the ball's lower end."""
    found: arb = (-margin.lower()).exp().log1p()
    return found.upper()


def margin_after(margin: arb, gained: arb) -> arb:
    """A lower bound of every M with e^M + M ≥ e^{M₀} + M₀ + gained (theorem 6.2).

    The left side increases and is convex: Newton's method from log of the right side, which is at least the root or at
    least M₀, descends to the root. What it ends with is lowered a little and compared; M₀ itself is always one.

    Parameters
    ----------
    margin, gained
        M₀ > 0 and γ₀²t ≥ 0.

    Examples
    --------
    >>> start = margin_of(exact(0.5))
    >>> loss_of(margin_after(start, (start / 2) ** 2)).str(12, radius=False)
    '0.492831915586'
    """
    start, least = margin.lower(), (margin.exp() + margin + gained).lower()
    guess = least.log().mid()
    for _ in range(_NEWTON_STEPS):
        spend(20)
        rise = guess.exp()
        moved = (guess - (rise + guess - least) / (rise + 1)).mid()
        if not abs(moved - guess) > abs(guess) * exact(2.0**-90):
            break
        guess = moved
    for bits in _SLACKS:
        lowered = (guess - (abs(guess) + 1) * exact(2.0**-bits)).lower()
        if lowered > start and lowered.exp() + lowered <= least:
            return lowered
    return start


def path_margin(margin: arb, norm: arb, epsilon: arb, path: arb) -> arb:
    """M̂(s) = M₀(1 + s/a)^{1−ε}, which M is at least after a path of length s (theorem 6.3 a)."""
    return margin * (1 + path / norm) ** (1 - epsilon)


def largest_step(margin: arb, norm: arb, epsilon: arb, first: arb, curvature: Bound, degree: int) -> arb | None:
    """A step size η up to which theorem 6.3 (c) holds for f, by cells of path length and a tail.

    Parameters
    ----------
    margin, norm, epsilon
        M₀ > 0, a ≥ ‖θ_0‖ and 0 < ε < 1.
    first
        𝒢(0), an upper bound of the gradients of all margins.
    curvature, degree
        K(s) = 𝒢(s)² + β(s) with non-decreasing 𝒢 and β, bounds of the first and second derivatives of all margins on
        the ball of radius s; and D with K(λs) ≤ λ^D K(s) for λ ≥ 1.

    Guarantee
    ---------
    η f̂(s) K(s + c) ≤ 2ε for every s ≥ 0, f̂ = log(1 + e^{−M̂}), c = 2ε/𝒢(0). ``None`` if no cell is found from which on
    the tail decreases.
    """
    # a little more than c: 𝒢 grows with s, what is computed of it only up to the last bits
    reach = (2 * epsilon / first.upper() * (1 + exact(2.0**-40))).upper()
    worst = exact(0)
    for start, end in _cells(norm):
        spend(_EFFORT_OF_A_CELL)
        far = end + reach
        here = loss_of(path_margin(margin, norm, epsilon, start)) * curvature(far)
        worst = worst.max(here).upper()
        if _tail_decreases(margin, norm, epsilon, end, degree):
            after = (-path_margin(margin, norm, epsilon, end)).exp() * curvature(far)
            if after <= worst:
                return _positive((2 * epsilon / worst).lower())
    return None


def _positive(step: arb) -> arb | None:
    return step if step.is_finite() and step > 0 else None


def _cells(norm: arb) -> Iterator[tuple[arb, arb]]:
    """[0, s_1], [s_1, s_2], …, exact ends."""
    start, end = exact(0), (norm * exact(_FIRST)).mid()
    for _ in range(_MOST_CELLS):
        yield start, end
        start, end = end, (end * exact(_RATIO)).mid()


def _tail_decreases(margin: arb, norm: arb, epsilon: arb, end: arb, degree: int) -> bool:
    """Whether e^{−M̂(s)} K(s + c) decreases from S on: (1 − ε) M̂(S) S/(a + S) ≥ D, whose left side increases."""
    slope = (1 - epsilon) * path_margin(margin, norm, epsilon, end) * end / (norm + end)
    return bool(slope >= degree)
