"""The command ``verify list``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from certificates.expression import CATALOGUE
from certificates.expression.catalogue import Entry
from certificates.kinds import KINDS, find
from verify.cli.terminal import OK, Say
from verify.experiments import EXPERIMENTS
from verify.theory.errata import ERRATA, INSTANCES, Erratum

__all__ = ["list_command"]


def list_command(say: Say, topic: str) -> int:
    """Print one of the lists."""
    if topic == "errata":
        return _list_errata(say, ERRATA)
    rows: list[tuple[str, str]] = {
        "kinds": [(name, find(name).about) for name in KINDS],
        "activations": [(name, _activation(entry)) for name, entry in CATALOGUE.items()],
        "experiments": [(name, experiment.title) for name, experiment in EXPERIMENTS.items()],
    }[topic]
    say.table(rows, **{topic: dict(rows)})
    return OK


def _activation(entry: Entry) -> str:
    """Its meaning, and what its parameter may be and is by default."""
    parameter = entry.parameter
    if parameter is None:
        return entry.meaning
    default = "must be given" if parameter.default is None else f"{parameter.default} by default"
    return f"{entry.meaning}; {entry.name}({parameter.name}) with {parameter.condition}, {default}"


def _list_errata(say: Say, errata: Iterable[Erratum]) -> int:
    """Print what is said, what holds, which files prove it, and exact instances, computed anew."""
    document: dict[str, Any] = {}
    for each in errata:
        paths = [str(path) for path in each.paths]
        document[each.key] = {
            "source": each.source,
            "printed": each.printed,
            "holds": each.holds,
            "proof": each.proof,
            "certificates": paths,
            "facts": [str(fact) for name in each.instances for fact in INSTANCES[name].facts()],
        }
        say.result(f"{each.key}  {each.source}")
        for name in ("printed", "holds", "proof"):
            say.result(f"    {name + ':':<9}{document[each.key][name]}")
        for path in paths:
            say.result(f"    {path}")
        for name in each.instances:
            say.result(f"    exactly, {INSTANCES[name].about}:")
            for fact in INSTANCES[name].facts():
                say.result(f"        {fact}")
    say.document["errata"] = document
    return OK
