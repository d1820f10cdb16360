"""The command ``verify activation``: call :func:`verify.activation`, print its table, write its certificates."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

from certificates import Accepted
from certificates.document.codec import write_record
from certificates.errors import Malformed
from certificates.expression import parse_activation
from verify.activations.assumed import AssumedTail
from verify.activations.files import require_folder, write_certificates
from verify.activations.table import DEFAULT_SIGMAS, ActivationTable, Entry, activation, exact_positive
from verify.cli.terminal import NOT_PROVED, OK, Say

__all__ = ["activation_command", "parse_tail"]


def activation_command(
    say: Say,
    text: str,
    sigmas: list[str],
    assumed: str | None,
    style: str,
    derive: bool,
    output: Path | None,
    plot: Path | None,
    force: bool,
) -> int:
    """Make and print the table; 0 also if some entries are undecided, as the table says which; 1 if all are."""
    from verify.reports.activation_rows import table_content
    from verify.reports.activation_text import render_latex, render_text

    phi, tail = parse_activation(text), None if assumed is None else parse_tail(assumed)
    if output is not None:
        require_folder(output)  # refuse before the work, not after it
    if plot is not None:
        from verify.reports.activation_plots import picture_format

        require_folder(plot)
        picture_format(plot)
    table = activation(
        phi,
        [exact_positive(sigma) for sigma in sigmas] or DEFAULT_SIGMAS,
        assumed_tail=tail,
        progress=lambda name, step, steps: say.progress(name, step, steps, phi.text[:40]),
    )
    content = table_content(table)
    say.document.update(_document(table))
    say.raw(render_latex(content) if style == "latex" else render_text(content))
    if derive:
        _derive(say, table, style)
    if output is not None:
        written = write_certificates(table, output, force=force)
        say.document["certificates"] = [str(path) for path in written]
        say.message(
            f"written: {len(written)} certificates, {written[0]} …" if written else "nothing is proved: no file"
        )
    if plot is not None:
        _plot(say, table, plot, force)
    return OK if table.proved else NOT_PROVED


def _derive(say: Say, table: ActivationTable, style: str) -> None:
    from verify.symbolic.derivation import derive, to_latex, to_text

    found = derive(table.activation)
    text = to_latex(found) if style == "latex" else to_text(found)
    say.result(f"\n{text}", derivation=text)


def _plot(say: Say, table: ActivationTable, path: Path, force: bool) -> None:
    from verify.activations.curves import graph, term_curve
    from verify.reports.activation_plots import save_activation_plot

    sigmas = [entry.sigma for entry in table.entries if entry.sigma is not None]
    curve = term_curve(
        table.activation, sigmas, lambda name, step, steps: say.progress(name, step, steps, "T₁, T₂, T₃")
    )
    bounds = [e.proposal.claim for e in table.entries if e.name == "ρ for all σ" and e.is_proved and e.proposal]
    bound = bounds[0] if bounds else None
    save_activation_plot(table.activation.text, graph(table.activation), curve, bound, path, force=force)
    say.document["plot"] = str(path)
    say.message(f"written: {path}")


_NUMBER = re.compile(r"\d{1,20}(?:\.\d{1,20})?|\d{1,20}/0*[1-9]\d{0,19}", re.ASCII)


def parse_tail(text: str) -> AssumedTail:
    """``A,B,P,L2``: assume 0 ≤ φ' ≤ A + B|z|^P and |φ''| ≤ L2 far out, where nothing is proved.

    Examples
    --------
    >>> parse_tail("1,0,0,1/2")
    AssumedTail(slope_bound=Fraction(1, 1), slope_growth=Fraction(0, 1), power=0, curvature_bound=Fraction(1, 2))
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part) for part in parts) or not parts[2].isdigit():
        raise Malformed(
            f"{text[:60]!a} is not A,B,P,L2",
            place="--assume-tail",
            remedy="four numbers ≥ 0, P an integer: 0 ≤ φ' ≤ A + B|z|^P and |φ''| ≤ L2 far out",
        )
    slope, growth, power, curvature = parts
    return AssumedTail(Fraction(slope), Fraction(growth), int(power), Fraction(curvature))


# ---- JSON ----------------------------------------------------------------------------------------------------------


def _document(table: ActivationTable) -> dict[str, Any]:
    from verify.reports.activation_rows import derivative_ranges

    return {
        "activation": table.activation.text,
        "ranges": {name: value for name, _, value in derivative_ranges(table)},
        "invariances": list(table.invariances),
        "entries": [_entry(entry) for entry in table.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    document: dict[str, Any] = {"name": entry.name, "sigma": None if entry.sigma is None else str(entry.sigma)}
    if entry.proposal is None:
        return document | {"outcome": "undecided", "reason": entry.reason}
    claim, verdict = entry.proposal.claim, entry.proposal.verdict
    document |= {"kind": claim.kind, "outcome": verdict.outcome, "claim": write_record(claim)}
    if isinstance(verdict, Accepted):
        return document | {"sentence": claim.sentence(), "conditional": verdict.conditional}
    return document | {"reason": entry.missing}
