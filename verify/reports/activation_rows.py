"""The property table of an activation as sections of rows: what is proved, by what, and what was missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flint import arb

from certificates import Accepted
from certificates.arithmetic.arb import rational_ends
from certificates.language.parts import Interval
from certificates.language.wording import in_words
from verify.activations.table import ActivationTable, Entry
from verify.reports.explanation import formula_of
from verify.reports.pages import page_of
from verify.typesetting.decimals import certain, down, enclosed, up
from verify.typesetting.formulas import Line

__all__ = ["Grid", "PropertyRow", "TableContent", "derivative_ranges", "table_content"]

_PROPERTIES = ("P1", "P2", "P3a", "P3b", "A2.3", "ρ for all σ")
_RANGE_DIGITS = 8
_DERIVATIVES = (("φ'", r"\varphi'"), ("φ''", r"\varphi''"), ("φ'''", r"\varphi'''"))


@dataclass(frozen=True)
class PropertyRow:
    """One property: its name, ``holds``, ``fails`` or ``undecided``, the statement, and why or what is missing."""

    name: str
    outcome: str
    statement: str
    why: str


@dataclass(frozen=True)
class Grid:
    """A table of numbers with a title and a header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableContent:
    """Everything that is printed.

    Parameters
    ----------
    name, formula
        The activation as spelled, and φ(z).
    ranges
        Derivative and enclosure of its range.
    properties
        P1 to P3, Assumption 2.3, and the bound of ρ for every σ.
    grids
        ρ and its terms, the constants of tensors, the orthogonal Hessian, one row a σ.
    invariances, assumptions
        What is used of φ's symmetry, and what conditional entries assume.
    refusal
        The one reason why nothing is proved; empty otherwise.
    """

    name: str
    formula: Line
    ranges: tuple[tuple[str, str, str], ...]
    properties: tuple[PropertyRow, ...]
    grids: tuple[Grid, ...]
    invariances: tuple[str, ...]
    assumptions: tuple[str, ...]
    refusal: str


def table_content(table: ActivationTable) -> TableContent:
    """Everything that is printed, in order; lower bounds rounded down, upper bounds up."""
    entries = {entry.name: entry for entry in table.entries if entry.sigma is None}
    return TableContent(
        name=table.activation.text,
        formula=formula_of(table.activation),
        ranges=derivative_ranges(table),
        properties=tuple(_property(entries[name]) for name in _PROPERTIES),
        grids=tuple(
            _grid(title, header, [entry for entry in table.entries if entry.name == name], cells)
            for name, title, header, cells in _GRIDS
        ),
        invariances=table.invariances,
        assumptions=_assumptions(table),
        refusal=table.undefined,
    )


def derivative_ranges(table: ActivationTable) -> tuple[tuple[str, str, str], ...]:
    """The first three derivatives in plain text and LaTeX with enclosures of their ranges, rounded outwards."""
    return tuple(
        (plain, latex, _range(ends, table, k))
        for k, ((plain, latex), ends) in enumerate(zip(_DERIVATIVES, table.ranges, strict=True), start=1)
    )


def _range(ends: tuple[arb, arb] | None, table: ActivationTable, derivative: int) -> str:
    if ends is None:
        return "not bounded, or not enclosed"
    low, high = rational_ends(ends[0])[0], rational_ends(ends[1])[1]
    if derivative == 1 and _is_slope_nonnegative(table):
        low = max(low, Fraction(0))
    size = max(abs(low), abs(high))
    if size:  # ends far smaller than the range are its slack
        unit = Fraction(10) ** (Decimal(float(size)).adjusted() + 1 - _RANGE_DIGITS)
        low, high = (low / unit).__floor__() * unit, (high / unit).__ceil__() * unit
    return enclosed(low, high, _RANGE_DIGITS)


def _is_slope_nonnegative(table: ActivationTable) -> bool:
    """Whether P1 or P1' is proved, and without an assumption."""
    found = [entry.proposal for entry in table.entries if entry.name == "P1" and not entry.is_conditional]
    return any(p is not None and p in table.proved and p.claim.kind == "slope-growth" for p in found)


# ---- properties ----------------------------------------------------------------------------------------------------


def _property(entry: Entry) -> PropertyRow:
    found = entry.proposal
    if found is None or not isinstance(found.verdict, Accepted):
        outcome = "undecided" if found is None else found.verdict.outcome
        return PropertyRow(entry.name, outcome, "", entry.missing)
    claim = found.claim
    outcome = "fails" if claim.kind == _NEGATION else "holds"
    if found.verdict.conditional:
        outcome += " (conditional)"
    why = "; ".join(map(_step, page_of(claim.kind).reasons(claim, found.evidence, found.verdict)))
    return PropertyRow(_shown_name(entry, claim), outcome, _said(claim), why)


def _shown_name(entry: Entry, claim: Any) -> str:
    name = entry.name if claim.kind == _NEGATION else str(getattr(claim, "label", entry.name))
    return _NAMES.get(name, name)


_NEGATION = "activation-counterexample"
_NAMES = {
    "P3a-strict": "P3a (strict)",
    "P3a-lipschitz": "P3a (Lipschitz)",
    "A2.3(a) for σ > 0": "A2.3(a)",
    "A2.3(b) for σ > 0": "A2.3(b)",
}


def _step(line: Line) -> str:
    return f"{line.plain}: {line.value}" + (f" at {line.at}" if line.at else "")


def _said(claim: Any) -> str:
    """The sentence without its beginning, its numbers shortened in the weak direction."""
    if claim.kind == "nondegenerate-activation":
        where = "σ ≥ 0" if claim.sigma == "nonnegative" else "σ > 0 (not at σ = 0)"
        signs = {"nonzero": "≠ 0", "zero": "= 0"}
        means = f"μ(σ) {signs[claim.mean]} and γ(σ) {signs[claim.curvature]} for every {where}"
        return f"{means}; φ', φ'' bounded, φ' not affine (our reading)"
    text: str = claim.sentence().rstrip(".")
    if not hasattr(claim, "label"):
        return text.removeprefix("For the given activation, ")
    for spec in fields(claim):
        value = getattr(claim, spec.name)
        if spec.metadata.get("weaker") == "larger" and isinstance(value, Fraction) and value:
            text = text.replace(in_words(value), up(value, 9))
    return text.partition(": ")[2]


# ---- numbers -------------------------------------------------------------------------------------------------------


def _number(value: Interval | None) -> str:
    return "" if value is None else certain(value.lower, value.upper)


def _grid(title: str, header: tuple[str, ...], entries: Iterable[Entry], cells: Callable[[Any], list[str]]) -> Grid:
    """A row for each proved entry, a note for each refusal."""
    rows, notes = [], []
    for entry in entries:
        sigma = in_words(entry.sigma or Fraction(0))
        if entry.proposal is None or not entry.is_proved:
            notes.append(f"σ = {sigma}: undecided: {entry.missing}")
            continue
        rows.append((f"{sigma}{' (conditional)' if entry.is_conditional else ''}", *cells(entry.proposal.claim)))
    return Grid(title, header, tuple(rows), tuple(notes))


def _rho(claim: Any) -> list[str]:
    active = ", ".join(f"T{'₁₂₃'[k - 1]}" for k in claim.active)
    return [_number(claim.rho), active, *map(_number, (claim.first, claim.second, claim.third))]


def _tensors(claim: Any) -> list[str]:
    values = map(_number, (claim.mean_slope, claim.mean_curvature, claim.third, claim.fourth))
    return [*values, ", ".join({"third": "c₃", "fourth": "c₄"}[name] for name in claim.vacuous) or "none"]


def _hessian(claim: Any) -> list[str]:
    return [f"≥ {down(claim.curvature, 12)}"]


_GRIDS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], list[str]]], ...] = (
    ("ρ", "ρ(σ) = min(T₁, T₂, T₃); every digit is certain", ("σ", "ρ(σ)", "active", "T₁", "T₂", "T₃"), _rho),
    ("tensor constants", "Constants of the moment tensors", ("σ", "μ", "γ", "c₃", "c₄", "vacuous"), _tensors),
    (
        "orthogonal Hessian",
        "Population Hessian at orthogonal weights of norm σ, outer weights ±1",
        ("σ", "smallest eigenvalue"),
        _hessian,
    ),
)


def _assumptions(table: ActivationTable) -> tuple[str, ...]:
    verdicts = [entry.proposal.verdict for entry in table.entries if entry.proposal is not None]
    texts = [a.text for v in verdicts if isinstance(v, Accepted) for a in v.ledger if a.mathematical]
    return tuple(dict.fromkeys(texts))
