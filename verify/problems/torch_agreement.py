"""A PyTorch model evaluated in binary64 on the problem's inputs, and held against the problem's network."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import Network
from verify.problems.comparison import Array, Difference, first_difference, weakness
from verify.problems.readers import one_line
from verify.problems.rounding import coarsest, evaluate
from verify.problems.torch_calls import refuse_other_calls
from verify.problems.torch_chain import Chain, read_chain

__all__ = ["difference_of_model"]


def difference_of_model(
    model: Any, network: Network, shape: tuple[int, ...], chain: Chain, torch: ModuleType
) -> tuple[Difference | None, str]:
    """Where the model first parts from the network, beyond rounding; and what weakens the comparison, if anything does.

    Parameters
    ----------
    model
        Without wrappers. A copy is evaluated, in binary64 (which autocasting leaves alone), on the processor and in
        evaluation mode (no module of the chain computes anything else in training mode).
    network, chain
        What was read from it.
    shape
        Of the inputs, as the model takes them.

    Raises
    ------
    MalformedProblem
        The model cannot be copied or evaluated, gives values of another shape, or calls something else than its graph.
    """
    inputs = torch.from_numpy(np.array(network.inputs).reshape(shape))
    again = Chain()
    try:
        twin = copy.deepcopy(model).cpu().double().eval()
        read_chain(twin, torch, again)
        outputs, seen = _run(twin, inputs, [module for _, module, _ in again.stages], torch)
    except Exception as error:  # whatever a module raises
        raise MalformedProblem(
            f"cannot be evaluated on the inputs in double precision ({one_line(error)})",
            place="model",
            remedy="model(inputs) must work, with weights and inputs in float64",
        ) from error
    if chain.traced:
        refuse_other_calls(twin, inputs, torch)
    ranges = evaluate(network, coarsest(), [activation.slack for activation in chain.activations])
    stages = [stage for stage in again.stages if stage[1] in set(twin.modules())]  # the others are functions
    # Where modules are called otherwise than in order, only the outputs can be compared.
    in_order = [id(module) for _, module, _ in stages] == [module for module, _ in seen]
    named = [
        (place, ranges[reached], values)
        for (place, _, reached), (_, values) in zip(stages, seen if in_order else (), strict=False)
        if reached
    ]
    if chain.flat and outputs.shape == (network.sample_count,):
        outputs = outputs[:, None]
    return first_difference([*named, ("the model's output", ranges[-1], outputs)]), weakness(ranges[-1])


def _run(twin: Any, inputs: Any, leaves: list[Any], torch: ModuleType) -> tuple[Array, list[tuple[int, Array]]]:
    """The outputs, and (module, its output) for every leaf in the order of the calls."""
    seen: list[tuple[int, Array]] = []

    def record(module: Any, _inputs: Any, output: Any) -> None:
        seen.append((id(module), _as_array(output)))

    hooks = [module.register_forward_hook(record) for module in twin.modules() if module in set(leaves)]
    with torch.no_grad():
        outputs = _as_array(twin(inputs))
    for hook in hooks:
        hook.remove()
    return outputs, seen


def _as_array(tensor: Any) -> Array:
    return np.array(tensor.detach().numpy(), dtype=np.float64)
