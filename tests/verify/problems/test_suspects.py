"""Modules that are not what they seem, each with its own remedy; PyTorch is stood in for."""

from types import SimpleNamespace

import pytest

from verify.problems.suspects import suspicion


class Linear:
    """What is looked at of an ``nn.Linear``."""

    def __init__(self, *, parameters: tuple[str, ...] = (), buffers: tuple[str, ...] = (), **more: object) -> None:
        self._parameters = dict.fromkeys(("weight", "bias", *parameters))
        self._buffers, self._modules = dict.fromkeys(buffers), {}
        vars(self).update(more)

    def forward(self) -> None:
        """Replaced in a test."""


class OptimizedModule(Linear):
    """Of torch.compile."""


class RecursiveScriptModule(type("ScriptModule", (Linear,), {})):
    """Of torch.jit.script."""


TORCH = SimpleNamespace(nn=SimpleNamespace(Linear=Linear))


@pytest.mark.parametrize(
    ("module", "what", "remedy"),
    [
        (Linear(parameters=("weight_orig",), buffers=("weight_mask",)), "pruning", "prune.remove(module, 'weight')"),
        (Linear(parameters=("weight_g", "weight_v")), "weight normalisation", "remove_weight_norm(module, 'weight')"),
        (Linear(parameters=("weight_orig",), buffers=("weight_u",)), "spectral", "remove_spectral_norm(module"),
        (Linear(parameters=("parametrizations",)), "parametrisation", "remove_parametrizations(module, 'weight')"),
        (Linear(_forward_hooks={0: print}), "has hooks", ".remove()"),
        (OptimizedModule(), "torch.compile", "._orig_mod"),
        (RecursiveScriptModule(), "TorchScript", "the module it was made from"),
        (Linear(_compiled_call_impl=print), "compiled in place", "before .compile()"),
        (Linear(forward=print), "its forward was replaced", "fresh module"),
    ],
)
def test_each_has_its_own_remedy(module: object, what: str, remedy: str) -> None:
    doubt = suspicion(module, "Linear", "model.0", TORCH)
    assert doubt is not None
    assert what in doubt.what
    assert remedy in doubt.remedy
    assert doubt.place == "model.0"


def test_an_ordinary_module_is_above_suspicion() -> None:
    assert suspicion(Linear(), "Linear", "model.0", TORCH) is None
