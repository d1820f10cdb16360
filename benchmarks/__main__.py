"""Every benchmark in one run, each beside its peer; with ``--output FOLDER`` the page and its picture as well."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import (
    activations,
    elementary,
    local_geometry,
    quadratic,
    scaling,
    spectra,
    tangent_kernels,
    tightness,
    wide,
)
from benchmarks.drawing import scaling_figure
from benchmarks.page import page
from benchmarks.timing import MEASURED, SAID
from certificates.document import write_atomically
from verify.reports.pictures import saved


def main(output: Path | None) -> None:
    """Print all comparisons; write them where that is asked for."""
    elementary.main()
    spectra.main()
    tightness.main()
    wide.main(["small", "both", "first"])
    activations.main()
    quadratic.main()
    local_geometry.main()
    tangent_kernels.main()
    if output is not None:
        sweeps = scaling.sweeps()
        write_atomically(output / "benchmarks.md", page(MEASURED, SAID, sweeps).encode(), force=True)
        write_atomically(output / "benchmarks.png", saved(lambda: scaling_figure(sweeps), "png"), force=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--output", type=Path, help="a folder for benchmarks.md and benchmarks.png")
    main(parser.parse_args().output)
