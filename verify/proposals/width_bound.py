"""Search for the smallest width that a theorem about random starts gives for these inputs and labels (theory 5.3.4)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from certificates import Accepted, Network, decide
from certificates.claims.width_bound import Claim, Evidence, Form, Start
from certificates.memory import kept_memory
from verify.search.proposal import Options, Proposal, Search
from verify.search.random_widths import TENTH, demanded_width, width_evidence
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]

_LARGEST = 1e308
_ABOUT_EVIDENCE = 2


@kept_memory()
def propose(
    network: Network, *, form: Form = "sharpened", start: Start = "plain", failure: Fraction = TENTH
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
    evidence = width_evidence(network, form, start, failure)
    verdict = decide(weakest, evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = replace(weaken(verdict.proved), failure=failure)
    return Proposal(network, claim, evidence, decide(claim, evidence, network), _notes(network, form, start, failure))


def _notes(network: Network, form: Form, start: Start, failure: Fraction) -> tuple[str, ...]:
    """What the printed theorem would ask for, beside the sharpened one."""
    if form == "printed":
        return ()
    width = demanded_width(network, "printed", start, failure)
    return (f"the theorem as printed, with its constants, asks for about {width:.2g} units",)


def _excludes(network: Network) -> str | None:
    weakest, blank = Claim("sharpened", "plain", TENTH, _LARGEST, 5e-324), Evidence(1.0, *[TENTH / 4] * 3)
    verdict = decide(weakest, blank, network, budget=PROBE_BUDGET)
    return None if isinstance(verdict, Accepted) or verdict.check > _ABOUT_EVIDENCE else verdict.finding()


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, failure=TENTH if options.failure is None else options.failure)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"failure"}), excludes=_excludes)
