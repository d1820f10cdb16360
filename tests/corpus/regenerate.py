"""Write the corpus anew: ``python -m tests.corpus.regenerate``.

accepted/ must be accepted on both arithmetics. rejected/ must not be, each by the check in its name's last part.
malformed/ are no certificates. README.md says what each file would prove falsely.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from certificates import Dense, Network
from certificates.certificate import Certificate, encode_certificate
from certificates.claims.zero_loss_convergence import Claim, Evidence
from certificates.document import ProblemReference, encode_problem, sha256_hex
from certificates.expression import parse_activation
from tests.campaigns.parsers import settings_of, with_settings
from tests.corpus import activation_properties, activations, descent_boundaries, quadratic, quadratic_boundaries
from tests.corpus.structure import malformed_files
from tests.support.naive import random_network
from verify.proposals.zero_loss_convergence import propose

ROOT = Path(__file__).parent
KIND = "zero-loss-convergence"


def _encode(network: Network, claim: Claim, evidence: Evidence) -> bytes:
    data = encode_problem(network)
    reference = ProblemReference("network", sha256_hex(data), None, data)
    return encode_certificate(Certificate(KIND, reference, claim, evidence, {}))


def _honest(
    seed: int, widths: tuple[int, ...], name: str = "tanh", **options: object
) -> tuple[Network, Claim, Evidence]:
    network = random_network(np.random.default_rng(seed), widths, 5, name, residual=1e-6, **options)
    found = propose(network)
    if found.claim is None:
        raise SystemExit(f"{widths} {name}: {found.verdict.explanation()}")
    return network, found.claim, found.evidence


def accepted() -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of honest certificates."""
    yield "one-hidden-layer", _encode(*_honest(1, (4, 20, 1)))
    yield "two-hidden-layers-gelu", _encode(*_honest(2, (4, 9, 8, 1), "gelu"))
    yield "two-outputs-softplus", _encode(*_honest(3, (4, 20, 2), "softplus(1)"))
    yield "first-layer-frozen", _encode(*_honest(4, (4, 20, 1), "sigmoid", trained=(False, True)))
    yield "no-bias-squared-relu", _encode(*_honest(5, (4, 24, 1), "squared_relu", bias=False))


def rejected() -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of false certificates; the name ends in the check that must catch them."""
    network, claim, evidence = _honest(1, (4, 20, 1))
    twin = network.inputs.copy()
    twin[3] = twin[1]
    many = random_network(np.random.default_rng(6), (2, 2, 1), 12)
    dead = replace(network, layers=tuple(replace(layer, weight=layer.weight * 0) for layer in network.layers))
    huge = replace(evidence, trapping_radius=100.0, grid=(100.0,))
    yield "more-equations-than-parameters-check-1", _encode(many, claim, evidence)
    yield "epsilon-one-check-2", _encode(network, claim, replace(evidence, epsilon=1.0))
    yield "grid-stops-short-check-2", _encode(network, claim, replace(evidence, grid=evidence.grid[:-1]))
    yield "twin-samples-check-3", _encode(replace(network, inputs=twin), claim, evidence)
    yield "relu-check-4", _encode(replace(network, activations=(parse_activation("relu"),)), claim, evidence)
    yield "dead-network-check-6", _encode(dead, claim, evidence)
    shifted = replace(evidence, kernel_shift_lower=evidence.kernel_shift_lower * 1.5)
    yield "shift-above-the-spectrum-check-6", _encode(network, claim, shifted)
    yield "flipped-targets-check-7", _encode(replace(network, targets=-network.targets), claim, evidence)
    yield "inflated-radius-check-7", _encode(network, replace(claim, radius=100.0), huge)
    yield "smaller-radius-check-8", _encode(network, replace(claim, radius=claim.radius / 2), evidence)
    yield "larger-step-check-8", _encode(network, replace(claim, step_size_max=claim.step_size_max * 2), evidence)
    yield "faster-rate-check-8", _encode(network, replace(claim, decrease_rate=claim.decrease_rate * 2), evidence)
    yield "closer-limit-check-8", _encode(network, replace(claim, distance_factor=claim.distance_factor / 2), evidence)
    kink = parse_activation("leaky_relu(1/2)")
    deep = random_network(np.random.default_rng(7), (4, 9, 8, 1), 5)
    yield "leaky-relu-check-4", _encode(replace(network, activations=(kink,)), claim, evidence)
    yield (
        "jump-check-4",
        _encode(replace(network, activations=(parse_activation("piecewise(z, 0, z+1)"),)), claim, evidence),
    )
    yield "planted-labels-check-1", _encode(_planted(network), claim, evidence)
    yield "no-grid-check-2", _encode(network, claim, replace(evidence, grid=()))
    yield "grid-in-reverse-check-2", _encode(network, claim, replace(evidence, grid=evidence.grid[::-1]))
    yield "bound-of-one-hidden-layer-for-two-check-2", _encode(deep, claim, evidence)
    below = replace(evidence, kernel_shift_upper=evidence.kernel_shift_lower)
    yield "shift-below-the-spectrum-check-6", _encode(network, claim, below)
    yield "previous-bug-01-underflowing-quotient-check-6", _underflowing_quotient()


def _planted(network: Network) -> Network:
    """The same network with labels of a teacher."""
    teacher = tuple(replace(layer, bias=None, trained=False) for layer in network.layers)
    return replace(network, targets=None, teacher=teacher)


def _underflowing_quotient() -> bytes:
    """2¹⁰⁶³(2⁻¹⁰⁶⁰/(32772 − z)) is 1 at z = 32764; a divisor of 32772 ± 32768 makes the quotient underflow to 0."""
    divided = "(2^-50)^20*2^-60/(32772-(z+295147905179352825856-295147905179352825856))"  # z ± 2⁶⁸ has the width
    one = f"2^63*((2^50)^10*((2^50)^10*({divided})))"
    layers = (Dense(np.array([[32764.0]]), None, trained=False), Dense(np.array([[1.0]]), np.array([0.0])))
    activation = parse_activation(f"piecewise({one}, 1073741824, {one})")
    network = Network(layers, (activation,), np.array([[1.0]]), np.array([[0.0]]), Fraction(1, 2))
    claim = Claim(0.4, 2.0**-7, 1.75, 1.07)
    return _encode(network, claim, Evidence(0.4, 0.01, (0.4,), 0.9, 1.3, "one-hidden-layer"))


def _about(good: bytes, bend: Callable[[bytes], bytes], sha256: str | None = None) -> bytes:
    """The certificate about a bent problem; its hash is right, unless another is given."""
    top = json.loads(good)
    data = bend(base64.b64decode(top["problem"]["embedded"]))
    top["problem"] |= {"embedded": base64.b64encode(data).decode(), "sha256": sha256 or sha256_hex(data)}
    return (json.dumps(top, indent=2) + "\n").encode()


def _with_loss_scale(scale: bytes, problem: bytes) -> bytes:
    settings = json.loads(settings_of(problem))
    return with_settings(json.dumps({**settings, "loss_scale": scale.decode()}).encode(), problem)


def malformed() -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of files that are no certificates."""
    good = _encode(*_honest(1, (4, 20, 1)))
    yield "duplicate-key", good.replace(b'"kind"', b'"format": "gradcert/1",\n  "kind"', 1)
    yield "number-token", good.replace(b'"epsilon": "', b'"epsilon": 0.5, "curvature_": "', 1)
    yield "unknown-kind", good.replace(b"zero-loss-convergence", b"zero-gain-convergence", 1)
    yield "foreign-hash", good.replace(b'"sha256": "', b'"sha256": "' + b"0" * 8, 1)
    yield "truncated", good[: len(good) // 2]
    yield "embedded-bytes-of-another-hash", _about(good, lambda problem: problem, sha256_hex(b"another"))
    for name, scale in (("negative", b"-" + b"9" * 5000), ("long", b"9" * 5000), ("fine", b"1/" + b"9" * 5000)):
        yield f"loss-scale-{name}", _about(good, partial(_with_loss_scale, scale))
    yield "other-spelling", good.replace(b'"0x1.', b'"0X1.', 1)
    yield from malformed_files(good).items()


def write(folder: str, kind: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Write one part of the corpus."""
    target = ROOT / folder / kind
    target.mkdir(parents=True, exist_ok=True)
    for name, data in files:
        (target / f"{name}.cert.json").write_bytes(data)


if __name__ == "__main__":
    write("accepted", KIND, accepted())
    write("rejected", KIND, rejected())
    write("malformed", KIND, malformed())
    for part in (activations, activation_properties, quadratic, quadratic_boundaries, descent_boundaries):
        for folder, kind, files in part.corpus():
            write(folder, kind, files)
