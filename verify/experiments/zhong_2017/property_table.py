"""The slides' table of properties (Zhong et al. 2017): 40 marks, each beside a proof of it or of its negation."""

from __future__ import annotations

from functools import partial
from typing import Any

from certificates.expression import parse_activation
from verify.activations import properties
from verify.experiments.reproduction import Progress, Proofs, Reproduction, is_proved, prove_all
from verify.theory.zhong_2017.printed import COLUMNS, MARKS, SOURCE, Marks

__all__ = ["TITLE", "run"]

TITLE = "Table of properties of Zhong et al., printed beside proved"

_SEARCHES = {
    "P1": properties.slope,
    "P2": properties.rho_positive,
    "P3.a": properties.curvature,
    "P3.b": properties.kinks,
}
_LIPSCHITZ = "P3a-lipschitz"


def run(progress: Progress | None = None) -> Reproduction:
    """Decide P1, P2, P3.a and P3.b for the eight activations; the last column is P1 and P2 and (P3.a or P3.b)."""
    tasks = {
        _name(row, column): partial(search, parse_activation(row.function.catalogue))
        for row in MARKS
        for column, search in _SEARCHES.items()
    }
    proofs = prove_all(tasks, progress)
    cells = [_cell(row, column, proofs) for row in MARKS for column in COLUMNS]
    agreeing = [cell for cell in cells if cell["printed"] == cell["proved"]]
    provisos = [cell for cell in agreeing if cell["proviso"]]
    return Reproduction(
        title=TITLE,
        source=f"{SOURCE}, three properties in summary",
        header=("φ", *COLUMNS, "verdict"),
        rows=tuple(_row(row, [c for c in cells if c["activation"] == row.function.name]) for row in MARKS),
        notes=(
            "Each entry: the printed mark, then the proved one.",
            (
                f"{len(agreeing)} of {len(cells)} marks agree, {len(provisos)} of them, marked *, with the proviso E5: "
                "φ''(0) does not exist for squared ReLU; φ' is Lipschitz."
            ),
            (
                "P1 is read almost everywhere, as ReLU has no slope at 0. The column P1,2,3 is P1 and P2 and (P3.a or "
                "P3.b), from the other four."
            ),
            "A tick under P2 is proved for every σ > 0, from P1 and one point where φ is not affine; see E7.",
            "E5, E7: see `verify list errata`.",
        ),
        proofs=proofs,
        document={
            "experiment": "zhong-property-table",
            "marks": len(cells),
            "marks_that_agree": len(agreeing),
            "with_proviso": len(provisos),
            "cells": cells,
        },
        is_complete=all(map(is_proved, proofs.values())),
    )


def _name(row: Marks, column: str) -> str:
    return f"{row.function.catalogue.replace('_', '-')}-{column.replace('.', '').lower()}"


def _cell(row: Marks, column: str, proofs: Proofs) -> dict[str, Any]:
    """One mark: what is printed, what is proved, by which certificates, with which proviso."""
    names = [_name(row, each) for each in (_SEARCHES if column not in _SEARCHES else (column,))]
    found = [_holds(proofs[name]) for name in names]
    proved = found[0] if column in _SEARCHES else _all_three(*found)
    needs_smoothness = column == "P3.a" or (column not in _SEARCHES and found[3] is not True)
    lipschitz_only = proofs[_name(row, "P3.a")].claim.label == _LIPSCHITZ
    return {
        "activation": row.function.name,
        "column": column,
        "printed": row.marks[COLUMNS.index(column)],
        "proved": proved,
        "proviso": "E5" if proved and needs_smoothness and lipschitz_only else None,
        "certificates": [f"certificates/{name}.cert.json" for name in names],
    }


def _holds(proposal: Any) -> bool | None:
    """Whether the property or its negation is proved."""
    return None if not is_proved(proposal) else proposal.claim.kind != "activation-counterexample"


def _all_three(p1: bool | None, p2: bool | None, smooth: bool | None, affine: bool | None) -> bool | None:
    """P1 and P2 and (P3.a or P3.b); unknown where the known ones leave it open.

    Examples
    --------
    >>> _all_three(True, True, False, True), _all_three(False, None, None, None), _all_three(True, True, None, False)
    (True, False, None)
    """
    third = True if smooth or affine else (None if None in (smooth, affine) else False)
    if False in (p1, p2, third):
        return False
    return None if None in (p1, p2, third) else True


def _row(row: Marks, cells: list[dict[str, Any]]) -> tuple[str, ...]:
    words = {True: "✓", False: "✗", None: "?"}
    marks = [f"{words[c['printed']]} {words[c['proved']]}{'*' if c['proviso'] else ''}" for c in cells]
    if any(c["proved"] is None for c in cells):
        verdict = "undecided"
    elif any(c["printed"] != c["proved"] for c in cells):
        verdict = "differs: unexplained"
    else:
        verdict = "agrees, proviso E5" if any(c["proviso"] for c in cells) else "agrees"
    return (row.function.name, *marks, verdict)
