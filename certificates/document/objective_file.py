"""The objective in a problem file: keys of the metadata, and the tensors that penalties are centred at.

``loss_scale``
    s, a positive rational. Alone in ``gradcert-problem/1``: the loss is squared, and nothing is added.
``loss``
    ``squared``, ``logistic`` or ``softmax``.
``class_labels``
    With softmax: o lists of o rationals, row k the distribution that class k stands for. Left out for the identity.
``decay``
    An object: the tensor's name to λ, a positive rational: ``{"layers.0.weight": "1/1000"}``. Left out for none. The
    tensor ``centre.layers.0.weight`` holds c; left out for 0.
``sample_weights``
    n positive rationals, not all equal. Left out where all are 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, assert_never

from certificates.document.numbers import read_rational, spell_rational
from certificates.document.tensors import shown_name
from certificates.errors import MalformedProblem
from certificates.subjects import Decay, FloatArray, Logistic, Loss, Objective, SoftmaxCrossEntropy, Squared

__all__ = ["CENTRE", "OPTIONAL_KEYS", "objective_settings", "objective_tensors", "read_objective"]

OPTIONAL_KEYS = frozenset({"class_labels", "decay", "sample_weights"})
CENTRE = "centre."


def read_objective(settings: Mapping[str, Any], centres: Mapping[str, FloatArray]) -> Objective:
    """The objective that the metadata describe.

    Parameters
    ----------
    settings
        The metadata, with the keys of their format.
    centres
        The tensors that begin with ``centre.``, by the rest of their names.

    Raises
    ------
    Malformed
        A value of the wrong shape or spelling, an empty list that is to be left out, a centre without a decay.
    """
    decay = _read_decay(settings["decay"], centres) if "decay" in settings else ()
    for name in sorted(centres.keys() - {each.tensor for each in decay}):
        raise MalformedProblem("unknown tensor", place=shown_name(CENTRE + name))
    weights = _rationals(settings["sample_weights"], "sample_weights") if "sample_weights" in settings else ()
    return Objective(_read_loss(settings), decay, weights)


def _read_loss(settings: Mapping[str, Any]) -> Loss:
    scale = _rational(settings["loss_scale"], "loss_scale")
    name = settings.get("loss", Squared.name)
    if name not in (Squared.name, Logistic.name, SoftmaxCrossEntropy.name):
        known = f"{Squared.name}, {Logistic.name} or {SoftmaxCrossEntropy.name}"
        raise MalformedProblem(f"expected {known}, got {ascii(name)[:60]}", place="gradcert.loss")
    if name == SoftmaxCrossEntropy.name:
        return SoftmaxCrossEntropy(scale, _read_class_labels(settings))
    if "class_labels" in settings:
        raise MalformedProblem("belongs to the softmax loss", place="gradcert.class_labels", remedy="leave it out")
    return Squared(scale) if name == Squared.name else Logistic(scale)


def _read_class_labels(settings: Mapping[str, Any]) -> tuple[tuple[Fraction, ...], ...]:
    if "class_labels" not in settings:
        return ()
    rows = _filled(settings["class_labels"], list, "class_labels")
    return tuple(_rationals(row, f"class_labels[{index}]") for index, row in enumerate(rows))


def _read_decay(value: Any, centres: Mapping[str, FloatArray]) -> tuple[Decay, ...]:
    """In the order of the network's tensors, which an object does not keep."""
    rates = _filled(value, dict, "decay")
    return tuple(
        Decay(name, _rational(rates[name], f"decay.{shown_name(name)}"), centres.get(name))
        for name in sorted(rates, key=_position)
    )


def _position(name: str) -> tuple[int, bool, str]:
    """Layers by number, a weight before its bias; a name that is none is refused by the network."""
    number = name.removeprefix("layers.").partition(".")[0]
    return int(number) if number.isdecimal() and len(number) < 6 else -1, not name.endswith(".weight"), name


def _rationals(value: Any, key: str) -> tuple[Fraction, ...]:
    return tuple(_rational(item, f"{key}[{index}]") for index, item in enumerate(_filled(value, list, key)))


def _rational(value: Any, key: str) -> Fraction:
    if not isinstance(value, str):
        raise MalformedProblem("expected a string", place=f"gradcert.{key}")
    return read_rational(value, f"gradcert.{key}")


def _filled(value: Any, kind: type, key: str) -> Any:
    """A list or an object that holds something; nothing is spelled by leaving it out."""
    if not isinstance(value, kind):
        expected = "a list" if kind is list else "an object"
        raise MalformedProblem(f"expected {expected}", place=f"gradcert.{key}")
    if not value:
        raise MalformedProblem("is empty", place=f"gradcert.{key}", remedy="leave it out")
    return value


def objective_settings(objective: Objective) -> dict[str, Any]:
    """The keys of the metadata; ``loss_scale`` alone where that suffices."""
    scale = {"loss_scale": spell_rational(objective.loss.scale)}
    if objective.squared_scale is not None:
        return scale
    settings: dict[str, Any] = {"loss": objective.loss.name, **scale, **_class_labels(objective.loss)}
    if objective.decay:
        settings["decay"] = {each.tensor: spell_rational(each.rate) for each in objective.decay}
    if objective.sample_weights:
        settings["sample_weights"] = [spell_rational(weight) for weight in objective.sample_weights]
    return settings


def _class_labels(loss: Loss) -> dict[str, list[list[str]]]:
    match loss:
        case SoftmaxCrossEntropy(class_labels=rows) if rows:
            return {"class_labels": [[spell_rational(entry) for entry in row] for row in rows]}
        case Squared() | Logistic() | SoftmaxCrossEntropy():
            return {}
        case _:
            assert_never(loss)


def objective_tensors(objective: Objective) -> dict[str, FloatArray]:
    """The centres that are not 0, by the names they have in a problem file."""
    return {CENTRE + each.tensor: each.centre for each in objective.decay if each.centre is not None}
