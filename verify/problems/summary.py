"""The table that is printed before certifying: what was understood, defaults included."""

from __future__ import annotations

from certificates.subjects import Layer, Network
from verify.problems.objectives import describe_objective

__all__ = ["describe", "summary_document"]


def describe(network: Network) -> list[tuple[str, str]]:
    """Give the rows (quantity, value) of a problem's summary.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> for row in describe(from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[1.0]], [[0.5]])): print(*row, sep=": ")
    samples n: 1
    widths: 1–1–1
    activations: tanh
    layer 0: 1×1, no bias, trained
    layer 1: 1×1, no bias, trained
    labels: given
    loss: 1 · ‖F(w) − y‖² (mean)
    equations N: 1
    trained parameters p: 2
    """
    return [
        ("samples n", f"{network.sample_count:,}"),
        ("widths", "–".join(str(width) for width in network.widths)),
        ("activations", _activations(network)),
        *((f"layer {index}", _layer(layer)) for index, layer in enumerate(network.layers)),
        ("labels", _labels(network)),
        *describe_objective(network),
        ("equations N", f"{network.residual_count:,}"),
        ("trained parameters p", f"{network.trained_parameter_count:,}"),
        *(("note", note) for note in network.notes),
    ]


def summary_document(network: Network) -> dict[str, str | int | list[int] | list[str]]:
    """The same as JSON values: counts are numbers, widths and notes are lists."""
    rows = {name: value for name, value in describe(network) if name != "note"}
    counts = {
        "samples n": network.sample_count,
        "equations N": network.residual_count,
        "trained parameters p": network.trained_parameter_count,
    }
    return {**rows, **counts, "widths": list(network.widths), "notes": list(network.notes)}


def _activations(network: Network) -> str:
    texts = [activation.text for activation in network.activations]
    return texts[0] if len(set(texts)) == 1 else ", ".join(texts)


def _layer(layer: Layer) -> str:
    rows, columns = layer.weight.shape
    bias = "no bias" if layer.bias is None else "bias"
    return f"{rows}×{columns}, {bias}, {'trained' if layer.trained else 'frozen'}"


def _labels(network: Network) -> str:
    if network.teacher is None:
        return "given"
    widths = [network.widths[0], *(layer.weight.shape[0] for layer in network.teacher)]
    return f"planted by a teacher, {'–'.join(map(str, widths))}"
