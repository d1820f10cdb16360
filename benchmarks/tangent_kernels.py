"""Proven λ_min of limit kernels, search and check, beside numpy's kernel and its spectrum: floats without bounds.

Run: ``python -m benchmarks.tangent_kernels``; ``--neural-tangents PYTHON`` compares with neural-tangents 0.6.5. That
needs an environment of its own: ``neural-tangents==0.6.5 jax==0.4.25 jaxlib==0.4.25 numpy<2 scipy<1.13``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import verify
from benchmarks.timing import in_turns, report, say
from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import precision
from certificates.enclosures.kernels.limit import limit_kernel
from certificates.expression import parse_activation
from verify.proposals.tangent_kernel import propose

Array = NDArray[np.float64]

_PEER = """
import sys, time
import numpy as np
import jax
jax.config.update("jax_enable_x64", True)
from neural_tangents import stax

inputs = np.load(sys.argv[1])
act = {"relu": stax.Relu, "erf": stax.Erf}[sys.argv[2]]()
kernel_fn = jax.jit(stax.serial(stax.Dense(1), act, stax.Dense(1))[2], static_argnames="get")
times = []
for _ in range(4):
    start = time.perf_counter()
    scaled = inputs * np.sqrt(inputs.shape[1])
    found = kernel_fn(scaled, None, get=("ntk", "nngp"))
    kernel = np.asarray(found.ntk - found.nngp)
    values = np.linalg.eigvalsh(kernel)
    times.append(time.perf_counter() - start)
np.save(sys.argv[3], kernel)
print(sorted(times[1:])[1], values[0])
"""


def unit_inputs(count: int, dimension: int = 64) -> Array:
    """Normal rows, divided by their norms."""
    rows = np.random.default_rng(0).normal(size=(count, dimension))
    divided: Array = rows / np.linalg.norm(rows, axis=1)[:, None]
    return divided


def network(inputs: Array, activation: str) -> Network:
    """Two units: the limit kernel depends on no weights."""
    rng = np.random.default_rng(1)
    layers = [rng.normal(size=(2, inputs.shape[1])), np.ones((1, 2))]
    return verify.from_arrays(layers, None, activation, inputs, np.zeros((len(inputs), 1)), frozen=[1])


def in_floats(inputs: Array, activation: str) -> Array:
    """The same kernel by numpy: arccos, or a root."""
    gram = inputs @ inputs.T
    if activation == "erf":
        sizes = 1 + 2 * np.diagonal(gram)
        kernel: Array = 4 / np.pi * gram / np.sqrt(np.multiply.outer(sizes, sizes) - 4 * gram * gram)
        return kernel
    norms = np.sqrt(np.diagonal(gram))
    angles = np.arccos(np.clip(gram / np.multiply.outer(norms, norms), -1, 1))
    found: Array = gram * (np.pi - angles) / (2 * np.pi)
    return found


def compare(count: int, activation: str, runs: int = 5) -> None:
    """The proof, and search and proof, beside kernel and spectrum, in turns."""
    inputs = unit_inputs(count)
    problem = network(inputs, activation)
    found = propose(problem)
    if not isinstance(found.verdict, Accepted):
        raise SystemExit(found.verdict.explanation())
    claim, evidence = found.claim, found.evidence
    smallest = float(np.linalg.eigvalsh(in_floats(inputs, activation))[0])
    share = f"proved: {claim.lower / smallest:.4f} to {claim.upper / smallest:.4f} λ_min"
    peer = "numpy's kernel and eigvalsh"
    for what, ours in (
        ("proof", lambda: decide(claim, evidence, problem)),
        ("search and proof", lambda: propose(problem)),
    ):
        times = in_turns(ours, lambda: np.linalg.eigvalsh(in_floats(inputs, activation)), runs)
        report(f"λ_min of the limit kernel, {activation}, n={count:,}, {what}", *times, peer, share)


def beside_neural_tangents(python: str, count: int, activation: str) -> None:
    """The same kernels by neural-tangents in its own environment: how far apart, and how long it takes."""
    inputs = unit_inputs(count)
    with tempfile.TemporaryDirectory() as folder:
        given, taken = Path(folder) / "inputs.npy", Path(folder) / "kernel.npy"
        np.save(given, inputs)
        command = [python, "-c", _PEER, str(given), activation, str(taken)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-2_000:])
        kernel = np.load(taken)
    seconds, _ = map(float, done.stdout.split()[-2:])
    with precision(128):
        block = limit_kernel(inputs, parse_activation(activation), unit=False).block(slice(0, count), slice(0, count))
    ours, _ = in_turns(lambda: propose(network(inputs, activation)), lambda: None, 3)
    apart = np.abs(kernel - block.mid)
    diagonal, others = np.max(apart.diagonal()), np.max(apart - np.diag(apart.diagonal()))
    report(
        f"λ_min of the limit kernel, {activation}, n={count:,}, search and proof",
        ours,
        seconds,
        "neural-tangents 0.6.5 and eigvalsh",
        f"entries differ by {others:.1e}, on the diagonal by {diagonal:.1e} at most, radii: {np.max(block.rad):.1e}",
    )


def main(python: str | None = None) -> None:
    """All comparisons."""
    for count in (1_000, 2_000):
        compare(count, "relu")
    compare(2_000, "erf")
    if python is None:
        say("neural-tangents: pass --neural-tangents PYTHON to python -m benchmarks.tangent_kernels")
        return
    for activation in ("relu", "erf"):
        beside_neural_tangents(python, 1_000, activation)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tangent_kernels", description=__doc__)
    parser.add_argument("--neural-tangents", help="the interpreter of an environment with neural-tangents 0.6.5")
    main(parser.parse_args().neural_tangents)
    sys.stdout.flush()
