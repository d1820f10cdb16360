"""Search for the longest horizon for which loops in binary64 stay near zeros of the loss (theory 1.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.float_run import Claim, Evidence
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from verify.problems.objectives import squared_scale
from verify.search.landscape import Landscape, curvature_forms, plain_form, survey
from verify.search.least_norm_steps import is_about_structure, newton_step
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]

_OMEGA = 2.0**-50  # four ulps of a number below 2
_SLOPE = 2.0**-48
_ZETA = 0.2  # ηΛ
_HORIZONS = tuple(10**k for k in (13, 12, 11, 10, 9, 7, 5, 3))
_KEPT = (0.99, 0.9, 0.6)
_FEW_RADII = 4


@kept_memory()
def propose(network: Network, *, step_size: float | None = None) -> Proposal:
    """Find the longest horizon, of powers of ten, that the judge proves.

    Parameters
    ----------
    network
        The problem, at weights whose residual is small.
    step_size
        η; by default about 0.2/(2sΛ), a power of two.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.

    Examples
    --------
    >>> import verify
    >>> layers = [[[0.5], [-0.5]], [[1.0, -1.0]]]
    >>> found = propose(verify.from_arrays(layers, None, "tanh", [[1.0]], [[0.924]]))
    >>> found.verdict.outcome, found.claim.steps >= 10**12, found.claim.floor < 1e-13
    ('accepted', True, True)
    """
    evidence = _blank(network)
    verdict = decide(_weakest(evidence), evidence, network, budget=PROBE_BUDGET)
    if is_about_structure(verdict):
        return Proposal(network, None, evidence, verdict)
    for evidence in _candidates(network, step_size):
        verdict = decide(_weakest(evidence), evidence, network)
        if isinstance(verdict, Accepted):
            proved: Claim = verdict.proved
            claim = replace(weaken(proved), value_error=proved.value_error, slope_error=proved.slope_error)
            return Proposal(network, claim, evidence, decide(claim, evidence, network))
        if verdict.check != 8:
            break
    return Proposal(network, None, evidence, verdict)


def _weakest(evidence: Evidence) -> Claim:
    return Claim(evidence.step_size, 0, 5e-324, 5e-324, 0.0, *(1e308,) * 5)


def _blank(network: Network) -> Evidence:
    parts = ((0.0,) * network.residual_count,)
    return Evidence(1.0, 0, _OMEGA, _SLOPE, 0.1, 0.9, 100.0, 1.0, parts, 1.0, 1.0, plain_form(network))


def _candidates(network: Network, step_size: float | None) -> Iterator[Evidence]:
    """Long horizons first; the ball by estimates."""
    for form in curvature_forms(network):
        try:
            landscape = survey(network, form, radii=_FEW_RADII)
        except EnclosureFailure:
            continue
        if not (landscape.smallest > 0 and landscape.betas[0] > 0):
            break
        for steps in _HORIZONS:
            for kept in _KEPT:
                yield _evidence(network, landscape, step_size, steps, kept)
        return
    yield _blank(network)


def _evidence(network: Network, landscape: Landscape, step_size: float | None, steps: int, kept: float) -> Evidence:
    """Numbers for β a little above that at the weights; u_M twice u_0, or what rounding lifts u to."""
    beta, sigma, newton = float(landscape.betas[0]) * 1.02, landscape.smallest, newton_step(landscape)
    first = beta * newton.length / sigma
    most = min(max(1.1 * first / max(1 - 2 * first, 0.1), 1e-6), 0.45)
    ball = 1.1 * (2 * newton.length + (1.2 * most + 1 - kept) * sigma / beta)
    if step_size is None:
        norm = landscape.largest + beta * ball
        with np.errstate(all="ignore"):
            wanted = np.float64(_ZETA) / (2 * float(squared_scale(network)) * norm**2)
        step_size = float(2.0 ** np.floor(np.log2(np.clip(wanted, 1e-300, 1e300))))
    numbers = (float(step_size), steps, _OMEGA, _SLOPE, most, kept, 100.0, ball)
    return Evidence(*numbers, newton.parts, *landscape.shifts, landscape.form)


def _propose(network: Network, options: Options) -> Proposal:
    del options
    return propose(network)


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    blank = _blank(network)
    verdict = decide(_weakest(blank), blank, network, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and is_about_structure(verdict) else None


SEARCH = Search(Claim, Network, _propose, excludes=_excludes)
