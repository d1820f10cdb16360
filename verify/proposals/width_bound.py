"""Search for the smallest width that a theorem about random starts gives for these inputs and labels (theory 5.3.4)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import exact
from certificates.checks.kernel_inputs import kernel_inputs
from certificates.claims.width_bound import Claim, Evidence, Form, Start
from certificates.memory import kept_memory
from certificates.theorems.width_bounds import Parts, Sample, printed_width, sharpened_width
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]

_LARGEST = 1e308
_SPARE = 1 - 2.0**-10
_ABOUT_EVIDENCE = 2
_TENTH = Fraction(1, 10)


@kept_memory()
def propose(
    network: Network, *, form: Form = "sharpened", start: Start = "plain", failure: Fraction = _TENTH
) -> Proposal:
    """Share the failure among the events, and ask the judge.

    Parameters
    ----------
    network
        One hidden layer of ReLU and one output; only its inputs and labels count.
    form
        The ``printed`` theorem with its constants, or the ``sharpened`` one.
    start
        ``plain`` or ``antisymmetric``.
    failure
        δ.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.

    Examples
    --------
    >>> from verify import unit_data, wide_problem
    >>> network = wide_problem(*unit_data(4, 4), width=8)
    >>> widths = [propose(network, form=form).claim.width for form in ("printed", "sharpened")]
    >>> widths[0] > 100 * widths[1]
    True
    """
    blank = Evidence(1.0, failure / 4, failure / 4, Fraction(0) if start == "antisymmetric" else failure / 4)
    weakest = Claim(form, start, failure, _LARGEST, 5e-324)
    refused = decide(weakest, blank, network, budget=PROBE_BUDGET)
    if not isinstance(refused, Accepted) and refused.check <= _ABOUT_EVIDENCE:
        return Proposal(network, None, blank, refused)
    evidence = _evidence(network, form, start, failure)
    verdict = decide(weakest, evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = replace(weaken(verdict.proved), failure=failure)
    return Proposal(network, claim, evidence, decide(claim, evidence, network), _notes(network, form, start, failure))


def _notes(network: Network, form: Form, start: Start, failure: Fraction) -> tuple[str, ...]:
    """What the printed theorem would ask for, beside the sharpened one."""
    if form == "printed":
        return ()
    evidence, paired = _evidence(network, "printed", start, failure), start == "antisymmetric"
    parts = Parts(exact(evidence.kernel), exact(evidence.flips), exact(evidence.residual))
    width = float(printed_width(_sample(network, evidence.shift, 1.0), parts, antisymmetric=paired))
    return (f"the theorem as printed, with its constants, asks for about {width:.2g} units",)


def _evidence(network: Network, form: Form, start: Start, failure: Fraction) -> Evidence:
    with np.errstate(all="ignore"):
        rows = kernel_inputs(network)
        rho = np.clip(_normalised(rows) @ _normalised(rows).T, -1, 1)
        values = np.linalg.eigvalsh(np.nan_to_num(rho * (np.pi - np.arccos(rho)) / (2 * np.pi)))
    shift = max(float(values[0]), 2.0**-500) * _SPARE
    paired = start == "antisymmetric"
    if form == "printed":
        kernel = failure / 100
        rest = failure - kernel
        return Evidence(shift, kernel, rest if paired else rest * 2 / 3, Fraction(0) if paired else rest / 3)
    kernel = failure / 10
    flips = failure - kernel if paired else failure / 10
    parts = kernel, flips, Fraction(0) if paired else failure - kernel - flips
    sample = _sample(network, shift, float(np.linalg.norm(rho, 2)))
    shares = [Fraction(k, 200) for k in range(1, 200)]
    share = min(shares, key=lambda s: float(_width(sample, parts, s, paired)))
    return Evidence(shift, *parts, share)


def _normalised(rows: np.ndarray) -> np.ndarray:
    unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _sample(network: Network, eigenvalue: float, norm: float) -> Sample:
    labels = network.given_targets[:, 0]
    square, largest = float(labels @ labels), float(np.max(np.abs(labels))) ** 2
    return Sample(len(labels), exact(eigenvalue), exact(norm), exact(square), exact(largest))


def _width(sample: Sample, parts: tuple[Fraction, Fraction, Fraction], share: Fraction, paired: bool) -> float:
    return float(sharpened_width(sample, Parts(*map(exact, parts)), exact(share), antisymmetric=paired))


def _excludes(network: Network) -> str | None:
    weakest, blank = Claim("sharpened", "plain", _TENTH, _LARGEST, 5e-324), Evidence(1.0, *[_TENTH / 4] * 3)
    verdict = decide(weakest, blank, network, budget=PROBE_BUDGET)
    return None if isinstance(verdict, Accepted) or verdict.check > _ABOUT_EVIDENCE else verdict.finding()


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, failure=_TENTH if options.failure is None else options.failure)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"failure"}), excludes=_excludes)
