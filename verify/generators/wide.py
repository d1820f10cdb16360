"""Wide networks of one hidden layer at their random start, under an output layer that stays (theory 5.3)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certificates.errors import MalformedProblem
from certificates.subjects import Network
from verify.generators.initialisations import gaussian_rows, rademacher
from verify.generators.streams import stream
from verify.problems import from_arrays
from verify.problems.exact import exact_rational
from verify.problems.loss import LossName

__all__ = ["unit_data", "wide_problem"]

Array = NDArray[np.float64]

_DATA, _START = 0, 1  # streams of a seed: other widths are started on the same data


def unit_data(samples: int, dimension: int, *, seed: int = 0) -> tuple[Array, Array]:
    """Random inputs and labels: x_i uniform on the unit sphere up to rounding, (n, d), and y_i = ±1, (n,).

    Examples
    --------
    >>> inputs, labels = unit_data(3, 2)
    >>> inputs.shape, sorted(set(np.abs(labels)))
    ((3, 2), [np.float64(1.0)])
    """
    rng = stream(seed, _DATA)
    drawn = gaussian_rows(rng, samples, dimension)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True), rademacher(rng, samples)


def wide_problem(
    inputs: Any,
    targets: Any,
    *,
    width: int,
    activation: str = "relu",
    scale: Fraction | int | float | str = 1,
    seed: int = 0,
    antisymmetric: bool = False,
    loss: LossName = "half-sum",
) -> Network:
    """The network x ↦ (α/√m) Σ_r a_r φ(w_r·x), w_r ~ N(0, I) and a_r = ±1 drawn, of which only the w_r are trained.

    Parameters
    ----------
    inputs, targets
        X, (n, d), and y, (n,).
    width
        m, at least 1.
    activation
        φ: catalogue name or expression in z.
    scale
        α > 0. The output layer holds ±v, v = fl(α/√m): what is proved is about v.
    seed
        Of the start.
    antisymmetric
        Units in pairs w_(r+m/2) = w_r, a_(r+m/2) = −a_r, so that every output is 0 in exact arithmetic; m is even.
    loss
        As in :func:`verify.from_arrays`.

    Returns
    -------
    Network
        The same for the same arguments, on every machine with the same numpy. A note says how it was drawn.

    Raises
    ------
    MalformedProblem
        A width or scale that is none, an odd width of pairs, or arrays that do not fit.

    Examples
    --------
    >>> network = wide_problem([[0.6, 0.8], [1, 0]], [1, -1], width=4, activation="tanh", antisymmetric=True)
    >>> network, network.layers[1].weight
    (Network(2–4–1, tanh, n=2, squared), array([[ 0.5, -0.5, -0.5,  0.5]]))
    """
    alpha = exact_rational(scale, "scale")
    if width < 1 or alpha <= 0 or (antisymmetric and width % 2):
        raise MalformedProblem(
            f"no network of width {width} and scale {alpha}",
            place="scale" if alpha <= 0 else "width",
            remedy="a positive scale" if alpha <= 0 else "an even width" if antisymmetric else "at least one unit",
        )
    rows = np.array(inputs, dtype=np.float64)
    drawn = width // 2 if antisymmetric else width
    rng = stream(seed, _START)
    first, signs = gaussian_rows(rng, drawn, rows.shape[1] if rows.ndim == 2 else 1), rademacher(rng, drawn)
    if antisymmetric:
        first, signs = np.concatenate([first, first]), np.concatenate([signs, -signs])
    outer = float(alpha) / np.sqrt(width) * signs
    network = from_arrays([first, outer[None, :]], None, activation, rows, targets, loss=loss, frozen=(1,))
    kind = "antisymmetric" if antisymmetric else "plain"
    note = f"wide start: width {width}, scale {alpha}, seed {seed}, {kind}"
    return replace(network, notes=(*network.notes, note))
