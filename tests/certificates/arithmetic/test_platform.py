"""The platform probes pass here, and each fails on a machine that breaks its assumption."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic import platform
from certificates.errors import UnsoundPlatform
from tests.support.processor import MODES, processor_mode, require_library, run_python


@pytest.fixture
def algorithm_not_probed_yet():
    platform._probe_algorithm.cache_clear()
    yield
    platform._probe_algorithm.cache_clear()


def test_passes_on_this_machine(algorithm_not_probed_yet):
    platform.self_test()
    platform.probe_products()


@pytest.mark.usefixtures("algorithm_not_probed_yet")
def test_refuses_inexact_products_of_integers(monkeypatch):
    real = np.ascontiguousarray
    monkeypatch.setattr(platform.np, "ascontiguousarray", lambda array: real(array) * (1 + 2.0**-40))
    with pytest.raises(UnsoundPlatform, match="product of integer"):
        platform.probe_products()


@pytest.mark.usefixtures("algorithm_not_probed_yet")
def test_the_algorithm_is_probed_once_a_state_and_the_workers_each_time(monkeypatch):
    """A state is the process, the thread, and how many threads there are; a refusal is none."""
    made, state = [], {"process": 1, "thread": 2, "workers": 3}
    monkeypatch.setattr(platform, "_probe_integers", lambda size: made.append("integers"))
    monkeypatch.setattr(platform, "_probe_no_fast_multiplication", lambda: made.append("scales"))
    monkeypatch.setattr(platform, "_probe_workers", made.append)
    monkeypatch.setattr(platform.os, "getpid", lambda: state["process"])
    monkeypatch.setattr(platform.threading, "get_ident", lambda: state["thread"])
    monkeypatch.setattr(platform, "_worker_limit", lambda: state["workers"])
    all_of_it = ["integers"] * len(platform._SIZES) + ["scales"]

    def probed():
        made.clear()
        platform.probe_products()
        return list(made)

    assert [probed(), probed()] == [[*all_of_it, 3], [3]]
    for name in state:
        state[name] += 1
        assert [probed(), probed()] == [[*all_of_it, state["workers"]], [state["workers"]]]

    def refuse():
        raise UnsoundPlatform("scales")

    state["thread"] += 1
    monkeypatch.setattr(platform, "_probe_no_fast_multiplication", refuse)
    for _ in range(2):
        with pytest.raises(UnsoundPlatform):
            platform.probe_products()


class _Strassen(np.ndarray):
    """Its products are one level of Strassen's algorithm."""

    def __matmul__(self, other):
        half = len(self) // 2
        a11, a12, a21, a22 = (np.asarray(self)[i : i + half, j : j + half] for i in (0, half) for j in (0, half))
        b11, b12, b21, b22 = (np.asarray(other)[i : i + half, j : j + half] for i in (0, half) for j in (0, half))
        m1, m2, m3 = (a11 + a22) @ (b11 + b22), (a21 + a22) @ b11, a11 @ (b12 - b22)
        m4, m5 = a22 @ (b21 - b11), (a11 + a12) @ b22
        m6, m7 = (a21 - a11) @ (b11 + b12), (a12 - a22) @ (b21 + b22)
        return np.block([[m1 + m4 - m5 + m7, m3 + m5], [m2 + m4, m1 - m2 + m3 + m6]])


def test_refuses_products_that_mix_rows(monkeypatch):
    real = np.ones
    monkeypatch.setattr(platform.np, "ones", lambda shape: real(shape).view(_Strassen))
    with pytest.raises(UnsoundPlatform, match="mix rows"):
        platform._probe_no_fast_multiplication()


@pytest.mark.parametrize("lost", [0.0, 5e-324])
def test_refuses_a_flint_that_misreads_subnormals(monkeypatch, lost):
    real = platform.arb
    monkeypatch.setattr(platform, "arb", lambda x: real(lost if 0 < abs(x) < 2.0**-1022 else x))
    with pytest.raises(UnsoundPlatform, match="FLINT"):
        platform.self_test()


@pytest.mark.parametrize("wrong", [0.0, -5e-324, 2.0**-1022])
def test_one_wrong_entry_of_a_threaded_product_is_refused(monkeypatch, wrong):
    left, right, column = platform._mode_factors(2)
    spoilt = left.copy()
    spoilt[-1, 0] = wrong
    monkeypatch.setattr(platform, "_mode_factors", lambda workers: (spoilt, right, column))
    with pytest.raises(UnsoundPlatform, match="BLAS"):
        platform._probe_workers(2)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("probe", [platform.self_test, platform.probe_thread, platform.probe_products])
def test_modes_of_the_calling_thread_are_refused(mode, probe):
    probe()
    with processor_mode(mode), pytest.raises(UnsoundPlatform):
        probe()
    probe()


# A BLAS worker has the modes of the thread that made it, at the moment it was made.
_SPOILT_WORKERS = """
    import ctypes
    from certificates.arithmetic import platform
    from certificates.errors import UnsoundPlatform
    from tests.support.processor import processor_mode, set_mode
    with open("/proc/self/maps") as maps:
        libraries = {line.split()[-1] for line in maps if "openblas" in line}
    blas = ctypes.CDLL(libraries.pop()) if libraries else None
    resize = getattr(blas, "scipy_openblas_set_num_threads64_", None)
    if resize is None:
        print("no OpenBLAS")
    else:
        platform.probe_products()
        for threads, mode in MAKING:
            with processor_mode(mode):
                resize(threads)
        try:
            platform.probe_products()
        except UnsoundPlatform as error:
            print(error)
"""


@pytest.mark.parametrize(
    "making",
    [[(2, "flush"), (4, "")], [(2, ""), (3, "flush")], [(3, ""), (4, "upward")]],
    ids=["first of three flushes", "last of two flushes", "last of three rounds upward"],
)
def test_modes_of_blas_workers_are_refused(making):
    require_library()
    found = run_python(_SPOILT_WORKERS.replace("MAKING", repr(making)), OPENBLAS_NUM_THREADS="1")
    if "no OpenBLAS" in found:
        pytest.skip("numpy does not use OpenBLAS here, or there is no /proc")
    assert "a thread of the BLAS library" in found


def test_sound_blas_workers_are_accepted():
    require_library()
    assert "thread" not in run_python(_SPOILT_WORKERS.replace("MAKING", "[(4, '')]"), OPENBLAS_NUM_THREADS="1")
