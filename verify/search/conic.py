"""Conic programs by one solver after another; nothing that they return is trusted."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["USABLE", "statuses"]

USABLE: Final = ("optimal", "optimal_inaccurate")


def statuses(program: Any, solvers: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What each solver says, ``failed`` if it raised; the caller stops at the first that will do.

    Parameters
    ----------
    program
        A problem of cvxpy, whose variables hold what the last solver found.
    solvers
        Their settings, by name.
    """
    import cvxpy as cp

    for solver, settings in solvers.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                program.solve(solver=solver, **settings)
        except (cp.SolverError, ArithmeticError, ValueError):
            yield "failed"
        else:
            yield str(program.status)
