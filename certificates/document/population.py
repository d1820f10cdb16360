"""Population problems as JSON: ``activation`` in its canonical spelling, ``teacher``, and perhaps ``student``."""

from __future__ import annotations

from typing import Any

from certificates.document.codec import read_record, require_keys, write_record
from certificates.errors import MalformedCertificate, MalformedExpression, MalformedProblem
from certificates.expression import Activation, parse_activation
from certificates.subjects.population import PopulationProblem, Units

__all__ = ["read_canonical_activation", "read_population", "write_population"]


def write_population(problem: PopulationProblem) -> dict[str, Any]:
    """The keys of a population problem besides its type."""
    units = {"teacher": problem.teacher, "student": problem.student}
    records = {name: write_record(each) for name, each in units.items() if each is not None}
    return {"activation": problem.activation.text, **records}


def read_population(value: dict[str, Any], place: str) -> PopulationProblem:
    """A population problem from these keys and no others.

    Raises
    ------
    MalformedCertificate
        With the key path as place.
    """
    require_keys(value, place, {"activation", "teacher"}, {"activation", "teacher", "student"})
    if not isinstance(value["activation"], str):
        raise MalformedCertificate("expected a string", place=f"{place}.activation")
    activation = read_canonical_activation(value["activation"], f"{place}.activation")
    units = {name: _units(value[name], f"{place}.{name}") for name in ("teacher", "student") if name in value}
    try:
        return PopulationProblem(activation, units["teacher"], units.get("student"))
    except MalformedProblem as error:
        raise MalformedCertificate(error.what, place=f"{place}.{error.place}", remedy=error.remedy) from error


def _units(value: Any, place: str) -> Units:
    try:
        units: Units = read_record(Units, value, place)
    except MalformedProblem as error:
        raise MalformedCertificate(error.what, place=f"{place}.{error.place}", remedy=error.remedy) from error
    return units


def read_canonical_activation(text: str, place: str) -> Activation:
    """An activation in the one spelling that certificates have.

    Raises
    ------
    MalformedCertificate
        It is no activation, or spelled otherwise.
    """
    try:
        activation = parse_activation(text)
    except MalformedExpression as error:
        raise MalformedCertificate(error.what, place=f"{place}, {error.place}", remedy=error.remedy) from error
    if activation.text != text:
        raise MalformedCertificate(
            f"{ascii(text)[:60]} is not the canonical spelling {activation.text[:60]}", place=place
        )
    return activation
