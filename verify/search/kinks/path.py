"""From any weights of a ReLU net to a minimum on kinks: homotopy, reduction, Newton's method, in turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from certificates import Network
from certificates.enclosures.objectives.kinks import Sides
from verify.numeric.smooth_objective import FloatObjective
from verify.search.kinks.active_set import End, settle
from verify.search.kinks.bilinear import Array, Bilinear
from verify.search.kinks.face import Face, Held
from verify.search.kinks.homotopy import LAST_SHARPNESS, smoothed_minimum
from verify.search.kinks.reduction import reduced
from verify.search.objective_polish import PolishedObjective, Progress, changed_predictions

__all__ = ["SettledFace", "face_at", "polish_on_kinks"]

_UNDECIDED = 10.0  # |βu| at which a softplus unit is nearly on one side
_AT_KINK = 1e-11  # |u| in units of ‖w̃‖‖x̃‖ that is rounding
_ROUNDS = 4


@dataclass(frozen=True)
class SettledFace:
    """Where polishing ended.

    Parameters
    ----------
    face
        The weights, their kinks and shares.
    polished
        The same as other searches report it.
    notes
        What was removed.
    """

    face: Face
    polished: PolishedObjective
    notes: tuple[str, ...]


def face_at(network: Network, sides: Sides) -> Face:
    """The weights as given, on the kinks at which they are but for rounding; shares by their multipliers."""
    net = Bilinear(network, sides)
    w = net.initial()
    face = Face(net, w, _near(net, w))
    face.weights = w
    face.shares = face.look().shares
    return face


def _near(net: Bilinear, w: Array) -> Held:
    sizes = np.linalg.norm(net.samples, axis=1)[:, None] * np.linalg.norm(w[net.inner], axis=1)
    return np.asarray(np.abs(net.inputs_of_units(w)) <= _AT_KINK * sizes)


def polish_on_kinks(network: Network, sides: Sides, progress: Progress, likeness: float = 1e-4) -> SettledFace:
    """Move the weights to a minimum on kinks, of a smaller network where units are dead or copies.

    Parameters
    ----------
    network
        One hidden layer with two-slope units.
    sides
        Their slopes.
    progress
        Told the stage, the step and ‖Π∇f‖.
    likeness
        The angle between units up to which they are merged.
    """
    net = Bilinear(network, sides)
    w = smoothed_minimum(net, net.initial(), lambda stage: progress("softplus of growing sharpness", stage, None))
    found = reduced(net, w, likeness)
    net = Bilinear(found.network, sides)
    w = net.initial()
    face = Face(net, w, np.abs(LAST_SHARPNESS * net.inputs_of_units(w)) < _UNDECIDED)
    kept, dead, copies, steps = found.kept, found.dead, found.copies, 0

    def told(step: int, size: float) -> None:
        nonlocal steps
        steps += 1
        progress("Newton on kinks", step, size)

    for _ in range(_ROUNDS):
        end = settle(face, told)
        again = reduced(face.net, face.weights, likeness)
        if not again.dead + again.copies:
            break
        kept, dead, copies = tuple(kept[k] for k in again.kept), dead + again.dead, copies + again.copies
        net = Bilinear(again.network, sides)
        face = Face(net, net.initial(), _near(net, net.initial()))
    else:
        end = settle(face, told)
    notes = _notes(network, dead, copies)
    return SettledFace(face, _polished(network, face, end, steps, (kept, notes)), notes)


def _notes(network: Network, dead: int, copies: int) -> tuple[str, ...]:
    """What the network lacks beside the given one."""
    units, found = network.widths[1], []
    if dead:
        found.append(f"{dead} of {units} hidden units carry nothing at the minimum and are left out of this network")
    if copies:
        found.append(f"{copies} of {units} hidden units double others, or nearly do, and are merged into them")
    return tuple(found)


def _polished(
    given: Network, face: Face, end: End, steps: int, left: tuple[tuple[int, ...], tuple[str, ...]]
) -> PolishedObjective:
    network = face.net.with_weights(face.weights)
    network = replace(network, notes=(*given.notes, *left[1])[-32:])
    before, after = FloatObjective(given), FloatObjective(network)
    start, there, look = before.initial(), after.initial(), face.look()
    outputs = before.outputs(start), after.outputs(there)
    size = float(np.linalg.norm(face.gradient_at(face.weights)))
    return PolishedObjective(
        network=network,
        correction=np.zeros_like(there),
        ended="minimum" if end == "minimum" else "steps" if end == "steps" else "stuck",
        distance=_distance(given, face, left[0]),
        losses=(before.value(start), after.value(there)),
        changed=changed_predictions(given, *outputs),
        gradient_norms=(float(np.linalg.norm(before.gradient(start))), size, size),
        eigenvalues=(float(look.values[0]), float(look.values[-1])),
        softest=look.basis @ look.vectors[:, 0],
        steps=steps,
    )


def _distance(given: Network, face: Face, kept: tuple[int, ...]) -> float:
    """Between the weights, with 0 for those of units that are left out."""
    whole = Bilinear(given, Sides(Fraction(0), Fraction(1)))
    w, found = whole.initial(), np.zeros(whole.size)
    found[whole.inner[list(kept)]] = face.weights[face.net.inner]
    columns = [*kept, *range(whole.units, whole.outer.shape[1])]
    found[whole.outer[:, columns]] = face.weights[face.net.outer]
    return float(np.linalg.norm(found - w))
