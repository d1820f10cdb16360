"""Make the problems of this example, prove what is stated in README.md, write problems, certificates and the picture.

Run from the repository: ``python -m examples.quadratic.prove``.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import verify
from verify.crosscheck.planted import replay_orbit
from verify.reports.orbit_plots import save_orbit_plot

HERE = Path(__file__).resolve().parent
DIMENSION, SAMPLES = 15, 200


def noisy_minimum() -> tuple[verify.Network, verify.Network]:
    """(trained, strict saddle): d = k = 15, n = 200, labels of a rank-2 teacher plus noise."""
    rng = np.random.default_rng(7)
    inputs = rng.normal(size=(SAMPLES, DIMENSION))
    teacher = rng.normal(size=(2, DIMENSION)) / np.sqrt(DIMENSION)
    labels = ((inputs @ teacher.T) ** 2).sum(axis=1) + rng.normal(size=SAMPLES)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(DIMENSION, DIMENSION)
        hidden = inputs @ weights.T
        residual = (hidden**2).sum(axis=1) - labels
        gradient = 2 * (hidden * residual[:, None]).T @ inputs / SAMPLES
        return float(residual @ residual) / (2 * SAMPLES), gradient.ravel()

    start = rng.normal(size=DIMENSION**2) / DIMENSION
    options = {"maxiter": 5_000, "maxfun": 10_000, "gtol": 1e-10, "ftol": 0.0, "maxcor": 30}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x.reshape(DIMENSION, DIMENSION)
    return tuple(_problem(weights, inputs, labels) for weights in (found, np.zeros_like(found)))  # type: ignore[return-value]


def _problem(weights: np.ndarray, inputs: np.ndarray, labels: np.ndarray) -> verify.Network:
    layers = [weights, np.ones((1, len(weights)))]
    return verify.from_arrays(layers, None, "quadratic", inputs, labels[:, None], loss="half-mean", frozen=[1])


def planted_run() -> verify.Network:
    """Xia and Shi in small: d = 8, r = 2, m = 600 samples on a grid of 2⁻¹⁶, a random start."""
    rng = np.random.default_rng(3)
    inputs = np.rint(rng.normal(size=(600, 8)) * 2**16) / 2**16
    teacher = rng.normal(size=(2, 8))
    teacher = np.rint(teacher / np.linalg.norm(teacher, axis=1, keepdims=True) * 2**20) / 2**20
    start = np.rint(rng.normal(size=(2, 8)) / np.sqrt(8) * 2**20) / 2**20
    outer = np.ones((1, 2))
    return verify.from_arrays(
        [start, outer], None, "quadratic", inputs, teacher=[teacher, outer], loss="half-mean", frozen=[1]
    )


def main() -> None:
    """Write everything into this folder."""
    minimum, saddle = noisy_minimum()
    jobs = (
        ("minimum", minimum, (None, "second-order-stationary")),
        ("saddle", saddle, (None,)),
        ("planted", planted_run(), ("orbit-convergence", "certified-orbit-run")),
    )
    for name, network, kinds in jobs:
        path = verify.save_problem(network, HERE / f"{name}.safetensors", force=True)
        for kind in kinds:
            step = Fraction(1, 200) if name == "planted" else None
            done = verify.certify(path, kind=kind, step_size=step, force=True)
            said = done.verdict.claim.sentence() if done.certificate else done.verdict.explanation()
            sys.stdout.write(f"{name}: {said}\n")
    runs = replay_orbit(HERE / "planted.certified-orbit-run.cert.json", steps=3_000)
    save_orbit_plot(runs, HERE / "planted.png", force=True)


if __name__ == "__main__":
    main()
