"""Search for the hypotheses that a wide layer satisfies: each is asked alone, of every layer that reads features."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.wide_checklist import Claim, Evidence
from certificates.memory import kept_memory
from verify.search.frozen_shifts import below
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET

__all__ = ["SEARCH", "propose"]

_HYPOTHESES = tuple(spec.name for spec in fields(Claim) if spec.name != "layer")
_ANSWERS = ("true", "false")
_MOST = 2.0**18  # entries of a matrix whose rank is computed exactly


@kept_memory()
def propose(network: Network) -> Proposal:
    """Decide (1) to (4) for every layer, and claim those of the layer of which most are true.

    Returns
    -------
    Proposal
        With an accepted verdict; notes say what is found of the other layers, and what is not decided.
    """
    found = [_of_layer(network, layer) for layer in range(1, len(network.layers))]
    best = max(found, key=lambda each: (_true(each[0]), each[0].layer))
    claim, evidence, undecided = best
    verdict = decide(claim, evidence, network)
    others = [f"layers.{other.layer}: {_in_words(other)}" for other, _, _ in found if other is not claim]
    return Proposal(network, claim if isinstance(verdict, Accepted) else None, evidence, verdict, (*undecided, *others))


def _true(claim: Claim) -> int:
    return sum(getattr(claim, name) == "true" for name in _HYPOTHESES[:4])


def _in_words(claim: Claim) -> str:
    answers = ((name.replace("_", " "), getattr(claim, name)) for name in _HYPOTHESES)
    return ", ".join(f"{name} {answer or 'not decided'}" for name, answer in answers)


def _of_layer(network: Network, layer: int) -> tuple[Claim, Evidence, tuple[str, ...]]:
    """What is decided, and why the rest is not."""
    evidence, undecided = _evidence(network, layer), list[str]()
    answers: dict[str, Any] = {}
    for name in _HYPOTHESES:
        refused: list[str] = []
        for answer in _ANSWERS:
            asked: dict[str, Any] = {name: answer}
            verdict = decide(Claim(layer, **asked), evidence, network)
            if isinstance(verdict, Accepted):
                answers[name] = answer
                break
            refused.append(verdict.finding())
        else:
            undecided.append(f"layers.{layer}: {refused[0]}")
    return Claim(layer, **answers), evidence, tuple(undecided)


def _evidence(network: Network, layer: int) -> Evidence:
    """Exact ranks of small matrices; shifts of others, if all their rows seem independent."""
    above = [each.weight for each in network.layers[layer + 1 :]]
    if not above or max(weight.size for weight in above) <= _MOST:
        return Evidence()
    values = [np.linalg.eigvalsh(weight @ weight.T) for weight in above]
    shifts = tuple(below(float(each[0]), float(each[-1])) for each in values)
    return Evidence(shifts if min(shifts) > 0 else None)


def _excludes(network: Network) -> str | None:
    verdict = decide(Claim(1, wide="true"), Evidence(), network, budget=PROBE_BUDGET)
    return None if isinstance(verdict, Accepted) or verdict.check > 1 else verdict.finding()


def _propose(network: Network, options: Options) -> Proposal:
    del options
    return propose(network)


SEARCH = Search(Claim, Network, _propose, excludes=_excludes)
