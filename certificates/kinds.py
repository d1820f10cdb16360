"""The one list of kinds, a line about each. Each is loaded when it is asked for, from the file that the list names.

Nothing is found by scanning folders or registering: a stray file becomes no rule. A name from a certificate is
compared with the entries; what is imported is the equal entry. The list itself needs nothing of the judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from certificates.errors import MalformedCertificate

if TYPE_CHECKING:
    from certificates.checks.kind import Kind
    from certificates.language.claim import Claim
    from certificates.subjects import Problem

__all__ = ["KINDS", "AnyKind", "basename", "find"]

AnyKind: TypeAlias = "Kind[Claim, object, Problem]"

KINDS: Final[Mapping[str, str]] = {
    "zero-loss-convergence": "gradient descent from these weights converges to zero loss (theory 1.2-1.4)",
    "gaussian-moment": "E[φ'(σz)ⁱ zʲ] lies in an interval, z ~ N(0, 1) (theory 2.3)",
    "zhong-rho": "T_1, T_2, T_3 and ρ(σ) = min T_k of Zhong et al. lie in intervals, at one σ (theory 2.1)",
    "zhong-rho-global": "ρ(σ) ≥ c (bσ)^p/(1 + (bσ)²)^Q for all σ > 0 (theory 2.5)",
    "slope-growth": "0 ≤ φ'(z) ≤ A + B|z|^p for almost every z; P1 of Zhong et al. where A = 0 (theory 2.4)",
    "positive-rho": "ρ(σ) = min(T₁, T₂, T₃) > 0 for every σ > 0; P2 of Zhong et al. (theory 2.4)",
    "lipschitz-slope": "φ' is Lipschitz with a constant; P3(a) of Zhong et al., in two readings (theory 2.4)",
    "piecewise-affine": "φ is continuous and affine between its kinks; P3(b) of Zhong et al. (theory 2.4)",
    "activation-counterexample": "one witness refutes P1, P2, P3(a) or P3(b) of Zhong et al. (theory 2.4)",
    "nondegenerate-activation": "our reading of Assumption 2.3 of Soltanolkotabi et al. (theory 2.3)",
    "tensor-constant": "the constants of the moment tensors that initialise recovery (theory 2.7, S1 to S4)",
    "orthogonal-population-convexity": "the population Hessian at orthogonal planted weights (theory 2.1)",
    "population-strong-convexity": "the smallest eigenvalue of the population Hessian at W* (theory 4.1)",
    "population-null-direction": "a population Hessian at W* is singular, φ of degree ≤ 2 (theory 4.1)",
    "optimality-gap": "how far the loss of a quadratic network is above its infimum (theory 3.2.5 and 3.3)",
    "negative-curvature": "weights of a quadratic network that are no minimum (theory 3.2.4)",
    "global-landscape": "a quadratic network's second-order stationary points are global (theory 3.2.2)",
    "second-order-stationary": "gradient, Hessian and gap at the weights of a quadratic network (theory 3.2.5)",
    "orbit-convergence": "gradient descent from near the teacher converges to it up to rotation (theory 3.6.3)",
    "certified-orbit-run": "this run enters the basin of the teacher and converges to it (theory 3.6.5)",
    "gradient-dominance": "‖∇f‖² ≥ 2μf around the weights of a quadratic network (theory 3.2.7 and 3.5.2)",
    "gradient-dominance-sos": "‖∇f‖² ≥ 2μ(f − level) on a ball, by sums of squares (theory 3.5.1)",
    "cross-entropy-convergence": "the cross-entropy of a classifier goes to zero from these weights (theory 6.8)",
    "strict-minimum": "a strict local minimum of exactly this objective lies near these weights (theory 6.4)",
    "certified-accuracy": "how many samples are classified rightly at the exact minimiser nearby (theory 6.4)",
    "spurious-minimum": "a strict local minimum near these weights, and others that are better (theory 4.3)",
    "no-local-minimum": "no minimum of the objective lies in a ball around these weights (theory 4.3)",
    "critical-point": "a critical point of the objective near these weights, with its index (theory 4.3)",
    "strong-convexity": "m ⪯ ∇²f ⪯ M on a whole ball around these weights (theory 4.2)",
    "local-convergence": "gradient descent from every start nearby goes to loss 0, one hidden layer (theory 4.5)",
    "kink-minimum": "a strict minimum of a ReLU network near these weights, on kinks (theory 6.7)",
    "planted-convergence": "gradient descent from near planted weights finds them (theorems 4.2.4 and 4.2.6)",
    "population-minimum": "a critical point of the population ReLU loss near a student, its index (theory 4.4)",
    "deep-linear-gap": "how far the loss of a deep linear network is above its minimum (theory 5.1)",
    "deep-linear-gradient-dominance": "‖∇f‖² ≥ 2μ(f − min f) at weights of a deep linear network (theory 5.1)",
    "tangent-kernel": "the smallest eigenvalue of a tangent kernel, at given weights or in the limit (theory 5.3)",
    "wide-gradient-dominance": "‖∇f‖² ≥ c f at the weights of a network with one wide layer (theory 5.2)",
    "wide-checklist": "four hypotheses about a wide layer, and whether they can hold together (theory 5.2.5)",
    "descent-path": "weights of a deep linear network that are no local minimum, by a path (theory 5.1)",
    "deep-linear-critical": "an exact critical point of a deep linear network, and of which type (theory 5.1)",
    "replicated-minimum": "a local minimum of networks of every width that is not global (theory 5.2)",
    "certified-run": "gradient descent with this step from these weights reaches zero loss (theory 1.7)",
    "convergence-basin": "descent from every start near these weights converges to zero loss (theory 1.10)",
    "float-run": "every binary64 loop of descent from these weights stays near zeros of the loss (theory 1.7)",
    "interpolation": "weights of zero loss lie near these (theory 1.5)",
    "width-bound": "a width from which most random starts of a ReLU layer go to loss 0 (theory 5.3)",
    "relu-convergence": "a wide ReLU layer goes to loss 0 from these weights, by its flow or descent (theory 5.3)",
}


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
    from certificates.checks.kind import Kind

    base = basename(name)
    kind = import_module(f"certificates.rules.{base}").KIND
    if not isinstance(kind, Kind) or kind.name.replace("-", "_") != base:
        raise ImportError(f"certificates.rules.{base} does not define its kind")
    return cast("AnyKind", kind)
