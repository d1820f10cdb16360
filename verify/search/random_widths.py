"""What theorems about random starts of a ReLU layer ask for on given data, estimated (theory 5.3.3 and 5.3.4)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from certificates.arithmetic.arb import exact
from certificates.checks.kernel_inputs import kernel_inputs
from certificates.claims.width_bound import Evidence, Form, Start
from certificates.theorems.width_bounds import Parts, Sample, printed_width, sharpened_width

__all__ = ["TENTH", "demanded_width", "width_evidence"]

TENTH = Fraction(1, 10)

_SPARE = 1 - 2.0**-10

Array = NDArray[np.float64]


def demanded_width(
    network: Network, form: Form = "printed", start: Start = "plain", failure: Fraction = TENTH
) -> float:
    """About how many units the theorem asks for with a probability of 1 − ``failure``; an estimate.

    Where inputs repeat, up to rounding, it is huge and means nothing.

    Examples
    --------
    >>> from verify import unit_data, wide_problem
    >>> f"{demanded_width(wide_problem(*unit_data(20, 20), width=2)):.1e}"
    '6.6e+16'
    """
    evidence = width_evidence(network, form, start, failure)
    sample = _sample(network, evidence.shift, _spectrum(_correlations(network))[-1])
    return _width(sample, evidence, form, start)


def width_evidence(network: Network, form: Form, start: Start, failure: Fraction) -> Evidence:
    """How to share the failure among the events; κ² is shared where the width is least.

    Parameters
    ----------
    network
        Its inputs and labels count.
    form, start, failure
        What is to be claimed.
    """
    rho = _correlations(network)
    with np.errstate(all="ignore"):
        values = _spectrum(np.nan_to_num(rho * (np.pi - np.arccos(rho)) / (2 * np.pi)))
    shift = max(float(values[0]), 2.0**-500) * _SPARE
    parts = _parts(form, failure, paired=start == "antisymmetric")
    if form == "printed":
        return Evidence(shift, *parts)
    sample = _sample(network, shift, _spectrum(rho)[-1])
    tried = [Evidence(shift, *parts, Fraction(k, 200)) for k in range(1, 200)]
    return min(tried, key=lambda evidence: _width(sample, evidence, form, start))


def _parts(form: Form, failure: Fraction, *, paired: bool) -> tuple[Fraction, Fraction, Fraction]:
    """δ₁, δ₂ and δ₃: most for what a width depends on by a power."""
    if form == "printed":
        kernel = failure / 100
        rest = failure - kernel
        return (kernel, rest, Fraction(0)) if paired else (kernel, rest * 2 / 3, rest / 3)
    tenth = failure / 10
    return (tenth, failure - tenth, Fraction(0)) if paired else (tenth, tenth, failure - 2 * tenth)


def _correlations(network: Network) -> Array:
    rows = kernel_inputs(network)
    with np.errstate(all="ignore"):
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        rho: Array = np.clip(np.nan_to_num(unit @ unit.T), -1, 1)
    return rho


def _spectrum(matrix: Array) -> Array:
    return np.asarray(np.linalg.eigvalsh(matrix), dtype=np.float64)


def _sample(network: Network, eigenvalue: float, norm: float) -> Sample:
    labels = network.given_targets[:, 0]
    with np.errstate(all="ignore"):
        square, largest = (float(np.nan_to_num(number)) for number in (labels @ labels, np.max(labels * labels)))
    return Sample(len(labels), exact(eigenvalue), exact(max(1.0, norm)), exact(square), exact(largest))


def _width(sample: Sample, evidence: Evidence, form: Form, start: Start) -> float:
    parts, paired = Parts(*map(exact, (evidence.kernel, evidence.flips, evidence.residual))), start == "antisymmetric"
    if form == "printed":
        return float(printed_width(sample, parts, antisymmetric=paired))
    return float(sharpened_width(sample, parts, exact(evidence.share), antisymmetric=paired))
