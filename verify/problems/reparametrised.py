"""Weights that PyTorch computes from others: pruning, weight and spectral norm, and what undoes each of them."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["reparametrisation"]

# The leaf of a name that only this one has, what it is, and the call that writes the weight as one tensor again.
_KINDS = (
    ("_mask", "pruning", "torch.nn.utils.prune.remove(module, {name!r})"),
    ("_g", "weight normalisation", "torch.nn.utils.remove_weight_norm(module, {name!r})"),
    ("_u", "spectral normalisation", "torch.nn.utils.remove_spectral_norm(module, {name!r})"),
)
_TENSORS = ("weight", "bias")
_NEW_STYLE = "parametrizations"


def reparametrisation(names: Iterable[str]) -> tuple[str, str, str] | None:
    """The first name that tells of a weight computed from others, what that is, and what undoes it.

    Parameters
    ----------
    names
        Of a module's parameters, buffers and children, or of a state dict's tensors.

    Examples
    --------
    >>> reparametrisation(["0.bias", "0.weight_orig", "0.weight_mask"])
    ('0.weight_mask', 'pruning', "torch.nn.utils.prune.remove(module, 'weight')")
    >>> reparametrisation(["0.weight", "0.bias"]) is None
    True
    """
    for name in names:
        if _NEW_STYLE in name.split("."):
            tensor = name.partition(f"{_NEW_STYLE}.")[2].partition(".")[0] or "weight"
            call = f"torch.nn.utils.parametrize.remove_parametrizations(module, {tensor!r})"
            return name, "a parametrisation such as weight or spectral norm", call
        for leaf, what, call in _KINDS:
            tensor = name.rpartition(".")[2].removesuffix(leaf)
            if name.endswith(leaf) and tensor in _TENSORS:
                return name, what, call.format(name=tensor)
    return None
