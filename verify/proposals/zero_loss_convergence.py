"""Search for evidence of zero-loss convergence, polishing the weights first if that is wanted (theory 1.3 and 1.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

from certificates import Accepted, Network, Rejected, Undecided, decide
from certificates.claims.zero_loss_convergence import ByDistance, Claim, Evidence
from certificates.errors import EnclosureFailure
from certificates.language.curvature_forms import CurvatureForm
from certificates.language.parts import Origin
from certificates.memory import kept_memory
from verify.search.data_causes import with_data_causes
from verify.search.estimated import Estimates
from verify.search.estimates import estimates, loss_only
from verify.search.float_kernel import kernel_of
from verify.search.landscape import curvature_forms, plain_form, survey, unproven_spectrum
from verify.search.least_polish import WANTED_SHARE, least_polish
from verify.search.nearest_zeros import distance_evidence
from verify.search.origins import origin_of
from verify.search.polish import Polished, levenberg_marquardt
from verify.search.proposal import Objective, Options, Proposal, Search
from verify.search.rank_limits import rank_limit
from verify.search.runs import DescentBounds
from verify.search.stalls import explained
from verify.search.target_relations import obstruction
from verify.search.trapping import Margin, best_evidence, margin
from verify.search.weakening import PROBE_BUDGET, weaken
from verify.search.wide_starts import demand_note, wide_notes, with_width

__all__ = ["SEARCH", "propose"]

_NEAR = 2.0**-40  # a radius at which a bound is enclosed if it is at any
_FEW_RADII = 4  # on the way, where β is only asked whether it is worth proving something
_ABOUT_EVIDENCE = 6  # the first check that better evidence can help; before it the structure and the budget are checked
_CRITERION = 7  # where the distance to the nearest zero may do what the length of the path does not
_BY_KERNEL = (0, 1, 6, 7)  # checks that a kernel which is singular at all weights does not pass, or not alone


@kept_memory()
def propose(
    network: Network,
    *,
    objective: Objective = "rate",
    origin: tuple[Origin, Network] | None = None,
    known: Estimates | None = None,
) -> Proposal:
    """Find the strongest provable claim about these weights.

    Parameters
    ----------
    network
        The problem.
    objective
        ``rate`` maximises the certified decrease per step κη, ``radius`` minimises the distance to the minimiser.
    origin
        The unpolished problem and how to name it, when the weights were polished.
    known
        What was estimated at these weights, with the landscape to search; computed when ``None``.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    known = estimates(network) if known is None else known
    landscape, near = known.landscape, _near(network, known)
    source = None if origin is None else origin[1]
    verdict = decide(_weakest_claim(origin), near, network, origin=source)
    if not isinstance(verdict, Accepted) and verdict.check < _ABOUT_EVIDENCE:
        return Proposal(network, None, near, verdict)
    try:
        evidence = near if landscape is None else best_evidence(network, landscape, objective)
    except EnclosureFailure:
        evidence = near
    found = _claimed(network, evidence, origin)
    if landscape is None or isinstance(found.verdict, Accepted) or found.verdict.check != _CRITERION:
        return found
    by_distance = distance_evidence(network, landscape)
    other = None if by_distance is None else _claimed(network, by_distance, origin)
    return other if other is not None and isinstance(other.verdict, Accepted) else found


def _near(network: Network, known: Estimates) -> Evidence:
    """Evidence at which a refusal is about the problem; of a singular kernel it asks for little work."""
    if known.needed == 0 and known.landscape is None:
        form: CurvatureForm = "one-hidden-layer" if len(network.layers) == 2 else "recursion"
        return Evidence(_NEAR, 0.5, (_NEAR,), 0.0, max(1.0, 2 * known.largest), form)
    return Evidence(_NEAR, 0.5, (_NEAR,), 0.0, 1.0, known.landscape.form if known.landscape else plain_form(network))


def _claimed(network: Network, evidence: Evidence, origin: tuple[Origin, Network] | None) -> Proposal:
    """What the judge proves with this evidence, a little weaker."""
    source = None if origin is None else origin[1]
    weakest = _weakest_claim(origin)
    if evidence.by_distance is not None:
        weakest = replace(weakest, by_distance=ByDistance(1e308, 1e308))
    verdict = decide(weakest, evidence, network, origin=source)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = weaken(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network, origin=source))


def _weakest_claim(origin: tuple[Origin, Network] | None) -> Claim:
    """Implied by every claim of the kind: what the judge proves is read off its verdict."""
    huge = 1e308
    named = None if origin is None else replace(origin[0], distance=huge)
    return Claim(huge, 5e-324, 0.0, huge, named)


# ---- polishing -----------------------------------------------------------------------------------------------------


def _propose(network: Network, options: Options) -> Proposal:
    """Propose; polish if that is wanted and may help, and propose again."""
    with kept_memory():  # the judge goes on with what the estimates linearised
        known = estimates(network)
        options.estimated(known)
        found = propose(network, objective=options.objective, known=known)
    limit = rank_limit(network) if network.teacher is None else None
    if limit is not None and isinstance(found.verdict, Rejected | Undecided) and found.verdict.check in _BY_KERNEL:
        return replace(found, verdict=limit.rejected(found.verdict))
    missed = not isinstance(found.verdict, Accepted) and found.verdict.check in (0, 6, 7)
    obstacle = obstruction(network) if missed else None
    if obstacle is not None:
        options.notice(f"{obstacle.reason}; try: {obstacle.advice}")
    if options.polish and (missed or _is_slow(found, known, options)):
        polished = _polished(network, known, options)
        found = polished if missed or isinstance(polished.verdict, Accepted) else found
    verdict = found.verdict
    if obstacle is not None and not isinstance(verdict, Accepted):
        obstacle = obstacle if found.polished is None else obstruction(found.polished.network)
        verdict = verdict if obstacle is None else obstacle.explained(verdict)
    elif not isinstance(verdict, Accepted):
        verdict = with_width(verdict, network, known)
        verdict = with_data_causes(verdict, network, known if found.polished is None else None)
    notes = demand_note(network) if found.polished or found.claim is None else wide_notes(network, known)
    return replace(found, verdict=verdict, notes=(*found.notes, *notes))


def _is_slow(found: Proposal, known: Estimates, options: Options) -> bool:
    """Whether the weights as given certify, but with less than the asked rate."""
    if options.rate is None or known.landscape is None:
        return False
    return isinstance(found.verdict, Accepted) and margin(known.landscape).share < options.rate


@kept_memory()  # a proposal goes on with what the last look at its weights linearised
def _polished(network: Network, known: Estimates, options: Options) -> Proposal:
    """A proposal about the least changed weights that the judge accepts, or about those with the least residual."""
    refused: Proposal | None = None
    for polished in _candidates(network, known, options):
        given = origin_of(network, polished.network, options.source)
        found = replace(propose(polished.network, objective=options.objective, origin=given), polished=polished)
        if isinstance(found.verdict, Accepted):
            return replace(found, notes=_shortfall(polished, options))
        refused = replace(found, verdict=explained(found.verdict, polished))
    if refused is None:  # pragma: no cover - there is always a last iterate
        raise ValueError("polishing led nowhere")
    return refused


def _shortfall(polished: Polished, options: Options) -> tuple[str, ...]:
    """A note if no weights on the way had the asked rate."""
    share = polished.margins[-1].share
    if options.rate is None or share >= options.rate:
        return ()
    return (f"about {share:.3g} of the decrease per step at zero residual is certified; {options.rate} was asked for",)


def _candidates(network: Network, known: Estimates, options: Options) -> Iterator[Polished]:
    """Weights that may certify, the most wanted first; with what they lack."""

    def progress(step: int, norm: float) -> None:
        options.progress("polish", step, norm)

    start = _margin(network) if known.landscape is None else margin(known.landscape)
    if options.polish == "full":
        polished = levenberg_marquardt(network, progress=progress)
        yield replace(polished, margins=(start, _margin(polished.network)))
    else:
        share = WANTED_SHARE if options.rate is None else float(options.rate)
        yield from least_polish(network, _margin, start=start, share=share, progress=progress)


def _margin(network: Network) -> Margin:
    """With the bound of β that a proposal would take; where λ_min(K) > 0 is not proven none is asked for."""
    kernel = kernel_of(network)
    unproven = None if kernel is None else unproven_spectrum(network, kernel)
    if unproven is not None:
        return Margin(loss_only(network).residual, 0.0, 0.0, unproven.largest, 0.0)
    for form in curvature_forms(network):
        try:
            return margin(survey(network, form, radii=_FEW_RADII))
        except EnclosureFailure:
            continue
    return Margin(inf, 0.0, 0.0, inf, 0.0)


def _fits(network: Network) -> str | None:
    fits = network.residual_count <= network.trained_parameter_count and network.teacher is None
    return "gradient descent from these weights" if fits else None


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    near = Evidence(_NEAR, 0.5, (_NEAR,), 0.0, 1.0, plain_form(network))
    verdict = decide(_weakest_claim(None), near, network, budget=PROBE_BUDGET)
    if isinstance(verdict, Accepted):
        return None
    limit = rank_limit(network) if network.teacher is None else None
    refused = verdict if limit is None else limit.rejected(verdict)
    structural = limit is not None or 0 < verdict.check < _ABOUT_EVIDENCE - 1
    return refused.finding() if structural else None


def _runs(claim: Claim, network: Network) -> DescentBounds:
    del network
    most = None if claim.by_distance is None else claim.by_distance.loss_bound
    return DescentBounds(claim.radius, claim.step_size_max, claim.decrease_rate, claim.distance_factor, most)


SEARCH = Search(
    Claim,
    Network,
    _propose,
    reads=frozenset({"objective", "polish", "rate"}),
    fits=_fits,
    excludes=_excludes,
    runs=_runs,
)
