"""What `zhong-recovery` runs: reduced sizes, about a minute on one core, and the full ones."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FULL", "Family", "Settings"]


@dataclass(frozen=True)
class Family:
    """One activation and width.

    Parameters
    ----------
    formula, units
        φ and k.
    counts
        Samples for the tensor, ascending.
    trials
        How many W*, v and streams of samples.
    is_odd
        Whether (v, w) and (−v, −w) are one unit: then v = 1.
    until_certified
        Whether runs end soon after they enter the certified ball, as the rest is proved and slow.
    """

    formula: str
    units: int
    counts: tuple[int, ...]
    trials: int
    is_odd: bool = False
    until_certified: bool = False

    @property
    def name(self) -> str:
        """For files and tables."""
        return f"{self.formula.split('(')[0].replace('_', '-')}-k{self.units}"


@dataclass(frozen=True)
class Settings:
    """Reduced sizes, about a minute: :data:`FULL` has theory's trials for all.

    Parameters
    ----------
    families
        The first is the one whose error is fitted.
    dimension
        d.
    trained
        How many samples gradient descent sees, the first ones.
    steps
        At most so many.
    tolerance
        Recovered is ‖W − PW*‖ below this.
    written
        How many certificates of each family are written.
    seed
        Of everything.
    """

    families: tuple[Family, ...] = (
        Family("squared_relu", 3, (5_000, 20_000, 80_000, 320_000), 10),
        Family("squared_relu", 5, (20_000, 80_000, 320_000), 4),
        Family("tanh", 3, (20_000, 80_000), 2, is_odd=True),
        Family("relu", 3, (20_000, 80_000, 320_000), 4),
        Family("leaky_relu(1/100)", 3, (80_000, 320_000), 2),
        Family("softplus", 3, (320_000, 1_280_000), 2, until_certified=True),
    )
    dimension: int = 10
    trained: int = 2_000
    steps: int = 6_000
    tolerance: float = 1e-6
    written: int = 1
    seed: int = 4


_COUNTS = (5_000, 20_000, 80_000, 320_000, 1_280_000)
FULL = Settings(
    families=(
        Family("squared_relu", 3, _COUNTS, 20),
        Family("squared_relu", 5, _COUNTS, 20),
        Family("tanh", 3, _COUNTS, 20, is_odd=True),
        Family("relu", 3, _COUNTS, 20),
        Family("leaky_relu(1/100)", 3, _COUNTS, 20),
        Family("softplus", 3, (*_COUNTS[3:], 5_120_000), 10, until_certified=True),
    ),
    trained=5_000,
    steps=20_000,
)
"""Theory's trials and more, about an hour."""
