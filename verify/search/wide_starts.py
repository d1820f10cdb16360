"""Wide layers under a frozen output of ±v: the width or output scale that would certify a start (theory 5.3.5).

For outputs 0 at the start, the criterion admits labels of a norm that grows as v·m = α√m (theorem 5.3.8).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from certificates import Network, Rejected, Undecided
from verify.search.estimated import Estimates
from verify.search.random_widths import demanded_width

__all__ = ["WideStart", "demand_note", "wide_notes", "wide_start", "with_width"]

_CRITERION_CHECK = 7  # of zero-loss convergence
_MOST_SAMPLES = 2_000  # whose limit kernel is looked at for a note
_NO_WIDTH = 1e60
_SPARE = 1.05  # other draws have other kernels


@dataclass(frozen=True)
class WideStart:
    """A layer of ``units`` under output weights of ±v.

    Parameters
    ----------
    units
        m.
    scale
        α = v√m.
    label_norm
        ‖y‖.
    """

    units: int
    scale: float
    label_norm: float

    def enough_units(self, admitted: float) -> float:
        """About how many units would do at this scale, where the criterion admits residuals of that norm."""
        return self.units * (self.label_norm / admitted) ** 2

    def enough_scale(self, admitted: float) -> float:
        """Which output scale would do at this width."""
        return self.scale * self.label_norm / admitted


def wide_start(network: Network) -> WideStart | None:
    """What it is, or ``None`` for other networks.

    Examples
    --------
    >>> from verify import unit_data, wide_problem
    >>> wide_start(wide_problem(*unit_data(4, 4), width=16, activation="tanh"))
    WideStart(units=16, scale=1.0, label_norm=2.0)
    """
    layers = network.layers
    if len(layers) != 2 or [layer.trained for layer in layers] != [True, False] or network.teacher is not None:
        return None
    outer = np.abs(layers[1].weight)
    if len(outer) != 1 or outer[0, 0] == 0 or not (outer == outer[0, 0]).all() or layers[1].bias is not None:
        return None
    units = outer.shape[1]
    with np.errstate(all="ignore"):
        length = float(np.linalg.norm(network.given_targets))
    return WideStart(units, float(outer[0, 0] * np.sqrt(units)), length)


def demand_note(network: Network) -> tuple[str, ...]:
    """What the theorem about random starts asks for on these data, beside what is looked at here."""
    if network.sample_count > _MOST_SAMPLES or wide_start(network) is None:
        return ()
    with np.errstate(all="ignore"):
        asked = demanded_width(network)
    if not asked < _NO_WIDTH:  # a kernel that is singular, up to rounding
        return ()
    return (f"theory 5.3.3, the theorem of Du et al., asks for about {asked:.1g} ReLU units here, at δ = 1/10",)


def wide_notes(network: Network, known: Estimates) -> tuple[str, ...]:
    """Beside an accepted claim: about how many units would have done, and what the theorem asks for."""
    start = wide_start(network)
    if start is None or not known.needed > 0:
        return ()
    enough = start.enough_units(known.needed)
    return f"by its growth the criterion holds from about {_count(enough)} such units on", *demand_note(network)


def with_width(verdict: Rejected | Undecided, network: Network, known: Estimates) -> Rejected | Undecided:
    """The refusal of the criterion with the scale and the width at which it would hold; other refusals as they are."""
    start = wide_start(network)
    if start is None or verdict.check != _CRITERION_CHECK or not known.needed > 0:
        return verdict
    admitted = known.needed / _SPARE
    return replace(
        verdict,
        advice=(
            "a start whose outputs are 0 (`verify problem wide --antisymmetric`) with an output scale of about "
            f"{start.enough_scale(admitted):.3g} (`verify problem wide --scale`), or with about "
            f"{_count(start.enough_units(admitted))} units (`verify problem wide --width`), or {verdict.advice}"
        ),
    )


def _count(number: float) -> str:
    """Three digits, written out."""
    return f"{float(f'{number:.3g}'):,.0f}" if number < 1e9 else f"{number:.3g}"
