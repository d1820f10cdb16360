"""The slides' table of ρ(σ) (Zhong et al. 2017): 11 entries for 7 activations, each at σ = 0.1, 1 and 10."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

from certificates.expression import parse_activation
from certificates.language.wording import in_words
from verify.experiments.reproduction import Progress, Proofs, Reproduction, is_proved, prove_all
from verify.proposals import zhong_rho
from verify.theory.printed import Agreement, compare
from verify.theory.zhong_2017.printed import NUMBERS, SIGMAS, SOURCE, Number

__all__ = ["TITLE", "run"]

TITLE = "Table of ρ(σ) of Zhong et al., printed beside proved"

_HEADER = ("φ", "σ", "printed", "proved: ρ(σ) in", "attained by", "verdict")
_ERRATA = {"squared ReLU": "E1", "quadratic": "E2", "tanh": "E3"}
_WORDS: dict[Agreement, str] = {
    "rounded": "agrees",
    "truncated": "differs: {0}, cut off instead of rounded",
    "differs": "differs: {0}",
    "undecided": "undecided",
}
_USUAL_ERF = "erf"


def run(progress: Progress | None = None) -> Reproduction:
    """Enclose ρ for every entry, and for the erf with the usual factor 2/√π."""
    names = dict.fromkeys([*(entry.function.catalogue for entry in NUMBERS), _USUAL_ERF])
    tasks = {
        _name(name, sigma): partial(zhong_rho.propose, parse_activation(name), sigma)
        for name in names
        for sigma in SIGMAS
    }
    proofs = prove_all(tasks, progress)
    compared = [(entry, sigma, _agreement(entry, sigma, proofs)) for entry in NUMBERS for sigma in entry.sigmas]
    agreeing = [entry for entry in NUMBERS if {a for e, _, a in compared if e is entry} == {"rounded"}]
    rows = tuple(_row(*each, proofs) for each in compared) + tuple(_usual_erf_row(sigma, proofs) for sigma in SIGMAS)
    return Reproduction(
        title=TITLE,
        source=f"{SOURCE}, property P2",
        header=_HEADER,
        rows=rows,
        notes=_notes(len(agreeing)),
        proofs=proofs,
        document={
            "experiment": "zhong-rho-table",
            "entries": len(NUMBERS),
            "entries_that_agree": len(agreeing),
            "cells": [_document(*each, proofs) for each in compared],
        },
        is_complete=all(map(is_proved, proofs.values())) and all(a != "undecided" for _, _, a in compared),
    )


def _notes(agreeing: int) -> tuple[str, ...]:
    return (
        f"{agreeing} of the {len(NUMBERS)} printed entries agree at every σ they stand for.",
        (
            "An entry agrees if rounding to its last printed digit gives it, which is decided with exact rationals; 0 "
            "is read exactly."
        ),
        "The slides' erf is the integral of e^(−t²) from 0 to z. The last rows are erf with the factor 2/√π; see E4.",
        "The entries for ReLU, leaky ReLU, squared ReLU, linear and quadratic stand for all three σ.",
        "E1 … E4: see `verify list errata`.",
    )


def _name(catalogue: str, sigma: Fraction) -> str:
    return f"{catalogue.replace('_', '-')}-rho-{str(sigma).replace('/', '-')}"


def _agreement(entry: Number, sigma: Fraction, proofs: Proofs) -> Agreement:
    proposal = proofs[_name(entry.function.catalogue, sigma)]
    return compare(entry.at(sigma), proposal.claim.rho) if is_proved(proposal) else "undecided"


def _row(entry: Number, sigma: Fraction, agreement: Agreement, proofs: Proofs) -> tuple[str, ...]:
    shown = entry.text
    if entry.times_sigma:
        shown += f" = {float(entry.at(sigma).value):.3g}"
    verdict = _WORDS[agreement].format(_ERRATA.get(entry.function.name, "unexplained"))
    return (entry.function.name, in_words(sigma), shown, *_proved(entry.function.catalogue, sigma, proofs), verdict)


def _usual_erf_row(sigma: Fraction, proofs: Proofs) -> tuple[str, ...]:
    return ("erf · 2/√π", in_words(sigma), "–", *_proved(_USUAL_ERF, sigma, proofs), "not printed: E4")


def _proved(catalogue: str, sigma: Fraction, proofs: Proofs) -> tuple[str, str]:
    proposal = proofs[_name(catalogue, sigma)]
    if not is_proved(proposal):
        return "not proved", ""
    rho = proposal.claim.rho
    shown = in_words(rho.lower) if rho.lower == rho.upper else str(rho)
    return shown, " or ".join(f"T_{k}" for k in proposal.claim.active)


def _document(entry: Number, sigma: Fraction, agreement: Agreement, proofs: Proofs) -> dict[str, Any]:
    name = _name(entry.function.catalogue, sigma)
    found = proofs[name]
    return {
        "activation": entry.function.name,
        "catalogue": entry.function.catalogue,
        "sigma": str(sigma),
        "printed": entry.text,
        "lower": str(found.claim.rho.lower) if is_proved(found) else None,
        "upper": str(found.claim.rho.upper) if is_proved(found) else None,
        "active": list(found.claim.active) if is_proved(found) else None,
        "agreement": agreement,
        "erratum": None if agreement in ("rounded", "undecided") else _ERRATA.get(entry.function.name),
        "certificate": f"certificates/{name}.cert.json",
    }
