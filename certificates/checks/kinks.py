"""What a rule about kinks asks of a network, of its list of kinks, and of the ball around the weights (theory 6.7)."""

from __future__ import annotations

import numpy as np
from flint import arb

from certificates.arithmetic.rounding import BoolArray, FloatArray
from certificates.checks.outcome import Refusal
from certificates.enclosures.objectives.kink_forces import HeldRow, distances_from_kinks
from certificates.enclosures.objectives.kinks import Sides, extended_inputs, least_singular_value, sides_of
from certificates.enclosures.objectives.point import Point
from certificates.subjects import Network

__all__ = ["require_independent", "require_kinks", "require_sides_kept", "require_two_sides"]


def require_two_sides(check: int, problem: Network) -> Sides:
    """Refuse all but one hidden layer of two-slope units, both layers trained, with given labels."""
    sides = sides_of(problem.activations[0])
    trained = all(layer.trained for layer in problem.layers)
    if len(problem.layers) != 2 or not trained or sides is None or problem.teacher is not None:
        shown = ", ".join(dict.fromkeys(activation.text[:40] for activation in problem.activations))
        raise Refusal.undecided(
            check,
            "the rule is about one hidden layer of ReLU or leaky ReLU units, both layers trained",
            required="two trained layers, φ(u) = a u for u < 0 and b u for u > 0, given labels",
            seen=f"{len(problem.layers)} layers, {'trained' if trained else 'some frozen'}, {shown}, "
            f"labels {'given' if problem.teacher is None else 'of a teacher'}",
        )
    return sides


def require_kinks(
    check: int, kinks: tuple[tuple[int, int], ...], given: tuple[float, ...], problem: Network
) -> tuple[BoolArray, FloatArray]:
    """A and θ as arrays, (n, units); refuse pairs that are none of the network's, and samples whose inputs are all 0.

    Parameters
    ----------
    check
        The number of the check.
    kinks, given
        Pairs (sample, unit), and the share of each.
    problem
        A network of one hidden layer.
    """
    shape = problem.sample_count, problem.widths[1]
    fits = all(sample < shape[0] and unit < shape[1] for sample, unit in kinks)
    if not fits or len(given) != len(kinks) or not np.isfinite(given).all():
        raise Refusal.rejected(
            check,
            "the kinks and their shares do not fit the network",
            required=f"pairs below ({shape[0]}, {shape[1]}), a finite share for each",
            seen=f"{len(kinks)} kinks, {len(given)} shares",
        )
    held, shares = np.zeros(shape, dtype=bool), np.zeros(shape)
    for pair, share in zip(kinks, given, strict=True):
        held[pair], shares[pair] = True, share
    empty = np.flatnonzero(held.any(axis=1) & ~extended_inputs(problem).any(axis=1))
    if empty.size:
        raise Refusal.rejected(
            check,
            f"all inputs of sample {empty[0]} are 0, so that every unit is 0 on it at all weights: it is no kink",
            required="x̃_i ≠ 0",
            advice="leave the sample out of the kinks",
        )
    return held, shares


def require_sides_kept(check: int, point: Point, held: BoolArray, moves: FloatArray) -> None:
    """Refuse a ball on which a unit that is not held may change its side.

    Parameters
    ----------
    check
        The number of the check.
    point
        f_θ at the weights.
    held
        A, (n, units).
    moves
        Upper bounds of ‖x̃_i‖R, (n,).
    """
    distances = distances_from_kinks(point)
    near = (distances <= moves[:, None]) & ~held & (moves > 0)[:, None]
    if near.any():
        sample, unit = (int(index[0]) for index in np.nonzero(near))
        raise Refusal.undecided(
            check,
            f"unit {unit} may be at its kink on sample {sample} within the radius, and the kinks leave it out",
            required=f"|u| > ‖x̃‖R = {moves[sample]:.6g}",
            seen=f"|u| ≥ {max(0.0, float(distances[sample, unit])):.6g}",
            advice="a smaller radius, or this pair among the kinks",
        )


def require_independent(check: int, samples: FloatArray, rows: list[HeldRow]) -> arb | None:
    """A lower bound of σ_min(C), whose blocks are those of the units; ``None`` without rows.

    Parameters
    ----------
    check
        The number of the check.
    samples
        x̃, (n, d).
    rows
        C.
    """
    least: arb | None = None
    held: dict[int, list[int]] = {}
    for row in rows:
        held.setdefault(row.unit, []).append(row.sample)
    for unit, chosen in held.items():
        found = least_singular_value(samples[chosen])
        if found is None:
            raise Refusal.undecided(
                check,
                f"the samples on which unit {unit} is held are not shown to be independent",
                required="as many independent x̃ as kinks of the unit",
                seen=f"{len(chosen)} kinks of unit {unit}",
                advice="weights on fewer kinks",
            )
        least = found if least is None else least.min(found)
    return least
