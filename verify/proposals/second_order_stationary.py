"""Evidence for `second-order-stationary`: spectral shifts, θ by a scalar search, and the direction u of lemma 3.2.3."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from certificates import Accepted, Network, Verdict, decide
from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.claims.second_order_stationary import Claim, Evidence
from certificates.enclosures.quadratic.fourth_moments import moment_matrix
from certificates.enclosures.quadratic.network import covariance, gram_of_products, hessian
from certificates.errors import EnclosureFailure
from verify.search.proposal import Proposal, Search
from verify.search.quadratic import Array, Seen, look, lowered, not_quadratic, symmetric
from verify.search.weakening import weaken_number

__all__ = ["SEARCH", "propose"]

_WEAKEST = Claim(1e308, 1e308, 1e308)
_LARGEST_HESSIAN = 2_000  # kd
_LARGEST_MOMENTS = 1_000  # D
_LARGEST_GRAM = 2_000  # n
_MACHINE_SLACK = 2.0**-46  # of f(W): other machines round sums of residuals otherwise
_LARGEST_DESCENT = 1e-3  # of the curvature at the zero network: with more, the weights are no minimum
_SPREAD = 1 + 2.0**-10  # of the norm of a small gradient, the difference of large numbers
_OPTIONAL = ("hessian_shift", "covariance_shift", "fourth_moment_shift", "moment_shift", "gram_shift", "units")


def propose(network: Network, *, full: bool | None = None) -> Proposal:
    """Prove how stationary the weights are, and what that says about the gap.

    Parameters
    ----------
    network
        The problem.
    full
        Whether to bound the whole Hessian; by default if it has at most 2,000 rows and lemma 3.2.4 need not be sharp.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.
    """
    fallback = Evidence(-1e308, 1e308)
    seen = look(network)
    if seen is None:
        return Proposal(network, None, fallback, decide(_WEAKEST, fallback, network))
    with precision(128):
        try:
            evidence = _evidence(seen, full)
        except EnclosureFailure:
            return Proposal(network, None, fallback, decide(_WEAKEST, fallback, network))
    evidence, verdict = _without_what_fails(network, evidence)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    proved, loss = verdict.proved, verdict.facts[0].upper
    claim = Claim(
        weaken_number(proved.gradient_norm * _SPREAD, "larger"),
        weaken_number(proved.curvature_deficit * _SPREAD, "larger"),
        weaken_number(proved.gap + _MACHINE_SLACK * loss, "larger"),
    )
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _without_what_fails(network: Network, evidence: Evidence) -> tuple[Evidence, Verdict]:
    """Drop optional parts until the judge accepts the rest."""
    verdict = decide(_WEAKEST, evidence, network)
    defaults: dict[str, Any] = {spec.name: spec.default for spec in fields(Evidence)}
    for name in _OPTIONAL:
        if isinstance(verdict, Accepted) or verdict.check not in (3, 5):
            break
        evidence = replace(evidence, **{name: defaults[name]})
        verdict = decide(_WEAKEST, evidence, network)
    return evidence, verdict


def _evidence(seen: Seen, full: bool | None) -> Evidence:
    network = seen.network
    d, n = network.dimension, network.sample_count
    pairs = d * (d + 1) // 2
    evidence = Evidence(lowered(seen.point.force), -lowered(seen.point.force.scale(Fraction(-1))))
    if full if full is not None else network.width * d <= _LARGEST_HESSIAN and not _lemma_is_sharp(seen):
        evidence = replace(evidence, hessian_shift=lowered(hessian(network, seen.point)))
    if not network.negative and np.linalg.matrix_rank(network.inputs) == d:
        evidence = replace(evidence, covariance_shift=lowered(covariance(network, BallMatrix)))
    if network.negative and d * 2 <= network.width and pairs <= min(n, _LARGEST_MOMENTS):
        evidence = replace(evidence, moment_shift=lowered(moment_matrix(network.inputs, BallMatrix)))
    if n <= min(pairs, _LARGEST_GRAM):
        evidence = replace(evidence, gram_shift=lowered(gram_of_products(network, BallMatrix)))
    if pairs <= _LARGEST_MOMENTS and (network.positive <= d or 0 < network.negative == d):
        theta, largest = _best_theta(seen)
        evidence = replace(evidence, theta=theta, fourth_moment_shift=largest)
        if not network.negative:
            evidence = replace(evidence, units=tuple(_left_null(seen).tolist()))
    return evidence


def _lemma_is_sharp(seen: Seen) -> bool:
    """Lemma 3.2.4 gives the Hessian's own bound for constant outer weights and a unit to spare."""
    outer, d = seen.network.outer, seen.network.dimension
    return bool((outer == outer[0]).all()) and len(outer) > d


def _best_theta(seen: Seen) -> tuple[Fraction, float]:
    """θ ∈ [0, 4] with the smallest λ_max(T − θE), and a number slightly above that."""
    moments = symmetric(moment_matrix(seen.network.inputs, BallMatrix).mid)
    unit = moment_matrix(seen.network.inputs, BallMatrix, Fraction(1)).mid - moments  # −E

    def largest(theta: float) -> float:
        return float(np.linalg.eigvalsh(symmetric(moments + theta * unit))[-1])

    found = minimize_scalar(largest, bounds=(0.0, 4.0), method="bounded", options={"xatol": 1e-3, "maxiter": 25})
    theta = Fraction(round(float(found.x) * 1024), 1024)
    shifted = moment_matrix(seen.network.inputs, BallMatrix, theta)
    return theta, -lowered(shifted.scale(Fraction(-1)))


def _left_null(seen: Seen) -> Array:
    """The unit u with the smallest ‖WᵀD_vu‖; among several, any."""
    image = seen.network.weights.T * seen.network.outer
    _, _, right = np.linalg.svd(image, full_matrices=True)
    return np.asarray(right[-1], dtype=np.float64)


def _fits(network: Network) -> str | None:
    """Where no direction descends steeply; there, how steeply is another kind."""
    seen = look(network)
    if seen is None:
        return None
    inputs, signs = seen.network.inputs, (seen.network.positive, seen.network.negative)
    at_zero = float(np.linalg.norm((inputs.T * seen.labels) @ inputs, 2)) / len(inputs)
    values = np.linalg.eigvalsh(seen.force)
    steepest = max(-float(values[0]) if signs[0] else 0.0, float(values[-1]) if signs[1] else 0.0)
    return (
        "how stationary the weights are, with every bound of the gap"
        if steepest <= _LARGEST_DESCENT * at_zero
        else None
    )


SEARCH = Search(Claim, Network, lambda network, _: propose(network), fits=_fits, excludes=not_quadratic)
