"""The one list of kinds. Each is loaded when it is asked for, from the file that the list names and no other.

Nothing is found by scanning folders or registering: a stray file becomes no rule. A name from a certificate is
compared with the entries; what is imported is the equal entry.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final, TypeAlias, cast

from certificates.checks.kind import Kind
from certificates.errors import MalformedCertificate
from certificates.language.claim import Claim
from certificates.subjects import Problem

__all__ = ["KINDS", "AnyKind", "basename", "find"]

AnyKind: TypeAlias = Kind[Claim, object, Problem]

KINDS: Final = (
    "zero-loss-convergence",
    "gaussian-moment",
    "zhong-rho",
    "zhong-rho-global",
    "slope-growth",
    "positive-rho",
    "lipschitz-slope",
    "piecewise-affine",
    "activation-counterexample",
    "nondegenerate-activation",
    "tensor-constant",
    "orthogonal-population-convexity",
    "optimality-gap",
    "negative-curvature",
    "global-landscape",
    "second-order-stationary",
    "orbit-convergence",
    "certified-orbit-run",
    "gradient-dominance",
    "gradient-dominance-sos",
)


def basename(name: object) -> str:
    """The basename of a kind's files, made from the equal entry of the list.

    Raises
    ------
    MalformedCertificate
        No entry is equal.

    Examples
    --------
    >>> basename("zhong-rho")
    'zhong_rho'
    """
    for entry in KINDS:
        if entry == name:
            return entry.replace("-", "_")
    raise MalformedCertificate(
        f"unknown kind {ascii(name)[:60]}", place="kind", remedy=f"this version knows {', '.join(KINDS)}"
    )


def find(name: object) -> AnyKind:
    """The kind of that name; loads its rule and what the rule needs, and no other rule.

    Raises
    ------
    MalformedCertificate
        The list has no such kind.

    Examples
    --------
    >>> find("zhong-rho").title
    'ρ at a point'
    """
    base = basename(name)
    kind = import_module(f"certificates.rules.{base}").KIND
    if not isinstance(kind, Kind) or kind.name.replace("-", "_") != base:
        raise ImportError(f"certificates.rules.{base} does not define its kind")
    return cast("AnyKind", kind)
