"""The command ``verify list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verify.cli.terminal import OK, Say

if TYPE_CHECKING:
    from certificates.expression.catalogue import Entry

__all__ = ["list_command"]


def list_command(say: Say, topic: str) -> int:
    """Print one of the lists."""
    if topic == "errata":
        return _list_errata(say)
    rows = {"kinds": _kinds, "activations": _activations, "experiments": _experiments}[topic]()
    say.table(rows, **{topic: dict(rows)})
    return OK


def _kinds() -> list[tuple[str, str]]:
    from certificates.kinds import KINDS

    return list(KINDS.items())


def _activations() -> list[tuple[str, str]]:
    from certificates.expression import CATALOGUE

    return [(name, _activation(entry)) for name, entry in CATALOGUE.items()]


def _experiments() -> list[tuple[str, str]]:
    from verify.experiments import EXPERIMENTS

    return [(name, experiment.title) for name, experiment in EXPERIMENTS.items()]


def _activation(entry: Entry) -> str:
    """Its meaning, and what its parameter may be and is by default."""
    parameter = entry.parameter
    if parameter is None:
        return entry.meaning
    default = "must be given" if parameter.default is None else f"{parameter.default} by default"
    return f"{entry.meaning}; {entry.name}({parameter.name}) with {parameter.condition}, {default}"


def _list_errata(say: Say) -> int:
    """Print what is said, what holds, which files prove it, and exact instances, computed anew."""
    from verify.theory.errata import ERRATA, INSTANCES

    document: dict[str, Any] = {}
    for each in ERRATA:
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
