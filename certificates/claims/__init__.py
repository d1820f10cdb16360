"""The language of claims: one file per kind, each with a ``Claim`` and an ``Evidence`` dataclass."""

from __future__ import annotations

from certificates.claims import zero_loss_convergence
from certificates.claims._fields import Origin

__all__ = ["KINDS", "Origin", "zero_loss_convergence"]

KINDS = {zero_loss_convergence.Claim.kind: zero_loss_convergence}
