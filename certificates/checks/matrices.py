"""Which matrices a rule about networks computes with: the one place that asks for the arithmetic."""

from __future__ import annotations

from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.matrix import Matrix
from certificates.checks.outcome import Context

__all__ = ["matrices"]


def matrices(context: Context) -> type[Matrix]:
    """Binary64 with error bounds for ``fast``, Arb for ``arb``.

    Examples
    --------
    >>> matrices(Context("fast", 1e12)).__name__, matrices(Context("arb", 1e12)).__name__
    ('BallMatrix', 'ArbMatrix')
    """
    return ArbMatrix if context.arithmetic == "arb" else BallMatrix
