"""BLAS kernels that a test may ask for, and whether this processor can run them."""

from __future__ import annotations

import numpy as np
import pytest

__all__ = ["kernel"]

# What NumPy calls the instructions, before and since its micro-architecture levels.
_NEEDS = {"HASWELL": {"AVX2", "X86_V3"}, "ZEN": {"AVX2", "X86_V3"}, "SKYLAKEX": {"AVX512_SKX", "X86_V4"}}


def kernel(core: str, *others: str) -> object:
    """``(*others, core)`` as parameters; skipped where the process would die of an unknown instruction."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    lacks = _NEEDS[core].isdisjoint([*simd.get("baseline", ()), *simd.get("found", ())])
    return pytest.param(*others, core, marks=pytest.mark.skipif(lacks, reason=f"this processor cannot run {core}"))
