"""What we found in the papers and in our own theory, and what is implemented instead."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ERRATA", "Erratum"]


@dataclass(frozen=True)
class Erratum:
    """One correction or sharpening.

    Parameters
    ----------
    key
        Short name, also in ``docs/errata.md``.
    source
        Paper and place, or chapter of our theory.
    what
        What is said there and what holds.
    """

    key: str
    source: str
    what: str


ERRATA = (
    Erratum(
        "chatterjee-step-size",
        "Chatterjee, Theorem 1.2 (as printed)",
        "the step size min{r/(L1 sqrt(p)), 2 eps/(L2 p)} uses entrywise constants and loses a factor up to p; "
        "theory 1.2 needs only 2 eps/L with L a Lipschitz constant of the gradient on the trapping region",
    ),
    Erratum(
        "adjoint-weights",
        "theory 1.4, adjoint form (ours)",
        "largest norms over samples are multiplied; keeping the weight of every sample and unit gives half the "
        "bound for three layers and more (docs/kinds/zero-loss-convergence.md has the derivation)",
    ),
    Erratum(
        "riemann-sums",
        "theory 1.3 (ours)",
        "an upper sum for the integral of beta and a lower one for the integral of sigma lose O(1/cells); the "
        "piecewise linear lower bound of sigma is integrated exactly",
    ),
)
