"""Search for a large ball of starts from which descent converges to zero loss (theory 1.10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from certificates import Accepted, Network, decide
from certificates.arithmetic.arb import exact, precision, upper
from certificates.claims.convergence_basin import Claim, Evidence
from certificates.enclosures.networks.curvature import curvature
from certificates.errors import EnclosureFailure
from certificates.language.parts import Origin
from certificates.memory import kept_memory
from certificates.theorems.distance_potential import basin
from certificates.theorems.interpolation import interpolate
from verify.problems.objectives import squared_scale
from verify.search.landscape import Landscape, curvature_forms, plain_form, survey
from verify.search.least_norm_steps import NewtonStep, is_about_structure, newton_step
from verify.search.origins import origin_of
from verify.search.polish import levenberg_marquardt
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken, weaken_number

__all__ = ["SEARCH", "propose"]

_WEAKEST = Claim(5e-324, 5e-324, 0.0, 1e308, 1e308, 1e308)
_ABOUT_EVIDENCE = 6
_ZETA = 0.25  # ηΛ: larger steps leave less of the ball
_MOST = tuple(k / 40 for k in range(20, 1, -1))
_HALVINGS = 16
_FEW_RADII, _NODES = 4, 12
_SMALLER = 0.98
_NEARLY = 0.8  # of the largest ball: a smaller u_c leaves a faster descent
_TRIALS = 8


@kept_memory()
def propose(network: Network, *, origin: tuple[Origin, Network] | None = None) -> Proposal:
    """Find the largest ball that the judge proves, with the sharpest bound of β that is affordable.

    Parameters
    ----------
    network
        The problem, at weights whose residual is small.
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
    >>> found = propose(verify.from_arrays(layers, None, "tanh", [[1.0]], [[0.924]]))
    >>> found.verdict.outcome, found.claim.radius > 0.1
    ('accepted', True)
    """
    weakest = replace(_WEAKEST, origin=None if origin is None else replace(origin[0], distance=1e308))
    source = None if origin is None else origin[1]
    evidence = _blank(network)
    verdict = decide(weakest, evidence, network, origin=source, budget=PROBE_BUDGET)
    if is_about_structure(verdict):
        return Proposal(network, None, evidence, verdict)
    for evidence in _candidates(network):
        verdict = decide(weakest, evidence, network, origin=source)
        if isinstance(verdict, Accepted):
            claim: Claim = weaken(verdict.proved)
            return Proposal(network, claim, evidence, decide(claim, evidence, network, origin=source))
        if verdict.check != 8:
            break
    return Proposal(network, None, evidence, verdict)


def _blank(network: Network) -> Evidence:
    return Evidence(1.0, 1.0, 0.5, 1.0, ((0.0,) * network.residual_count,), 1.0, 1.0, plain_form(network))


def _candidates(network: Network) -> Iterator[Evidence]:
    """The largest ball by estimates, and smaller ones."""
    for form in curvature_forms(network):
        try:
            landscape = _far(network, survey(network, form, radii=_FEW_RADII))
        except EnclosureFailure:
            continue
        step = newton_step(landscape)
        found = [_largest(network, landscape, step, most) for most in _MOST]
        widest = max(each.radius for each in found)
        best = min((each for each in found if each.radius >= _NEARLY * widest), key=lambda each: each.most)
        for _ in range(_TRIALS):
            yield best
            best = replace(best, radius=_SMALLER * best.radius)
        return
    yield _blank(network)


def _far(network: Network, landscape: Landscape) -> Landscape:
    """With β at radii as far as iterates may go."""
    reach = landscape.smallest / max(float(landscape.betas[0]), 1e-300)
    radii = np.concatenate([[0.0], reach * np.geomspace(2.0**-6, 4.0, _NODES)])
    with precision(128):
        point, form = landscape.point, landscape.form
        betas = np.array([upper(curvature(point, network.activations, float(radius), form)) for radius in radii])
    return replace(landscape, radii=radii, betas=betas)


def _largest(network: Network, landscape: Landscape, step: NewtonStep, most: float) -> Evidence:
    """The largest ball with this u_c, by bisection between 0 and what its law allows with β at the weights."""
    low, high = 0.0, most * float(landscape.radii[-1]) / 4
    found = Evidence(1e-300, 1.0, most, 1.0, step.parts, *landscape.shifts, landscape.form)
    with precision(64):
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            tried = _with_radius(network, landscape, step, replace(found, radius=middle))
            if tried is None:
                high = middle
            else:
                low, found = middle, tried
    return found


def _with_radius(network: Network, landscape: Landscape, step: NewtonStep, evidence: Evidence) -> Evidence | None:
    """The step, and the least ball that holds all iterates; ``None`` if there is none."""
    ball, scale = 3 * evidence.radius, float(squared_scale(network))
    for _ in range(_TRIALS):
        beta = _beta(landscape, ball)
        norm = landscape.largest + beta * ball
        with np.errstate(all="ignore"):
            eta = float(np.float64(_ZETA) / (2 * scale * np.float64(norm) ** 2))
        if not 0 < eta < np.inf:
            return None
        eta = weaken_number(eta, "smaller")
        zero = interpolate(exact(step.length), exact(landscape.smallest), exact(beta), ball)
        if not zero.holds:
            return None
        numbers = (zero.singular_value, exact(beta), exact(norm), exact(2 * scale * eta), exact(evidence.most))
        found = basin(exact(evidence.radius) + zero.radius, *numbers)
        if not found.holds:
            return None
        reach = upper(zero.radius + found.reach)
        if reach <= ball:
            return replace(evidence, step_size=eta, ball=ball)
        ball = reach * (1 + 2.0**-8)
    return None


def _beta(landscape: Landscape, radius: float) -> float:
    """Between the radii that were looked at, a little above; beyond them hopeless."""
    if radius > landscape.radii[-1]:
        return np.inf
    return float(np.interp(radius, landscape.radii, landscape.betas)) * (1 + 2.0**-10)


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
    verdict = decide(_WEAKEST, _blank(network), network, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and is_about_structure(verdict) else None


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"polish"}), excludes=_excludes)
