"""Processor modes as a careless library sets them: a tiny compiled one, and interpreters of their own to spoil."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

MODES = ("flush", "downward", "upward", "towards zero")

_SOURCE = """
#include <fenv.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
void flush(int on) { unsigned c = _mm_getcsr(); _mm_setcsr(on ? (c | 0x8040) : (c & ~0x8040u)); }
#elif defined(__aarch64__)
void flush(int on) {
    unsigned long c;
    __asm__ volatile("mrs %0, fpcr" : "=r"(c));
    c = on ? (c | (1ul << 24)) : (c & ~(1ul << 24));
    __asm__ volatile("msr fpcr, %0" : : "r"(c));
}
#else
#error "no way to flush subnormal numbers is known here"
#endif
void rounding(int mode) {
    static const int modes[4] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
    fesetround(modes[mode]);
}
"""


@cache
def library_path() -> str:
    """The compiled library, or "" where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return ""
    folder = Path(tempfile.mkdtemp(prefix="processor-modes"))
    source, library = folder / "modes.c", folder / "modes.so"
    source.write_text(_SOURCE)
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-lm"]
    return str(library) if subprocess.run(command, capture_output=True, check=False).returncode == 0 else ""


def require_library() -> str:
    """The compiled library's path; skips the test where it cannot be built."""
    path = library_path()
    if not path:
        pytest.skip("no C compiler, or a processor whose modes the test does not know")
    return path


def set_mode(mode: str) -> None:
    """Set a mode of :data:`MODES` in this thread; ``""`` is the ordinary one."""
    library = ctypes.CDLL(require_library())
    library.flush(int(mode == "flush"))
    library.rounding(MODES.index(mode) if mode in MODES[1:] else 0)


@contextmanager
def processor_mode(mode: str) -> Iterator[None]:
    """A mode in this thread for a block."""
    try:
        set_mode(mode)
        yield
    finally:
        set_mode("")


def run_python(script: str, **environment: str) -> str:
    """Standard output of a fresh interpreter that sees this checkout."""
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root, **environment},
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout
