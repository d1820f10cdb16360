"""Students of three teachers at a point that is a saddle in the span and across it."""

from __future__ import annotations

import numpy as np

from verify.search.relu_students import polished

__all__ = ["short_student"]


def short_student() -> np.ndarray:
    """Two students that share three teachers, and a short one turned against all of them: ι = 2, τ = 1."""
    return polished(np.array([[-0.1386, 0.5065, 1.2193], [-0.0638, -0.0683, -0.0638], [1.2193, 0.5065, -0.1386]]))
