"""How far a problem is from the criterion of zero-loss convergence, estimated in binary64; nothing here is proved.

The criterion asks for ‖e‖ < max_r ∫_0^r (σ_0 − ∫_0^ρ β) dρ, at most λ_min(K)/2β(0) (theory 1.3). β, and where it is
affordable the kernel, are the midpoints of the judge's own enclosures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from certificates import Network
from certificates.checks.network_workload import network_workload
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.claims.zero_loss_convergence import CurvatureForm
from certificates.enclosures.networks.curvature import CURVATURE_FORMS
from certificates.errors import EnclosureFailure, MalformedProblem
from verify.numeric.mlp import FloatNetwork
from verify.numeric.objective import objective_value
from verify.search.fewer_samples import fewer_samples
from verify.search.landscape import FEW_CELLS, Landscape, curvature_forms, survey

__all__ = ["SECONDS", "Estimates", "estimates", "loss_only"]

SECONDS = 1e10  # floating-point operations that take seconds
_ROUNDING = 2.0**-52
_OPERATIONS_OF_A_BALL = 1e3  # in time, of what is counted in single balls


@dataclass(frozen=True)
class Estimates:
    """Numbers in binary64, without error bounds; NaN where one is not known.

    Parameters
    ----------
    samples, equations, parameters
        n, N and p.
    loss, residual
        The objective, and ‖F(w) − y‖ if it is a plain sum of squares.
    smallest, largest
        λ_min and λ_max of K = JJᵀ.
    curvature
        β(0).
    needed
        The largest residual for which the criterion could hold; 0 if K is singular up to rounding.
    kernel_samples, curvature_samples
        How many of the samples λ and β are of, spread evenly; 0 if of none. Of fewer samples λ_min is larger and β
        smaller, so that ``needed`` is too large.
    remarks
        What is not known, and why.
    landscape
        What a search goes on with; ``None`` if it could not be had, or not for all samples.
    """

    samples: int
    equations: int
    parameters: int
    loss: float
    residual: float = math.nan
    smallest: float = math.nan
    largest: float = math.nan
    curvature: float = math.nan
    needed: float = math.nan
    kernel_samples: int = 0
    curvature_samples: int = 0
    remarks: tuple[str, ...] = ()
    landscape: Landscape | None = field(default=None, repr=False, compare=False)

    @property
    def condition(self) -> float:
        """λ_max/λ_min of K; ∞ if λ_min is 0 up to rounding."""
        return self.largest / self.smallest if self.smallest > self.rounding else math.inf

    @property
    def rounding(self) -> float:
        """About as much as λ_min may be wrong: N roundings of λ_max."""
        return self.equations * _ROUNDING * self.largest

    @property
    def excess(self) -> float:
        """How many times too large the residual is; at most 1 where the criterion may hold, ∞ if it never does."""
        return self.residual / self.needed if self.needed else math.inf

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; what is not known, or infinite, is ``None``."""
        numbers = {
            "loss": self.loss,
            "residual": self.residual,
            "needed": self.needed,
            "excess": self.excess,
            "lambda_min": self.smallest,
            "lambda_max": self.largest,
            "condition": self.condition,
            "beta": self.curvature,
        }
        return {
            **{name: value if math.isfinite(value) else None for name, value in numbers.items()},
            "equations": self.equations,
            "parameters": self.parameters,
            "kernel_samples": self.kernel_samples,
            "beta_samples": self.curvature_samples,
            "remarks": list(self.remarks),
        }

    def __str__(self) -> str:
        """One line."""
        parts = [f"loss {self.loss:.3g}" if math.isfinite(self.loss) else "the loss overflows"]
        parts += [f"λ_min {self.smallest:.3g}"] if not math.isnan(self.smallest) else []
        parts += [f"β {self.curvature:.3g}"] if not math.isnan(self.curvature) else []
        parts += [f"residual {self.residual:.3g}"] if math.isfinite(self.residual) else []
        return f"estimates: {', '.join([*parts, *filter(None, [self.comparison])])}"

    @property
    def comparison(self) -> str:
        """The residual that is needed beside the one there is, in words; empty if nobody asked."""
        if self.equations > self.parameters:
            return f"no residual is small enough: N = {self.equations:,} > p = {self.parameters:,}"
        if math.isnan(self.needed):
            return f"needed: unknown ({self.remarks[0]})" if self.remarks else ""
        if self.needed == 0:
            return "no residual is small enough: λ_min is 0 up to rounding"
        if min(self.kernel_samples, self.curvature_samples) == self.samples:
            return f"needed {self.needed:.3g} ({_times(self.excess)})"
        return f"needed at most {self.needed:.3g} ({'perhaps ' if self.excess < 1 else ''}{_times(self.excess)})"


def _times(excess: float) -> str:
    if excess < 1:
        return "met"
    return f"{excess:.2g}× too large" if 1.1 < excess < 100 else f"{excess:.4g}× too large"


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
    found, net = loss_only(network), FloatNetwork(network)
    if network.objective.squared_scale is None:
        return replace(found, remarks=("the objective is no plain sum of squares",))
    if found.equations > found.parameters:
        return replace(found, smallest=0.0, needed=0.0)
    try:
        given = network if network.teacher is None else replace(network, targets=net.targets, teacher=None)
    except MalformedProblem:
        return replace(found, remarks=("the planted labels overflow",))
    found = _with_landscape(found, given, effort, forms or curvature_forms(given))
    return _with_needed(_with_kernel(found, given), given)


def loss_only(network: Network) -> Estimates:
    """Loss and residual, for kinds of claims that ask for no small residual.

    Examples
    --------
    >>> import verify
    >>> print(loss_only(verify.from_arrays([[[0.5]], [[1.0]]], None, "quadratic", [[2.0]], [[0.0]])))
    estimates: loss 1, residual 1
    """
    net = FloatNetwork(network)
    with np.errstate(all="ignore"):
        outputs = net.outputs(net.initial())
        loss = objective_value(network, outputs, net.targets)
        residual = float(np.linalg.norm(outputs - net.targets))
    if network.objective.squared_scale is None:
        residual = math.nan
    counts = network.sample_count, network.residual_count, network.trained_parameter_count
    return Estimates(*counts, loss, residual)


def _with_landscape(found: Estimates, given: Network, effort: float, forms: tuple[CurvatureForm, ...]) -> Estimates:
    """β on all samples, or on as many as the effort allows."""
    part = given
    if not _affordable(given, forms[0], effort):
        part = _some(given, lambda few: _affordable(few, forms[0], min(effort, SECONDS)))
    reason = ""
    for form in forms:
        try:
            return replace(found, landscape=survey(part, form), curvature_samples=part.sample_count)
        except EnclosureFailure as failure:
            reason = str(failure)
    return replace(found, remarks=(f"β is not bounded: {reason}",))


def _with_kernel(found: Estimates, given: Network) -> Estimates:
    """λ_min and λ_max of K: those of the landscape, or of a plain float64 kernel of more samples."""
    part = _some(given, lambda few: _kernel_operations(few) <= SECONDS)
    if found.landscape is not None and found.curvature_samples >= part.sample_count:
        smallest, largest = found.landscape.eigenvalues
        return replace(found, smallest=smallest, largest=largest, kernel_samples=found.curvature_samples)
    net = FloatNetwork(part)
    with np.errstate(all="ignore"):
        kernel = net.tangent_kernel(net.initial())
    if not np.isfinite(kernel).all():
        return replace(found, remarks=(*found.remarks, "the kernel overflows"))
    values = np.linalg.eigvalsh(kernel)
    return replace(found, smallest=float(values[0]), largest=float(values[-1]), kernel_samples=part.sample_count)


def _with_needed(found: Estimates, given: Network) -> Estimates:
    """Integrate σ, and say what was left out; a landscape of some samples only is of no use to a search."""
    landscape, count, remarks = found.landscape, given.sample_count, list(found.remarks)
    if 0 < found.kernel_samples < count:
        remarks.append(f"λ_min is of {found.kernel_samples:,} of {count:,} samples; of all of them it is smaller")
    if landscape is None:
        return replace(found, remarks=tuple(remarks))
    if found.curvature_samples < count:
        remarks.append(
            f"β is of {found.curvature_samples:,} of {count:,} samples; of all it is larger, and less needed"
        )
        sure = math.sqrt(found.smallest) if found.smallest > found.rounding else 0.0
        landscape = replace(landscape, smallest=min(landscape.smallest, sure))
    return replace(
        found,
        curvature=float(landscape.betas[0]),
        needed=landscape.admissible,
        remarks=tuple(remarks),
        landscape=landscape if found.curvature_samples == count else None,
    )


# ---- what is affordable --------------------------------------------------------------------------------------------


def _affordable(network: Network, form: str, effort: float) -> bool:
    work = network_workload(network, norms=CURVATURE_FORMS[form].norms, curvatures=FEW_CELLS + 1)
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
