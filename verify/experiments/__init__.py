"""Tables and figures of papers, proved anew and held against what is printed."""

from __future__ import annotations

from verify.experiments.registry import EXPERIMENTS, reproduce

__all__ = ["EXPERIMENTS", "reproduce"]
