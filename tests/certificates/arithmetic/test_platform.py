"""The platform probes pass here, and each fails on a machine that breaks its assumption."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic import platform
from certificates.errors import UnsoundPlatform


def test_passes_on_this_machine():
    platform.self_test()


def test_refuses_inexact_products_of_integers(monkeypatch):
    real = np.ascontiguousarray
    monkeypatch.setattr(platform.np, "ascontiguousarray", lambda array: real(array) * (1 + 2.0**-40))
    with pytest.raises(UnsoundPlatform, match="product of integer"):
        platform.self_test()


def test_refuses_flushed_subnormals(monkeypatch):
    real = np.full

    def flushing(shape, value):
        return real(shape, 0.0 if abs(value) < 2.0**-1022 else value)

    monkeypatch.setattr(platform.np, "full", flushing)
    with pytest.raises(UnsoundPlatform, match="subnormal"):
        platform.self_test()


def test_refuses_another_rounding(monkeypatch):
    real = np.ones
    monkeypatch.setattr(platform.np, "ones", lambda shape: real(shape) * (1 + 2.0**-52))
    with pytest.raises(UnsoundPlatform, match="rounded to even"):
        platform._probe_rounding()
