"""The arc sine of correlations, with a radius for each entry; numpy's is not asked (theory 5.3.1)."""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import spend

__all__ = ["arcsine"]

_ERROR = 2.0**-48
_HALF_PI = float.fromhex("0x1.921fb54442d18p+0")
_BELOW_ONE = 1.0 - 2.0**-53


def arcsine(correlations: BallArray) -> BallArray:
    """Arcsin ρ for ρ in [−1, 1].

    Parameters
    ----------
    correlations
        Midpoints m in [−1, 1] and one radius r < 1/4; points outside [−1, 1] do not count.

    Guarantee
    ---------
    arcsin m = arctan(m/√((1 − m)(1 + m))): the quotient t errs by 4u relatively, at most 4u|t|/(1 + t²) ≤ 2.1u after
    the arctangent, which itself errs by 2⁻⁴⁹; 2⁻⁴⁸ for both. On the ball arcsin moves by at most

    - r/√(1 − (|m| + r)²), where |m| + r < 1, as its slope grows towards the ends; the quotient is rounded up; and
    - π√(r/2) ≥ arccos(1 − r), its modulus of continuity on [−1, 1].

    Examples
    --------
    >>> found = arcsine(BallArray(np.array([0.5, 1.0]), 2.0**-50))
    >>> bool(abs(found.mid[0] - np.pi / 6) < found.rad[0] < 1e-14), bool(found.rad[1] < 1e-7)
    (True, True)
    """
    spend(300)
    radius = correlations.radius + 2.0**-53  # midpoints move by that much
    mid = np.clip(correlations.mid, -_BELOW_ONE, _BELOW_ONE)
    with np.errstate(all="ignore"):
        values = (BallArray(mid / np.sqrt((1.0 - mid) * (1.0 + mid)))).atan().mid
        edge = np.minimum((np.abs(mid) + radius) * (1.0 + 2.0**-51), 1.0)
        slope = (1.0 - edge) * (1.0 + edge)
        steep = np.where(slope > 0, radius / np.sqrt(np.maximum(slope, 2.0**-60)), 4.0)
        spread = np.minimum(steep, _HALF_PI * np.sqrt(2.0 * radius)) * (1.0 + 2.0**-48)
    return BallArray(values, spread + _ERROR)
