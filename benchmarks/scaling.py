"""How the time grows with the size, beside the peer's, and the exponents fitted to it.

Run: ``python -m benchmarks.scaling``
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from benchmarks import spectra
from benchmarks.quadratic import trained
from benchmarks.sweep import Sweep, exponent
from benchmarks.timing import median_seconds
from benchmarks.wide import Instance, build, plain_numpy
from certificates import decide
from certificates.claims.zero_loss_convergence import Claim
from tests.twins.relaxation import semidefinite_residual
from verify.proposals.optimality_gap import propose as propose_gap
from verify.search.landscape import survey
from verify.search.quadratic import look
from verify.search.trapping import best_evidence

__all__ = ["sweeps"]

_Measure: TypeAlias = Callable[[int], tuple[float, float | None]]  # ours and theirs at one size

_OUTPUT_SCALE = 64.0
_WEAKEST = Claim(1e308, 5e-324, 0.0, 1e308)
_SLOW_PEER = 40  # d beyond which the interior point takes minutes


def sweeps() -> list[Sweep]:
    """Every sweep, measured now."""
    return [_eigenvalues(), _samples(), _widths(), _gaps()]


def _sweep(title: str, size: str, peer: str, measure: _Measure, *sizes: int) -> Sweep:
    pairs = []
    for each in sizes:
        pairs.append(measure(each))
        sys.stdout.write(f"{title}, {size} = {each:,}: {pairs[-1][0]:.3g} s, {peer} {pairs[-1][1] or np.nan:.3g} s\n")
        sys.stdout.flush()
    theirs = tuple(other for _, other in pairs if other is not None)
    return Sweep(title, size, peer, sizes, tuple(ours for ours, _ in pairs), theirs)


def _eigenvalues() -> Sweep:
    def measure(n: int) -> tuple[float, float]:
        return spectra.timed(spectra.gram_matrix(n))[0]

    return _sweep("proven λ_min", "n", "eigvalsh", measure, 125, 250, 500, 1_000, 2_000)


def _checked(instance: Instance) -> tuple[float, float]:
    """With one bound of β at all sizes: the search takes a sharper one, which costs more, where it can afford it."""
    network = build(instance, _OUTPUT_SCALE)
    evidence = best_evidence(network, survey(network, "one-hidden-layer"), "rate")
    ours = median_seconds(lambda: decide(_WEAKEST, evidence, network), 3)
    return ours, median_seconds(lambda: plain_numpy(network), 3)


def _samples() -> Sweep:
    def measure(n: int) -> tuple[float, float]:
        return _checked(Instance("", n, 4_000, 64, True))

    return _sweep("whole check, plain β, m = 4,000", "n", "numpy without bounds", measure, 50, 100, 200, 400)


def _widths() -> Sweep:
    def measure(m: int) -> tuple[float, float]:
        return _checked(Instance("", 200, m, 64, True))

    widths = (2_000, 4_000, 8_000, 16_000, 32_000)
    return _sweep("whole check, plain β, n = 200", "m", "numpy without bounds", measure, *widths)


def _gaps() -> Sweep:
    def measure(d: int) -> tuple[float, float | None]:
        network = trained(3, d, d * d // 2, steps=500)
        seen = look(network)
        if seen is None:
            raise SystemExit("no quadratic network")
        ours = median_seconds(lambda: propose_gap(network), 1)
        inputs, labels = seen.network.inputs, seen.labels
        return ours, median_seconds(lambda: semidefinite_residual(inputs, labels), 1) if d <= _SLOW_PEER else None

    return _sweep("gap found and certified, n = d²/2", "d", "Clarabel", measure, 10, 20, 30, 40, 60, 80)


def main() -> None:
    """Measure and print the exponents."""
    for sweep in sweeps():
        ours = exponent(sweep.sizes, sweep.ours)
        theirs = exponent(sweep.sizes[: len(sweep.theirs)], sweep.theirs)
        sys.stdout.write(f"{sweep.title}: time ~ {sweep.size}^{ours:.2f}, {sweep.peer} ~ {sweep.size}^{theirs:.2f}\n")


if __name__ == "__main__":
    main()
