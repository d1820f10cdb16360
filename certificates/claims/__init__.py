"""The language of claims: one file per kind, each with a ``Claim`` and an ``Evidence`` dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from certificates.claims import (
    activation_property,
    certified_orbit_run,
    gaussian_moment,
    global_landscape,
    gradient_dominance,
    gradient_dominance_sos,
    negative_curvature,
    optimality_gap,
    orbit_convergence,
    orthogonal_population_convexity,
    second_order_stationary,
    tensor_constant,
    zero_loss_convergence,
    zhong_rho,
    zhong_rho_global,
)
from certificates.language.parts import AssumedGrowth, Interval, Origin

__all__ = ["KINDS", "AssumedGrowth", "Interval", "Origin"]

_MODULES = (
    zero_loss_convergence,
    gaussian_moment,
    zhong_rho,
    zhong_rho_global,
    activation_property,
    tensor_constant,
    orthogonal_population_convexity,
    optimality_gap,
    negative_curvature,
    global_landscape,
    second_order_stationary,
    orbit_convergence,
    certified_orbit_run,
    gradient_dominance,
    gradient_dominance_sos,
)

KINDS: Mapping[str, ModuleType] = {module.Claim.kind: module for module in _MODULES}
