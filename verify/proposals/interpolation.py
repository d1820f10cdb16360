"""Search for a Newton step short enough for an exact interpolating minimiser near the weights (theory 1.5)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import precision, upper
from certificates.claims.interpolation import Claim, Evidence
from certificates.enclosures.networks.curvature import curvature
from certificates.errors import EnclosureFailure
from certificates.language.curvature_forms import CurvatureForm
from certificates.language.parts import Origin
from certificates.memory import kept_memory
from verify.search.landscape import Landscape, curvature_forms, plain_form, survey
from verify.search.least_norm_steps import is_about_structure, newton_step
from verify.search.origins import origin_of
from verify.search.polish import levenberg_marquardt
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]

_ABOUT_EVIDENCE = 6
_FEW_RADII = 4
_TRIALS = 12
_SLACK = 1 + 2.0**-12


@kept_memory()
def propose(network: Network, *, origin: tuple[Origin, Network] | None = None) -> Proposal:
    """Find the smallest radius that the judge proves, with each bound of β that is affordable.

    Parameters
    ----------
    network
        The problem.
    origin
        The unpolished problem and how to name it, when the weights were polished.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal.

    Examples
    --------
    >>> import verify
    >>> layers = [[[0.5], [-0.5]], [[1.0, -1.0]]]
    >>> found = propose(verify.from_arrays(layers, None, "tanh", [[1.0]], [[0.8]]))
    >>> found.verdict.outcome, found.claim.radius < 0.2
    ('accepted', True)
    """
    weakest = Claim(1e308, 0.0, None if origin is None else replace(origin[0], distance=1e308))
    source = None if origin is None else origin[1]
    evidence = _blank(network)
    verdict = decide(weakest, evidence, network, origin=source, budget=PROBE_BUDGET)
    if is_about_structure(verdict):
        return Proposal(network, None, evidence, verdict)
    for form in curvature_forms(network):
        evidence = _evidence(network, form) or evidence
        verdict = decide(weakest, evidence, network, origin=source)
        if isinstance(verdict, Accepted):
            claim: Claim = weaken(verdict.proved)
            return Proposal(network, claim, evidence, decide(claim, evidence, network, origin=source))
    return Proposal(network, None, evidence, verdict)


def _blank(network: Network) -> Evidence:
    return Evidence(1.0, ((0.0,) * network.residual_count,), 1.0, plain_form(network))


def _evidence(network: Network, form: CurvatureForm) -> Evidence | None:
    """c by a float solve, and the least ball found on which the solution lies."""
    try:
        landscape = survey(network, form, radii=_FEW_RADII)
    except EnclosureFailure:
        return None
    step = newton_step(landscape)
    return Evidence(_reach(network, landscape, step.length), step.parts, landscape.shifts[0], form)


def _reach(network: Network, landscape: Landscape, step: float) -> float:
    """The first ball that holds its own solution; at last the smallest one, for the judge's words."""
    reach = step * _SLACK
    with precision(128):
        for _ in range(_TRIALS):
            beta = upper(curvature(landscape.point, network.activations, reach, landscape.form))
            bent = beta * step / landscape.smallest if landscape.smallest > 0 else np.inf
            if not bent < 0.5:
                break
            radius = 2 * step / (1 + np.sqrt(1 - 2 * bent)) * _SLACK
            if radius <= reach:
                break
            reach = radius
    return float(reach)


def _propose(network: Network, options: Options) -> Proposal:
    """At the weights as given; polished, if that is wanted and needed."""
    found = propose(network)
    if isinstance(found.verdict, Accepted) or not options.polish or found.verdict.check < _ABOUT_EVIDENCE:
        return found
    polished = levenberg_marquardt(network, progress=lambda step, norm: options.progress("polish", step, norm))
    origin = origin_of(network, polished.network, options.source)
    return replace(propose(polished.network, origin=origin), polished=polished)


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    verdict = decide(Claim(1e308, 0.0), _blank(network), network, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and is_about_structure(verdict) else None


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"polish"}), excludes=_excludes)
