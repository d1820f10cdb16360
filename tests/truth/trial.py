"""One case judged: on both arithmetics, with what was proved claimed again, and with a little more claimed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Accepted, Verdict, decide
from certificates.kinds import find
from certificates.memory import kept_memory
from certificates.subjects import Network, Problem
from tests.truth.held import Held

__all__ = ["Case", "Trial", "stronger_claims", "try_case"]

_BUDGET = 1e11  # small networks need less; a formula that does not is undecided within seconds


@dataclass(frozen=True)
class Case:
    """A claim about a problem, with evidence and an independent source of truth.

    Parameters
    ----------
    claim
        Asks for little, so that what is proved is read off the verdict.
    evidence, problem
        As the judge reads them; the evidence may be bent.
    truth
        What is true of the problem beside what a verdict proves: an accepted verdict to numbers held side by side.
    origin
        The problem that ``claim.origin`` names.
    given
        Fields that the rule takes from the claim, as others depend on them: a stronger one may be provable, too.
    """

    claim: Any
    evidence: Any
    problem: Problem
    truth: Callable[[Accepted], Iterable[Held]]
    origin: Problem | None = None
    given: frozenset[str] = frozenset()


@dataclass
class Trial:
    """What a case showed.

    Parameters
    ----------
    outcome
        ``accepted``, ``rejected`` or ``undecided`` on the fast path (the only one, where there is one).
    held
        Numbers side by side, of every acceptance.
    faults
        Sentences about what is false.
    weaker
        Whether Arb did not accept what error-bounded binary64 accepted: no error, but worth a look.
    """

    outcome: str
    held: list[Held] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    weaker: bool = False


def try_case(case: Case, rng: np.random.Generator) -> Trial:
    """Judge the case, and hold every acceptance against the truth."""
    arithmetics = find(case.claim.kind).arithmetics if isinstance(case.problem, Network) else ("fast",)
    with kept_memory():
        return _judged(case, rng, [_decide(case, case.claim, arithmetic) for arithmetic in arithmetics])


def _judged(case: Case, rng: np.random.Generator, verdicts: list[Verdict]) -> Trial:
    trial = Trial(verdicts[0].outcome)
    accepted = [verdict for verdict in verdicts if isinstance(verdict, Accepted)]
    for verdict in accepted:
        _hold(case, verdict, trial)
    if len(verdicts) == 2:
        _compare(*verdicts, trial)
    if accepted and rng.random() < 0.25:
        trial.faults += _claimed_again(case, accepted[0], rng)
    return trial


def _decide(case: Case, claim: Any, arithmetic: str) -> Verdict:
    return decide(
        claim,
        case.evidence,
        case.problem,
        origin=case.origin,
        arithmetic=arithmetic,
        budget=_BUDGET if isinstance(case.problem, Network) else None,
    )


def _hold(case: Case, verdict: Accepted, trial: Trial) -> None:
    with np.errstate(all="ignore"):  # the search for witnesses may overflow; what it finds is evaluated exactly
        held = list(case.truth(verdict))
    trial.held += held
    trial.faults += [f"{verdict.arithmetic}: {each}" for each in held if each.violated]
    trial.faults += [
        f"{verdict.arithmetic}: the fact {fact.symbol} is empty: [{fact.lower}, {fact.upper}]"
        for fact in verdict.facts
        if not fact.lower <= fact.upper
    ]


def _compare(fast: Verdict, slow: Verdict, trial: Trial) -> None:
    """Two enclosures of one number meet. Outcomes may differ: what one needs not look at, another may refuse."""
    others = {fact.symbol: fact for fact in slow.facts}
    for fact in fast.facts:
        other = others.get(fact.symbol, fact)
        if max(fact.lower, other.lower) > min(fact.upper, other.upper):
            trial.faults.append(f"{fact.symbol}: [{fact.lower}, {fact.upper}] and [{other.lower}, {other.upper}]")
    trial.weaker = isinstance(fast, Accepted) and not isinstance(slow, Accepted)


def _claimed_again(case: Case, verdict: Accepted, rng: np.random.Generator) -> list[str]:
    """What was proved is accepted as a claim; one field a last bit stronger is not."""
    again = _decide(case, verdict.proved, verdict.arithmetic)
    if not isinstance(again, Accepted) or again.proved != verdict.proved:
        return [f"{verdict.arithmetic}: what was proved is not proved again: {verdict.proved}, {again}"]
    bent = list(stronger_claims(verdict.proved, case.given))
    if not bent:
        return []
    claim = bent[rng.integers(len(bent))]
    if isinstance(_decide(case, claim, verdict.arithmetic), Accepted):
        return [f"{verdict.arithmetic}: accepted {claim}, although only {verdict.proved} is proved"]
    return []


def stronger_claims(proved: Any, given: frozenset[str] = frozenset()) -> Iterator[Any]:
    """The claim with one number a last bit stronger, for each number that can be."""
    for spec in fields(proved):
        value, weaker = getattr(proved, spec.name), spec.metadata.get("weaker")
        if is_dataclass(value) and not isinstance(value, type):
            yield from (replace(proved, **{spec.name: inner}) for inner in stronger_claims(value))
        elif weaker in ("larger", "smaller") and spec.name not in given:
            moved = _moved(value, -1 if weaker == "larger" else 1)
            if moved is not None:
                yield replace(proved, **{spec.name: moved})


def _moved(value: Any, direction: int) -> Any:
    """A last bit up or down; ``None`` at 0, where claims end, and for what is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)) or (value == 0 and direction < 0):
        return None
    if isinstance(value, float):
        moved = math.nextafter(value, direction * math.inf)
        return moved if math.isfinite(moved) and moved != 0 else None
    return value + direction * (1 if isinstance(value, int) else Fraction(1, 2**64 * value.denominator))
