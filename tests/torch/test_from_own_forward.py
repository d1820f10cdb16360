"""Models with a ``forward`` of their own: traced into the chain that they are, or refused with the line that works."""

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is an extra: make test-torch installs it")

from certificates.errors import MalformedProblem  # noqa: E402  (after the skip)
from verify.problems import from_torch, import_torch  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:the weights are:UserWarning")]

nn, F = torch.nn, torch.nn.functional
torch.manual_seed(0)
X, Y = torch.linspace(-1, 1, 18).reshape(6, 3), torch.ones(6, 1)
IMAGES = torch.linspace(-1, 1, 72).reshape(6, 1, 4, 3)


class Net(nn.Module):
    """Two layers; ``forward`` is what the test says."""

    def __init__(self, forward: object, inputs: int = 3) -> None:
        super().__init__()
        self.fc1, self.fc2, self.out = nn.Linear(inputs, 5), nn.Linear(5, 5), nn.Linear(5, 1)
        self.act, self.drop, self.norm = nn.SiLU(inplace=True), nn.Dropout(0.5), nn.LayerNorm(5)
        self.body = nn.ModuleList([nn.Linear(5, 5), nn.Tanh()])
        type(self).forward = forward


def net(forward: object, inputs: int = 3) -> object:
    return type("Net", (Net,), {})(forward, inputs).double()


CHAINS = {
    "modules": (lambda m, x: m.out(m.act(m.fc1(x))), "silu"),
    "torch": (lambda m, x: m.out(torch.tanh(m.fc1(x))), "tanh"),
    "functional": (lambda m, x: m.out(F.gelu(m.fc1(x))), "gelu"),
    "options": (lambda m, x: m.out(F.softplus(m.fc1(x), 2, threshold=30)), "softplus(2)"),
    "keywords": (lambda m, x: m.out(F.leaky_relu(input=m.fc1(x), negative_slope=0.25)), "leaky_relu(1/4)"),
    "inplace": (lambda m, x: m.out(F.elu(m.fc1(x), inplace=True)), "elu(1)"),
    "method": (lambda m, x: m.out(m.fc1(x).sigmoid()), "sigmoid"),
    "flattening": (lambda m, x: m.out(torch.tanh(m.fc1(x.view(x.size(0), -1)))), "tanh"),
    "flatten": (lambda m, x: m.out(torch.tanh(m.fc1(torch.flatten(x, start_dim=1)))), "tanh"),
    "shape": (lambda m, x: m.out(torch.tanh(m.fc1(x.reshape((x.shape[0], -1))))), "tanh"),
    "sizes": (lambda m, x: m.out(torch.tanh(m.fc1(x.view(-1, 3)))), "tanh"),
    "none": (lambda m, x: m.out(m.fc1(x)), "identity"),
}


@pytest.mark.parametrize("name", CHAINS)
def test_chains_are_imported_as_their_sequential(name: str) -> None:
    forward, text = CHAINS[name]
    model = net(forward)
    found = import_torch(model, X, Y)
    assert found.network.activations[0].text == text
    assert [layer.weight.shape for layer in found.network.layers] == [(5, 3), (1, 5)]
    np.testing.assert_array_equal(found.network.layers[0].weight, model.fc1.weight.detach().numpy())
    assert "agrees with the network layer by layer" in found.read[0]


def test_loops_lists_and_blocks_inside_blocks() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear, self.act = nn.Linear(5, 5), nn.Tanh()

        def forward(self, x: object) -> object:
            return self.act(self.linear(x))

    def forward(m: object, x: object) -> object:
        x = m.act(m.fc1(x))
        for layer in m.body:
            x = layer(x)
        return m.out(x)

    assert import_torch(net(forward), X, Y).network.widths == (3, 5, 5, 1)
    model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), Block(), Block(), nn.Linear(5, 1))
    assert import_torch(nn.DataParallel(model), X, Y).network.widths == (3, 5, 5, 5, 1)


def test_images_and_flat_outputs() -> None:
    model = net(lambda m, x: m.out(torch.tanh(m.fc1(x.flatten(1)))).squeeze(-1), inputs=12)
    found = import_torch(model, IMAGES, Y[:, 0])
    assert found.network.widths == (12, 5, 1)
    assert "1×4×3" in found.read[0]
    with pytest.raises(MalformedProblem, match="broadcasts"):
        from_torch(model, IMAGES, Y)


def no_grad(m: object, x: object) -> object:
    with torch.no_grad():
        h = m.fc1(x)
    return m.out(torch.tanh(h))


def branching(m: object, x: object) -> object:
    h = torch.tanh(m.fc1(x))
    if h.sum() > 100:
        h = h * 2
    return m.out(h)


def hidden_branch(m: object, x: object) -> object:
    h = torch.tanh(m.fc1(x))
    if isinstance(h, torch.Tensor) and h.max() > 100:
        h = h * 2
    return m.out(h)


def training(m: object, x: object) -> object:
    h = torch.tanh(m.fc1(x))
    return m.out(h + torch.randn_like(h) if m.training else h)


def hidden_training(m: object, x: object) -> object:
    h = torch.tanh(m.fc1(x))
    return m.out(h + torch.randn_like(h) if isinstance(h, torch.Tensor) and m.training else h)


def clamping(m: object, x: object) -> object:
    m.fc1.weight.data.clamp_(-0.1, 0.1)
    return m.out(torch.tanh(m.fc1(x)))


def autocasting(m: object, x: object) -> object:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return m.out(torch.tanh(m.fc1(x)))


def dead_in_place(m: object, x: object) -> object:
    h = m.fc1(x)
    m.act(h)
    return m.out(h)


def random_depth(m: object, x: object) -> object:
    return m.out(torch.tanh(m.fc1(x))) if random.random() < 2 else m.out(x)


def counting_calls(m: object, x: object) -> object:
    m.calls = getattr(m, "calls", 0) + 1
    return m.out(torch.tanh(m.fc1(x)))


def other_layer(m: object, x: object) -> object:
    layer = m.fc2 if isinstance(x, torch.Tensor) else m.body[0]
    return m.out(torch.tanh(layer(torch.tanh(m.fc1(x)))))


def other_threshold(m: object, x: object) -> object:
    return m.out(F.softplus(m.fc1(x), 1, 30 if isinstance(x, torch.Tensor) else 20))


def tanh(x: object) -> object:
    return torch.sin(x)


torch.fx.wrap("tanh")


def flatten(x: object, _axis: int) -> object:
    return x * 2


torch.fx.wrap("flatten")


def normed(m: object, x: object) -> object:
    return m.out(torch.tanh(m.fc1(x)) / m.fc1.weight.norm())


LINE = "nn.Sequential(m.fc1, nn.Tanh(), m.out)"
REFUSED = {
    "branch on values": (branching, "depends on values or shapes.*if h.sum", LINE),
    "branch behind isinstance": (hidden_branch, "does not call what its graph says: max where", LINE),
    "training": (training, "in training mode", LINE),
    "training behind isinstance": (hidden_training, "draws random numbers", LINE),
    "dropout": (lambda m, x: m.out(m.drop(torch.tanh(m.fc1(x)))), "random layers", LINE),
    "functional dropout": (
        lambda m, x: m.out(F.dropout(torch.tanh(m.fc1(x)), training=m.training)),
        "dropout: random layers",
        LINE,
    ),
    "softmax": (lambda m, x: torch.softmax(m.out(torch.tanh(m.fc1(x))), 1), "must be affine", LINE),
    "activation at the end": (lambda m, x: torch.sigmoid(m.out(torch.tanh(m.fc1(x)))), "follows the last", LINE),
    "no_grad": (no_grad, "_set_grad_enabled", LINE),
    "autocast": (autocasting, "does not call what its graph says", LINE),
    "conversion": (lambda m, x: m.out(torch.tanh(m.fc1(x.double()))), "double may change the numbers", LINE),
    "skip": (lambda m, x: m.out((h := m.fc1(x)) + torch.tanh(h)), "add joins two paths, which", ""),
    "skipped layer": (lambda m, x: m.out((m.fc1(x), x)[0] * 1.0), "computes with the values", ""),
    "norm": (lambda m, x: m.out(m.norm(torch.tanh(m.fc1(x)))), "normalisation layers", ""),
    "functional norm": (lambda m, x: m.out(F.layer_norm(m.fc1(x), (5,))), "layer_norm: normalisation", ""),
    "tied": (lambda m, x: m.out(torch.tanh(m.fc2(torch.tanh(m.fc2(torch.tanh(m.fc1(x))))))), "is called twice", ""),
    "tensor": (lambda m, x: m.out(F.linear(x, m.fc1.weight)), "fc1.weight is used outside of a layer", ""),
    "constant": (lambda m, x: m.out(torch.tanh(m.fc1(x) + torch.ones(5).double())), "outside of a layer", ""),
    "norm of weights": (normed, "computes with the values|outside of a layer", ""),
    "sine": (lambda m, x: m.out(torch.sin(m.fc1(x))), "sin is not covered", ""),
    "two activations": (lambda m, x: m.out(torch.tanh(torch.tanh(m.fc1(x)))), "does not follow a Linear", ""),
    "clamped weights": (clamping, "outside of a layer", LINE),
    "random depth": (random_depth, "draws random numbers", LINE),
    "calls": (counting_calls, "changes what the module holds", LINE),
    "other layer": (other_layer, "does not call what its graph says: linear where torch.fx sees linear", "m.fc2"),
    "other threshold": (other_threshold, "softplus where torch.fx sees softplus", "threshold=30"),
    "own tanh": (lambda m, x: m.out(tanh(m.fc1(x))), "tanh is not covered", ""),
    "own flatten": (lambda m, x: m.out(torch.tanh(m.fc1(flatten(x, 1)))), "flatten is not covered", ""),
    "dead": (dead_in_place, "is not computed from the value before it alone", "nn.Sequential(m.fc1, m.act, m.out)"),
    "tuple": (lambda m, x: (m.out(torch.tanh(m.fc1(x))), x), "is not computed from the value before", ""),
    "early": (
        lambda m, x: torch.tanh(m.out(m.fc1(x)).squeeze(-1)),
        "flattened before tanh",
        "nn.Sequential(m.fc1, m.out)",
    ),
    "rows": (lambda m, x: m.out(torch.tanh(m.fc1(x.view(3, -1)))), "view is not covered", ""),
    "columns": (lambda m, x: m.out(torch.tanh(m.fc1(x.t()))), "t is not covered", ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_chain_is_refused_with_its_line_and_the_line_that_works(name: str) -> None:
    forward, words, line = REFUSED[name]
    model = net(forward)
    with pytest.raises(MalformedProblem, match=words) as caught:
        from_torch(model, X, Y)
    assert ("Sequential(m." in (caught.value.remedy or "")) == bool(line)
    assert line in (caught.value.remedy or "")
    if line:
        m = model  # the name that the line has
        assert m is not None
        text = caught.value.remedy.partition(": ")[2] if "Sequential" not in line else line
        assert import_torch(eval(text), X, Y).network.widths[0] == 3  # noqa: S307 - the line above


def test_the_line_of_the_source_is_named() -> None:
    def forward(m: object, x: object) -> object:
        h = m.drop(m.fc1(x))
        return m.out(h)

    with pytest.raises(MalformedProblem, match=r"test_from_own_forward.py, line \d+: h = m.drop\(m.fc1\(x\)\)"):
        from_torch(net(forward), X, Y)


def with_hook(model: object) -> None:
    model.register_forward_hook(lambda *_: None)


def with_buffer(model: object) -> None:
    model.register_buffer("mean", torch.zeros(3))


def with_forward(model: object) -> None:
    model.forward = torch.tanh


def with_hooked_layer(model: object) -> None:
    model.fc1.register_forward_pre_hook(lambda *_: None)


def with_call(model: object) -> None:
    type(model).__call__ = lambda self, x: self.forward(x) * 2


def with_norm(model: object) -> None:
    nn.utils.parametrizations.weight_norm(model.fc1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_hook, "has hooks"),
        (with_buffer, "has a buffer, 'mean'"),
        (with_forward, "forward was replaced on this instance"),
        (with_hooked_layer, "has hooks"),
        (with_call, "replaces __call__"),
        (with_norm, "weight is computed from other tensors"),
    ],
)
def test_what_a_graph_does_not_show_is_refused(change: object, words: str) -> None:
    model = net(CHAINS["torch"][0])
    change(model)
    with pytest.raises(MalformedProblem, match=words):
        from_torch(model, X, Y)


def test_a_layer_is_refused_before_what_is_done_to_its_values() -> None:
    model = net(lambda m, x: m.out(m.lstm(x)[0]))
    model.lstm = nn.LSTM(3, 5).double()
    with pytest.raises(MalformedProblem, match="LSTM: is not covered"):
        from_torch(model, X, Y)


def test_wrappers_keep_their_own_remedies() -> None:
    model = net(CHAINS["torch"][0])
    with pytest.raises(MalformedProblem, match=r"by torch.compile"):
        from_torch(torch.compile(model, backend="eager"), X, Y)
    with pytest.raises(MalformedProblem, match="running average"):
        from_torch(torch.optim.swa_utils.AveragedModel(model), X, Y)


def test_frozen_layers_and_layers_that_are_not_called() -> None:
    model = net(CHAINS["torch"][0])
    model.fc1.requires_grad_(False)
    found = import_torch(model, X, Y)
    assert [layer.trained for layer in found.network.layers] == [False, True]
    assert any("fc2" in note and "forward is without" in note for note in found.network.notes)


def test_the_model_is_left_as_it_was() -> None:
    model = net(CHAINS["modules"][0])
    before = {name: value.clone() for name, value in model.state_dict().items()}
    import_torch(model.train(), X, Y)
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())
