"""Checks 3, 5 and 6 of the rule about wide layers: independent features, full rank of what lies above (theory 5.2.2).

3. No known reason makes the features dependent, and the widths above allow the spectra that are asked for.
5. λ_min(H̃H̃ᵀ) > 0 at the weights.
6. By samples: λ_min(J_iJ_iᵀ) > 0 for all i. By layers: λ_min(W_lW_lᵀ) > 0, and φ' ≠ 0 in between.
"""

from __future__ import annotations

from typing import Any

from flint import arb

from certificates.arithmetic.arb import exact, lower
from certificates.checks.outcome import Refusal
from certificates.checks.wide_layers import dependent_features, first_growth, narrowest_above
from certificates.claims.wide_gradient_dominance import Evidence
from certificates.enclosures.networks.upper_layers import SampleJacobians, UpperLayers
from certificates.subjects import Network

__all__ = ["feature_strength", "layer_strengths", "require_possible", "sample_strength"]


def require_possible(k: int, evidence: Evidence, problem: Network) -> None:
    """Check 3: refuse what the data or the widths rule out."""
    found = dependent_features(problem, k)
    if found is not None:
        raise Refusal.rejected(3, found.reason, required=found.required, seen=found.seen, advice=found.advice)
    widths, grows, narrow = problem.widths, first_growth(problem, k), narrowest_above(problem, k)
    if evidence.layers is not None and grows is not None:
        raise Refusal.rejected(
            3,
            f"layers.{grows - 1}.weight has more rows than columns, and so dependent rows: widths must not increase "
            f"from the outputs of layers.{k} on",
            required=" ≥ ".join(f"d_{j}" for j in range(k + 1, len(widths))),
            seen=", ".join(f"d_{j} = {widths[j]}" for j in range(k + 1, len(widths))),
            advice="evidence by samples, a layer further up, or other widths",
        )
    if evidence.samples is not None and narrow is not None:
        raise Refusal.rejected(
            3,
            f"layers.{narrow - 1} has fewer outputs than the network: no J_i has independent rows",
            required=f"at least {widths[-1]} units in every layer from layers.{k} on",
            seen=f"d_{narrow} = {widths[narrow]}",
            advice="a layer further up, or other widths",
        )


def feature_strength(layers: UpperLayers[Any], shift: float, *, precise: bool) -> arb:
    """Check 5: σ_min(H̃ᵀ) at the weights, from below.

    Parameters
    ----------
    layers
        At the weights.
    shift
        Slightly below λ_min(H̃H̃ᵀ).
    precise
        Whether no more precise arithmetic is left.
    """
    found = layers.features.gram().smallest_eigenvalue(shift)
    if found is None or not lower(found) > 0:
        below = f"other weights below it (`verify problem perturb PROBLEM --below {layers.k} -o OUT`), a wider layer"
        raise Refusal.undecided(
            5,
            f"the inputs of layers.{layers.k} are not proven independent for all samples",
            required="λ_min(H̃H̃ᵀ) > 0",
            seen=f"no factorisation of H̃H̃ᵀ − {shift:.6g} I" if found is None else f"λ_min(H̃H̃ᵀ) ≥ {lower(found):.6g}",
            advice=f"{below if layers.k else 'fewer samples'}, or a smaller shift",
            options="" if precise else "--arithmetic arb",
        )
    return exact(lower(found)).sqrt()


def sample_strength(jacobians: SampleJacobians[Any], shift: float, problem: Network) -> arb:
    """Check 6: min_i σ_min(J_iᵀ) at the weights, from below.

    Parameters
    ----------
    jacobians
        J_i, enclosed.
    shift
        Slightly below all λ_min(J_iJ_iᵀ).
    problem
        Of which they are.
    """
    bounds = []
    for index in range(problem.sample_count):
        found = jacobians.grams.sample_matrix(index, problem.widths[-1]).smallest_eigenvalue(shift)
        if found is None or not lower(found) > 0:
            raise Refusal.undecided(
                6,
                f"the derivative of the outputs at sample {index} is not proven to have full rank",
                required="λ_min(J_iJ_iᵀ) > 0",
                seen=f"no factorisation of J_iJ_iᵀ − {shift:.6g} I" if found is None else "no positive bound",
                advice="a smaller shift, or a layer further up",
            )
        bounds.append(lower(found))
    return exact(min(bounds)).sqrt()


def layer_strengths(layers: UpperLayers[Any], shifts: tuple[float, ...]) -> list[arb]:
    """Check 6: σ_min(W_lᵀ), l ≥ k + 2, and then min |φ'(z_l)|, l = k + 1 … H − 1, at the weights, from below.

    Parameters
    ----------
    layers
        At the weights.
    shifts
        Slightly below λ_min(W_lW_lᵀ), one a layer.
    """
    found: list[arb] = []
    for index, shift in enumerate(shifts, layers.k + 1):
        weight = layers.features.from_exact(layers.network.layers[index].weight)
        least = weight.gram().smallest_eigenvalue(shift)
        if least is None or not lower(least) > 0:
            raise Refusal.undecided(
                6,
                f"layers.{index}.weight is not proven to have independent rows",
                required="λ_min(WWᵀ) > 0",
                seen=f"no factorisation of WWᵀ − {shift:.6g} I" if least is None else "a bound that is not positive",
                advice="a smaller shift, or evidence by samples",
            )
        found.append(exact(lower(least)).sqrt())
    for index, slope in enumerate(layers.least_slopes(), layers.k):
        if not slope > 0:
            raise Refusal.undecided(
                6,
                f"φ' is not shown to be away from 0 at all units of hidden layer {index}",
                required="φ' ≠ 0",
                seen=layers.network.activations[index].text[:60],
                advice="evidence by samples, an activation that increases strictly, or a layer further up",
            )
        found.append(slope)
    return found
