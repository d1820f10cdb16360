"""The convex relaxation: the second solver steps in for the first."""

from __future__ import annotations

import numpy as np
import pytest

from verify.search import relaxation


def test_scs_steps_in_for_clarabel(monkeypatch):
    settings = {"NO SUCH SOLVER": {}, "SCS": relaxation._SOLVERS["SCS"]}
    monkeypatch.setattr(relaxation, "_SOLVERS", settings)
    x, y = np.eye(2), np.array([1.0, -2.0])
    residual, status = relaxation.semidefinite_residual(x, y)
    assert status == "optimal" and residual == pytest.approx([0.0, 2.0], abs=1e-5)
    monkeypatch.setattr(relaxation, "_SOLVERS", {"NO SUCH SOLVER": {}})
    assert relaxation.semidefinite_residual(x, y) == (None, "failed")
