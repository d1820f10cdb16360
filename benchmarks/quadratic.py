"""Claims about quadratic networks beside what a float64 user computes without proof.

Gaussian inputs, a planted rank-2 model with unit noise, weights trained by L-BFGS; one seed.

Run: ``python -m benchmarks.quadratic``
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

import verify
from benchmarks.timing import median_seconds, report
from certificates import Accepted, Network, decide
from tests.twins.relaxation import semidefinite_residual
from verify.generators.initialisations import scaled_columns
from verify.generators.teachers import unit_columns
from verify.proposals import certified_orbit_run, orbit_convergence, second_order_stationary
from verify.search.quadratic import look


def trained(k: int, d: int, n: int, steps: int = 5_000) -> Network:
    """Noisy labels, weights near a minimum."""
    rng = np.random.default_rng(0)
    inputs, teacher = rng.normal(size=(n, d)), rng.normal(size=(2, d)) / np.sqrt(d)
    labels = ((inputs @ teacher.T) ** 2).sum(axis=1) + rng.normal(size=n)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        hidden = inputs @ flat.reshape(k, d).T
        residual = (hidden**2).sum(axis=1) - labels
        return float(residual @ residual) / (2 * n), (2 / n * (hidden * residual[:, None]).T @ inputs).ravel()

    start = rng.normal(size=k * d) / np.sqrt(k * d)
    options = {"maxiter": steps, "maxfun": 2 * steps, "gtol": 1e-10, "ftol": 0.0, "maxcor": 30}
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(k, d) if steps else start
    layers = [weights.reshape(k, d), np.ones((1, k))]
    return verify.from_arrays(layers, None, "quadratic", inputs, labels[:, None], loss="half-mean", frozen=[1])


def planted(d: int, r: int, samples: int) -> Network:
    """The problem of Xia and Shi with a random start; f = Σ(·)²/(2m), so η is half their step."""
    rng = np.random.default_rng(0)
    inputs = np.rint(rng.normal(size=(samples, d)) * 2**16) / 2**16
    teacher, start = unit_columns(rng, d, r, 20).T, scaled_columns(rng, d, r, 20).T
    outer = np.ones((1, r))
    return verify.from_arrays(
        [start, outer], None, "quadratic", inputs, teacher=[teacher, outer], loss="half-mean", frozen=[1]
    )


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of one call, and what it returns."""
    begun = time.perf_counter()
    found = call()
    return time.perf_counter() - begun, found


def command_seconds(network: Network) -> float:
    """The whole of ``verify certify`` in a fresh process, imports included."""
    with tempfile.TemporaryDirectory() as folder:
        path = verify.save_problem(network, Path(folder) / "problem.safetensors")
        command = [sys.executable, "-m", "verify.cli", "certify", str(path)]
        return timed(lambda: subprocess.run(command, check=True, capture_output=True))[0]


def gaps() -> None:
    """The whole command beside the solver alone."""
    for d, n in ((15, 200), (30, 600), (60, 2_000)):
        network = trained(d, d, n)
        seen = look(network)
        if seen is None:
            raise SystemExit("no quadratic network")
        ours = command_seconds(network)
        theirs, _ = timed(lambda s=seen: semidefinite_residual(s.network.inputs, s.labels))
        gap = verify.certify(network).verdict.proved.gap
        report(f"certify, gap, d={d}, n={n}", ours, theirs, "the solver alone", f"gap {gap:.1e}")


def stationary_points() -> None:
    """Second-order stationarity beside eigvalsh of the float64 Hessian."""
    for k, d, n, full in ((60, 30, 600, True), (500, 200, 1_000, False)):
        network = trained(k, d, n, steps=200 if full else 0)
        found = second_order_stationary.propose(network, full=full)
        if not isinstance(found.verdict, Accepted):
            raise SystemExit(found.verdict.explanation())
        ours = median_seconds(lambda p=network, f=full: second_order_stationary.propose(p, full=f), 3)
        checked = median_seconds(lambda p=network, f=found: decide(f.claim, f.evidence, p), 3)
        title, note = f"second-order stationary, kd={k * d:,}", f"ε_H {found.claim.curvature_deficit:.3g}"
        if full:
            theirs = median_seconds(lambda p=network: spectrum(p), 3)
            note += f", float64 λ_min {spectrum(network):.3g}, check alone {checked:.2f} s"
            report(title, ours, theirs, "eigvalsh of the Hessian", note)
        else:
            report(title, ours, checked, "its check", f"{note}; the Hessian would fill 80 GB")


def spectrum(network: Network) -> float:
    """λ_min of the Hessian in float64."""
    weights, inputs = network.layers[0].weight, network.inputs
    n, (k, d) = len(inputs), weights.shape
    hidden = inputs @ weights.T
    residual = (hidden**2).sum(axis=1) - network.given_targets[:, 0]
    jacobian = 2 * (hidden[:, :, None] * inputs[:, None, :]).reshape(n, k * d)
    force = (inputs.T * residual) @ inputs / n
    return float(np.linalg.eigvalsh(jacobian.T @ jacobian / n + 2 * np.kron(np.eye(k), force))[0])


def orbits() -> None:
    """Xia and Shi, n = 20, r = 3, m = 20,000, μ = 0.005."""
    network, step = planted(20, 3, 20_000), Fraction(5, 2_000)
    ours, ball = timed(lambda: orbit_convergence.propose(network, step_size=step))
    checked, _ = timed(lambda: decide(ball.claim, ball.evidence, network))
    report("orbit-convergence, n=20, r=3", ours, checked, "its check", f"radius {ball.claim.radius:.3f}")
    ours, run = timed(lambda: certified_orbit_run.propose(network, step_size=step))
    if not isinstance(run.verdict, Accepted):
        raise SystemExit(run.verdict.explanation())
    checked, _ = timed(lambda: decide(run.claim, run.evidence, network))
    report("certified-orbit-run", ours, checked, "its check", f"T = {run.claim.entry_step}")


def main() -> None:
    """Print one line an instance."""
    gaps()
    stationary_points()
    orbits()


if __name__ == "__main__":
    main()
