"""How far a problem is from the criterion of zero-loss convergence, estimated in binary64; nothing here is proved.

The criterion asks for ‖e‖ < max_r ∫_0^r (σ_0 − ∫_0^ρ β) dρ, at most λ_min(K)/2β(0) (theory 1.3). β, and where it is
affordable the kernel, are the midpoints of the judge's own enclosures. What costs little and settles the matter comes
first: N > p, equal inputs, a kernel that is singular up to rounding; then β is not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np

from certificates import Network
from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.networks.curvature import CURVATURE_FORMS
from certificates.enclosures.networks.linearisation import Linearisation, linearise
from certificates.errors import EnclosureFailure, MalformedProblem
from certificates.language.curvature_forms import CurvatureForm
from verify.numeric.mlp import Perceptron
from verify.numeric.smooth_objective import FloatObjective
from verify.problems.objectives import squared_scale
from verify.search.closest_pair import repeated_samples
from verify.search.estimated import Estimates
from verify.search.fewer_samples import fewer_samples
from verify.search.float_kernel import Spectrum, kernel_of, rounding, spectrum
from verify.search.landscape import curvature_forms, form_workload, survey, unproven_spectrum

__all__ = ["SECONDS", "estimates", "loss_only"]

SECONDS = 6e10  # floating-point operations that take seconds
_KERNEL_OPERATIONS = 3e10  # of the kernel and its eigenvalues in float64
_OPERATIONS_OF_A_BALL = 1e3  # in time, of what is counted in single balls


def estimates(
    network: Network, *, effort: float = DEFAULT_BUDGET, forms: tuple[CurvatureForm, ...] | None = None
) -> Estimates:
    """Estimate both sides of the criterion at the given weights.

    Parameters
    ----------
    network
        Any problem about a network.
    effort
        Floating-point operations to spend at most, about; beyond, some samples stand for all. The default is what a
        check may cost, and leaves nothing of it to be computed again by the search: ``Estimates.landscape``.
    forms
        Bounds of β to try, the smallest first; by default those that are affordable.

    Examples
    --------
    >>> import verify
    >>> layers = [[[0.5], [-0.5]], [[1.0, -1.0]]]
    >>> print(estimates(verify.from_arrays(layers, None, "tanh", [[1.0]], [[0.92]])))
    estimates: loss 1.79e-05, λ_min 1.66, β 1.23, residual 0.00423, needed 0.542 (met)
    """
    singular = network.residual_count > network.trained_parameter_count or bool(repeated_samples(network.inputs))
    point = None if singular else _linearised(network, effort, forms)
    found = loss_only(network) if point is None else _counted(network, upper(point.residual_norm))
    if network.objective.squared_scale is None:
        return replace(found, remarks=("the objective is no plain sum of squares",))
    if singular:
        return replace(found, smallest=0.0, needed=0.0)
    try:
        targets = network.targets if network.teacher is None else Perceptron(network).targets
        given = network if network.teacher is None else replace(network, targets=targets, teacher=None)
    except MalformedProblem:
        return replace(found, remarks=("the planted labels overflow",))
    part = given if point is not None else _some(given, lambda few: _kernel_operations(few) <= _KERNEL_OPERATIONS)
    kernel = kernel_of(part) if point is None else (point.kernel.mid + point.kernel.mid.T) / 2
    if kernel is None:
        return replace(found, remarks=("the kernel overflows",))
    unproven = unproven_spectrum(part, kernel)
    if unproven is not None:
        return replace(_with_spectrum(found, unproven, part), needed=0.0)
    found = _with_landscape(found, given, effort, forms or curvature_forms(given))
    if found.landscape is not None and found.curvature_samples >= part.sample_count:
        part = fewer_samples(given, found.curvature_samples)
        return _with_needed(_with_spectrum(found, Spectrum(*found.landscape.eigenvalues), part))
    return _with_needed(_with_spectrum(found, spectrum(kernel), part))


def _linearised(
    network: Network, effort: float, forms: tuple[CurvatureForm, ...] | None
) -> Linearisation[BallMatrix] | None:
    """What the search goes on with, where its bound of β asks for nothing more: a float64 pass would take as long."""
    if network.objective.squared_scale is None or network.teacher is not None:
        return None
    form = (forms or curvature_forms(network))[0]
    if CURVATURE_FORMS[form].norms or form == "recursion" or not _affordable(network, form, effort):
        return None
    with precision(128), suppress(EnclosureFailure):
        return linearise(network, BallMatrix)
    return None


def _counted(network: Network, residual: float) -> Estimates:
    """Loss and residual of a plain sum of squares."""
    counts = network.sample_count, network.residual_count, network.trained_parameter_count
    return Estimates(*counts, float(squared_scale(network)) * residual**2, residual)


def loss_only(network: Network) -> Estimates:
    """Loss and residual, for kinds of claims that ask for no small residual.

    Examples
    --------
    >>> import verify
    >>> print(loss_only(verify.from_arrays([[[0.5]], [[1.0]]], None, "quadratic", [[2.0]], [[0.0]])))
    estimates: loss 1, residual 1
    """
    objective = FloatObjective(network)
    weights = objective.initial()
    with np.errstate(all="ignore"):
        loss = objective.value(weights)
        residual = float(np.linalg.norm(objective.outputs(weights) - objective.targets))
    if network.objective.squared_scale is None:
        residual = math.nan
    counts = network.sample_count, network.residual_count, network.trained_parameter_count
    return Estimates(*counts, loss, residual)


def _with_spectrum(found: Estimates, seen: Spectrum, part: Network) -> Estimates:
    """λ_min and λ_max of K on some samples, or on all."""
    count, remarks = part.sample_count, found.remarks
    if count < found.samples:
        remarks = (*remarks, f"λ_min is of {count:,} of {found.samples:,} samples; of all of them it is smaller")
    return replace(found, smallest=seen.smallest, largest=seen.largest, kernel_samples=count, remarks=remarks)


def _with_landscape(found: Estimates, given: Network, effort: float, forms: tuple[CurvatureForm, ...]) -> Estimates:
    """β on all samples, or on as many as the effort allows."""
    reason = next((each.reason for each in map(smoothness, given.activations) if not each.is_certainly_c11), "")
    if reason:
        return replace(found, remarks=(*found.remarks, f"β is not bounded: {reason}"))
    part = given
    if not _affordable(given, forms[0], effort):
        part = _some(given, lambda few: _affordable(few, forms[0], min(effort, SECONDS)))
    for form in forms:
        try:
            return replace(found, landscape=survey(part, form), curvature_samples=part.sample_count)
        except EnclosureFailure as failure:
            reason = str(failure)
    return replace(found, remarks=(*found.remarks, f"β is not bounded: {reason}"))


def _with_needed(found: Estimates) -> Estimates:
    """Integrate σ, and say what was left out; a landscape of some samples only is of no use to a search."""
    landscape, count, remarks = found.landscape, found.samples, found.remarks
    if landscape is None:
        return found
    whole = found.curvature_samples == count
    if not whole:
        few = f"β is of {found.curvature_samples:,} of {count:,} samples; of all it is larger, and less needed"
        sure = found.smallest > rounding(found.equations, found.largest)
        landscape = replace(landscape, smallest=min(landscape.smallest, math.sqrt(found.smallest) if sure else 0.0))
        remarks = (*remarks, few)
    return replace(
        found,
        curvature=float(landscape.betas[0]),
        needed=landscape.admissible,
        remarks=remarks,
        landscape=landscape if whole else None,
    )


# ---- what is affordable --------------------------------------------------------------------------------------------


def _affordable(network: Network, form: CurvatureForm, effort: float) -> bool:
    work = form_workload(network, form)
    spent = work.operations + _OPERATIONS_OF_A_BALL * work.scalars
    return spent <= effort and work.excess("fast", DEFAULT_BUDGET) is None


def _kernel_operations(network: Network) -> float:
    return 2.0 * network.residual_count**2 * sum(network.widths) + 3.0 * float(network.residual_count) ** 3


def _some(network: Network, fits: Callable[[Network], bool]) -> Network:
    """The problem on all samples, or on so many, spread evenly, that it fits; on one if nothing does."""
    part, count = network, network.sample_count
    while not fits(part) and count > 1:
        count //= 2
        part = fewer_samples(network, count)
    return part
