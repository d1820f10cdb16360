"""The certificates behind the errata: where they lie, and how they are made.

They are shipped in ``verify/theory/certificates``; the judge re-checks every one of them in the tests.
``python -m verify.theory.errata_certificates`` makes them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np

from certificates import Accepted, Network
from certificates.certificate import encode_certificate
from certificates.document import write_atomically
from certificates.errors import MalformedCertificate
from certificates.expression import Activation, parse_activation
from verify.activations import properties
from verify.certification.proofs import NetworkProof
from verify.problems.arrays import from_arrays
from verify.problems.population import from_units
from verify.proposals import (
    deep_linear_critical,
    global_landscape,
    population_null_direction,
    population_strong_convexity,
    replicated_minimum,
    tangent_kernel,
    tensor_constant,
    wide_checklist,
    wide_gradient_dominance,
    zhong_rho,
)
from verify.search.proposal import Proposal, certificate_of

__all__ = ["FOLDER", "NETWORK_PROPOSALS", "PROPOSALS", "certificate_path", "write_all"]

FOLDER = Path(__file__).parent / "certificates"
_ENDING = ".cert.json"


def _rho(name: str, sigma: Fraction) -> Callable[[], Proposal]:
    return lambda: zhong_rho.propose(parse_activation(name), sigma)


def _tensors(name: str) -> Callable[[], Proposal]:
    return lambda: tensor_constant.propose(parse_activation(name), Fraction(1))


def _null_direction(name: str) -> Callable[[], Proposal]:
    return lambda: population_null_direction.propose(from_units(name, np.eye(3).tolist()))


def _hessian(name: str, norm: float) -> Callable[[], Proposal]:
    return lambda: population_strong_convexity.propose(from_units(name, (norm * np.eye(2)).tolist()))


def _property(propose: Callable[[Activation], Proposal], name: str) -> Callable[[], Proposal]:
    return lambda: propose(parse_activation(name))


_p1 = partial(_property, properties.slope)
_p2 = partial(_property, properties.rho_positive)
_p3a = partial(_property, properties.curvature)

PROPOSALS: Mapping[str, Callable[[], Proposal]] = {
    "squared-relu-tensor": _tensors("squared_relu"),
    "squared-relu-rho-1": _rho("squared_relu", Fraction(1)),
    "squared-relu-rho-10": _rho("squared_relu", Fraction(10)),
    "squared-relu-p1": _p1("squared_relu"),
    "squared-relu-p2": _p2("squared_relu"),
    "squared-relu-p3a-lipschitz": _p3a("squared_relu"),
    "quadratic-tensor": _tensors("quadratic"),
    "quadratic-rho-1": _rho("quadratic", Fraction(1)),
    "quadratic-null-direction": _null_direction("quadratic"),
    "quadratic-not-p1": _p1("quadratic"),
    "identity-not-p2": _p2("identity"),
    "tanh-rho-1-10": _rho("tanh", Fraction(1, 10)),
    "erf-rho-1-10": _rho("erf", Fraction(1, 10)),
    "erf-rho-1": _rho("erf", Fraction(1)),
    "erf-rho-10": _rho("erf", Fraction(10)),
    "erf0-rho-10": _rho("erf0", Fraction(10)),
    "tanh-rho-10": _rho("tanh", Fraction(10)),
    "sin-rho-2": _rho("sin", Fraction(2)),
    "sin-hessian-2": _hessian("sin", 2.0),
    "relu-tensor": _tensors("relu"),
    "leaky-relu-tensor": _tensors("leaky_relu"),
    "softplus-tensor": _tensors("softplus"),
    "tanh-tensor": _tensors("tanh"),
    "relu-p2": _p2("relu"),
    "leaky-relu-p2": _p2("leaky_relu"),
    "sigmoid-p2": _p2("sigmoid"),
    "tanh-p2": _p2("tanh"),
    "erf0-p2": _p2("erf0"),
    "sigmoid-bad-minimum": lambda: replicated_minimum.propose(parse_activation("sigmoid")),
}


def _as_many_samples_as_unknowns() -> NetworkProof:
    """Six inputs in three dimensions and three outer weights of each sign; the claim is about all labels."""
    inputs = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]]
    network = from_arrays(
        [np.eye(6, 3), [[1, 1, 1, -1, -1, -1]]], None, "quadratic", inputs, [1, -1, 2, -2, 3, -3], frozen=[1]
    )
    found = global_landscape.propose(network)
    return NetworkProof(network, found.claim, found.evidence, found.verdict)


def _opposite_inputs() -> NetworkProof:
    """Two opposite inputs of norm 1 in one dimension; the claim is about the limit of width."""
    network = from_arrays([[[1.0]], [[1.0]]], None, "relu", [[1.0], [-1.0]], [1, -1], frozen=[1])
    found = tangent_kernel.propose(network)
    return NetworkProof(network, found.claim, found.evidence, found.verdict)


def _three_layers(widths: tuple[int, int, int, int]) -> Network:
    """Weights, inputs and labels that are small integers over 8, drawn once; tanh, with biases."""
    rng = np.random.default_rng(5)
    weights = [rng.integers(-16, 17, size=(b, a)) / 8 for a, b in pairwise(widths)]
    biases = [rng.integers(-8, 9, size=b) / 8 for b in widths[1:]]
    inputs, labels = rng.integers(-16, 17, size=(4, widths[0])) / 8, rng.integers(-8, 9, size=(4, widths[-1])) / 8
    return from_arrays(weights, biases, "tanh", inputs, labels)


def _contradictory() -> NetworkProof:
    """As many features as samples, two layers above: (1) to (4) hold here, and at no critical weights."""
    network = _three_layers((2, 3, 2, 2))
    found = wide_checklist.propose(network)
    return NetworkProof(network, found.claim, found.evidence, found.verdict)


def _wider_above() -> NetworkProof:
    """The layer above the features is wider than they are; nothing else increases."""
    network = _three_layers((2, 3, 5, 2))
    still = replace(network, layers=tuple(replace(e, trained=k == 1) for k, e in enumerate(network.layers)))
    found = wide_gradient_dominance.propose(still)
    return NetworkProof(still, found.claim, found.evidence, found.verdict)


def _as_many_units_as_samples() -> NetworkProof:
    """Two sigmoid units without biases for two samples."""
    network = from_arrays([[[1.0], [2.0]], [[1.0, 1.0]]], None, "sigmoid", [[1.0], [2.0]], [1, 0])
    found = wide_gradient_dominance.propose(network)
    return NetworkProof(network, found.claim, found.evidence, found.verdict)


def _flat_saddle() -> NetworkProof:
    """Zero weights of three linear layers of two units: no second derivative sees the fall like t³."""
    network = from_arrays([np.zeros((2, 2))] * 3, None, "identity", np.eye(2), np.diag([3.0, 1.0]), loss="half-sum")
    found = deep_linear_critical.propose(network)
    return NetworkProof(network, found.claim, found.evidence, found.verdict)


NETWORK_PROPOSALS: Mapping[str, Callable[[], NetworkProof]] = {
    "zero-loss-6-in-3": _as_many_samples_as_unknowns,
    "relu-opposite-inputs-kernel": _opposite_inputs,
    "four-hypotheses-contradict": _contradictory,
    "wider-above-the-features": _wider_above,
    "as-many-units-as-samples": _as_many_units_as_samples,
    "saddle-without-curvature": _flat_saddle,
}


def certificate_path(name: str) -> Path:
    """The shipped file of an entry of ``PROPOSALS``.

    Examples
    --------
    >>> certificate_path("tanh-p2").is_file()
    True
    """
    if name not in PROPOSALS and name not in NETWORK_PROPOSALS:
        raise KeyError(f"no erratum has a certificate {name!r}")
    return FOLDER / f"{name}{_ENDING}"


def write_all(folder: Path = FOLDER) -> None:
    """Make all certificates anew.

    Raises
    ------
    MalformedCertificate
        The judge does not accept one of them.
    """
    found: dict[str, Proposal | NetworkProof] = {name: propose() for name, propose in PROPOSALS.items()}
    found |= {name: propose() for name, propose in NETWORK_PROPOSALS.items()}
    for name, proof in found.items():
        if not isinstance(proof.verdict, Accepted):
            raise MalformedCertificate(proof.verdict.explanation(), place=name)
        certificate = proof.certificate if isinstance(proof, NetworkProof) else certificate_of(proof)
        write_atomically(folder / f"{name}{_ENDING}", encode_certificate(certificate), force=True)


if __name__ == "__main__":
    write_all()
