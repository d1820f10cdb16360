"""Every benchmark in one run, each beside its peer."""

from __future__ import annotations

from benchmarks import activations, elementary, quadratic, spectra, tightness, wide

if __name__ == "__main__":
    elementary.main()
    spectra.main()
    tightness.main()
    wide.main(["small", "both", "first"])
    activations.main()
    quadratic.main()
