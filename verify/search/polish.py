"""Levenberg–Marquardt steps in residual space: fewer equations than parameters, quadratic at the end (theory 1.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from certificates.subjects import Network
from verify.numeric.mlp import FloatNetwork
from verify.search.trapping import Margin

__all__ = ["MAX_STEPS", "Descent", "End", "Iterate", "Polished", "between", "levenberg_marquardt"]

Array = NDArray[np.float64]
End: TypeAlias = Literal["enough", "floor", "steps", "stuck"]

_GROWTH, _SHRINK = 4.0, 0.2
_STALLED = 3  # accepted steps in a row that gain less than a factor 2 near the rounding floor
_FLOOR = 1e-9
MAX_STEPS = 200
_NO_STEP = 1e16  # damping, in mean eigenvalues: a step that short changes no weight
_NEAR, _WIDER = 1.05, 16.0
_PROBES = 40


@dataclass(frozen=True)
class Polished:
    """Where polishing ended.

    Parameters
    ----------
    network
        The problem with the polished weights.
    distance
        Approximate Euclidean distance travelled over the trained parameters.
    residuals
        ‖F(w_k) − y‖ after each accepted step, the start first.
    ended
        Why there is no further step: these weights are ``enough``; the residual is at its rounding ``floor``; so many
        ``steps`` were taken; it is ``stuck`` where no step lowers the residual.
    margins
        What weights on the way were found to lack, in order, the start first and these last; empty if nobody looked.
    """

    network: Network
    distance: float
    residuals: tuple[float, ...]
    ended: End
    margins: tuple[Margin, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps were accepted."""
        return len(self.residuals) - 1

    def __repr__(self) -> str:
        """How far it went."""
        first, last = self.residuals[0], self.residuals[-1]
        return f"Polished({self.steps} steps, residual {first:.3g} to {last:.3g}, distance {self.distance:.3g})"


@dataclass(frozen=True)
class Iterate:
    """Weights w_k, their residual, its norm, and the damping of the step that led to them."""

    weights: Array
    error: Array
    norm: float
    damping: float


class Descent:
    """The accepted iterates, one by one, the start first; afterwards ``ended`` says why there are no more.

    Parameters
    ----------
    net
        The problem in float64.
    max_steps
        Accepted and rejected steps together.
    progress
        Called with the step number and the residual norm.
    """

    def __init__(self, net: FloatNetwork, max_steps: int, progress: Callable[[int, float], None]) -> None:
        self.ended: End = "steps"
        self._net, self._max_steps, self._progress = net, max_steps, progress

    def __iter__(self) -> Iterator[Iterate]:
        """Each accepted iterate."""
        weights = self._net.initial()
        error = self._net.residual(weights)
        here = Iterate(weights, error, float(np.linalg.norm(error)), 0.0)
        yield here
        kernel = self._net.tangent_kernel(here.weights)
        mean = float(np.trace(kernel)) / len(kernel)
        damping, stalled = 1e-2 * mean, 0
        for step in range(1, self._max_steps + 1):
            after = _step(self._net, here, kernel, damping)
            if after is not None and after.norm < here.norm:
                stalled = stalled + 1 if after.norm > here.norm / 2 and after.norm < _FLOOR else 0
                damping *= _SHRINK if after.norm < here.norm / 2 else 0.5
                here = after
                yield here
                if stalled >= _STALLED or here.norm == 0:
                    self.ended = "floor"
                    return
                kernel = self._net.tangent_kernel(here.weights)
                mean = float(np.trace(kernel)) / len(kernel)
            elif here.norm < _FLOOR or damping > _NO_STEP * mean:
                self.ended = "floor" if here.norm < _FLOOR else "stuck"
                return
            else:
                damping = max(damping, 1e-14 * mean) * _GROWTH
            self._progress(step, here.norm)


def levenberg_marquardt(
    network: Network, *, max_steps: int = MAX_STEPS, progress: Callable[[int, float], None] = lambda *_: None
) -> Polished:
    """Reduce the residual until it stalls at the rounding floor.

    Parameters
    ----------
    network
        A problem with N ≤ p.
    max_steps
        Accepted and rejected steps together.
    progress
        Called with the step number and the residual norm.

    Notes
    -----
    A step solves (K + λI) c = e with the N × N tangent kernel and moves by −Jᵀc, so p may be large. λ starts at a
    fraction of tr K / N and shrinks with every success; at λ = 0 this is the minimum-norm Gauss–Newton step.
    """
    net = FloatNetwork(network)
    run = Descent(net, max_steps, progress)
    norms, last = [], net.initial()
    for iterate in run:
        norms.append(iterate.norm)
        last = iterate.weights
    return Polished(net.network(last), float(np.linalg.norm(last - net.initial())), tuple(norms), run.ended)


def between(net: FloatNetwork, before: Iterate, after: Iterate, target: float) -> Iterate:
    """A more damped step than the one from ``before`` to ``after``: to a residual of the wanted norm, up to 5 percent.

    Among the steps to that residual it is the shortest, to first order. Where no damping is found that leads there,
    ``after`` comes back.
    """
    kernel = net.tangent_kernel(before.weights)
    low, high, found = after.damping, np.inf, after
    for _ in range(_PROBES):
        middle = float(np.sqrt(low * high)) if np.isfinite(high) else low * _WIDER
        probe = _step(net, before, kernel, middle)
        if probe is None:
            return found
        if target / _NEAR <= probe.norm <= target * _NEAR:
            return probe
        if probe.norm <= target:
            low, found = middle, probe
        else:
            high = middle
    return found


def _step(net: FloatNetwork, here: Iterate, kernel: Array, damping: float) -> Iterate | None:
    """To w − Jᵀ(K + λI)⁻¹e, or ``None`` when the factorisation breaks down."""
    shifted = kernel.copy()
    shifted.flat[:: len(kernel) + 1] += damping
    try:
        factor = cho_factor(shifted, overwrite_a=True, check_finite=False)
        dual = cho_solve(factor, here.error.ravel(), check_finite=False)
    except LinAlgError:
        return None
    candidate = here.weights - net.pull_back(here.weights, dual.reshape(here.error.shape))
    if not np.isfinite(candidate).all():
        return None
    error = net.residual(candidate)
    return Iterate(candidate, error, float(np.linalg.norm(error)), damping)
