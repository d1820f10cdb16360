"""What a problem's objective is in words, which kinds of claims cover it, and the scale of a plain sum of squares."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from certificates.errors import MalformedProblem
from certificates.kinds import KINDS, find
from certificates.subjects import Decay, Logistic, Network, SoftmaxCrossEntropy, Squared

__all__ = ["covering_kinds", "describe_objective", "refuse_objective", "squared_scale"]

_READABLE = 24  # characters of a rational


def squared_scale(network: Network) -> Fraction:
    """The s of f(w) = s ‖F(w) − y‖².

    Raises
    ------
    MalformedProblem
        The objective is another function; says which, and which kinds of claims cover it.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> squared_scale(from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[1.0]], [[0.5]], loss="half-sum"))
    Fraction(1, 2)
    """
    scale = network.objective.squared_scale
    if scale is None:
        raise _beyond(network, "expected a plain sum of squares")
    return scale


def refuse_objective(network: Network, kind: str | None) -> None:
    """Refuse a search for claims of a kind (``None``: of any) that does not cover the network's objective."""
    if network.objective.squared_scale is not None:
        return
    covering = covering_kinds(network)
    if kind not in covering and not (kind is None and covering):
        raise _beyond(network, "no search covers it" if kind is None else f"{kind} does not cover it")


def covering_kinds(network: Network) -> tuple[str, ...]:
    """The kinds of claims about networks whose rules account for everything in the objective."""
    kinds = (find(name) for name in KINDS)
    return tuple(kind.name for kind in kinds if kind.subject is Network and not kind.covers.lacks(network))


def _beyond(network: Network, what: str) -> MalformedProblem:
    terms = "; ".join(f"{name}: {value}" for name, value in describe_objective(network))
    covering = ", ".join(covering_kinds(network)) or "none yet"
    return MalformedProblem(
        f"{what}, got {terms}", place="objective", remedy=f"kinds that cover this objective: {covering}"
    )


def describe_objective(network: Network) -> Iterator[tuple[str, str]]:
    """Rows (quantity, value): the loss, and the penalty, class labels and sample weights there are.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> list(describe_objective(from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[1.0]], [[0.5]])))
    [('loss', '1 · ‖F(w) − y‖² (mean)')]
    """
    objective = network.objective
    yield "loss", _loss(network)
    if isinstance(objective.loss, SoftmaxCrossEntropy) and objective.loss.class_labels:
        own = [row[index] for index, row in enumerate(objective.loss.class_labels)]
        yield "class labels", f"distributions, own share {_range(own)}"
    if objective.decay:
        yield "penalty", " + ".join(map(_penalty, objective.decay))
    if objective.sample_weights:
        yield "sample weights ω", _range(objective.sample_weights)


def _loss(network: Network) -> str:
    loss, weight = network.objective.loss, "ω_i " if network.objective.sample_weights else ""
    match loss:
        case Squared():
            term = f"Σ_i {weight}‖F_i(w) − y_i‖²" if weight else f"‖F(w) − y‖²{_loss_name(network)}"
        case Logistic():
            term = f"Σ_i {weight}Σ_c (log(1 + exp F_ic(w)) − q_ic F_ic(w))"
        case SoftmaxCrossEntropy():
            term = f"Σ_i {weight}(log Σ_c exp F_ic(w) − q_i·F_i(w))"
        case _:
            assert_never(loss)
    return f"{_shown(loss.scale)} · {term}"


def _loss_name(network: Network) -> str:
    # With one equation two names share a value; the first is said.
    scale, count = network.objective.loss.scale, network.residual_count
    if scale * count == 1:
        return " (mean)"
    if 2 * scale * count == 1:
        return " (half-mean)"
    return {Fraction(1): " (sum)", Fraction(1, 2): " (half-sum)"}.get(scale, "")


def _penalty(decay: Decay) -> str:
    return f"{_shown(decay.rate / 2)} · ‖{decay.tensor}{'' if decay.centre is None else ' − c'}‖²"


def _range(values: tuple[Fraction, ...] | list[Fraction]) -> str:
    least, most = min(values), max(values)
    return _shown(least) if least == most else f"from {_shown(least)} to {_shown(most)}"


def _shown(value: Fraction) -> str:
    """Exact where that is short."""
    text = str(value)
    return text if len(text) <= _READABLE else f"≈ {float(value):.6g}"
