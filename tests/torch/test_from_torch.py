"""Models of the installed PyTorch: what they compute is what the problem says."""

import os
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is an extra: make test-torch installs it")
prune = pytest.importorskip("torch.nn.utils.prune", reason="PyTorch is an extra")

from certificates.errors import MalformedProblem  # noqa: E402  (after the skip)
from verify.numeric.activations import compile_activation  # noqa: E402
from verify.problems import (  # noqa: E402
    ImportNotice,
    Settings,
    from_state_dict,
    from_torch,
    import_csv,
    import_state_dict,
    import_torch,
    load_problem,
    save_problem,
)

# Weights are float32 in most of these tests, and a note says so.
pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:the weights are:UserWarning")]

nn = torch.nn
X, Y = torch.linspace(-1, 1, 12).reshape(4, 3), torch.ones(4, 2)


def perceptron(*activations: object) -> object:
    torch.manual_seed(0)
    hidden = [module for activation in activations for module in (activation, nn.Linear(5, 5))]
    return nn.Sequential(nn.Linear(3, 5), *hidden[:-1], nn.Linear(5, 2))


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (nn.Tanh(), "tanh"),
        (nn.Sigmoid(), "sigmoid"),
        (nn.GELU(), "gelu"),
        (nn.SiLU(), "silu"),
        (nn.Mish(), "mish"),
        (nn.ReLU(), "relu"),
        (nn.LeakyReLU(0.25), "leaky_relu(1/4)"),
        (nn.LeakyReLU(0.01), "leaky_relu(1/100)"),
        (nn.ELU(), "elu"),
        (nn.Softsign(), "softsign"),
    ],
)
def test_activation_modules(module: object, text: str) -> None:
    assert import_torch(perceptron(module), X, Y).network.activations[0].text.startswith(text)


def test_softplus_comes_with_a_note() -> None:
    with pytest.warns(ImportNotice, match="Softplus is imported as the smooth function"):
        problem = from_torch(perceptron(nn.Softplus(beta=2)), X, Y)
    assert problem.activations[0].text == "softplus(2)"


def test_gelu_tanh_is_its_own_formula() -> None:
    z = torch.linspace(-6, 6, 101, dtype=torch.float64)
    activation = import_torch(perceptron(nn.GELU("tanh")), X, Y).network.activations[0]
    values, _ = compile_activation(activation)(z.numpy())
    np.testing.assert_allclose(values, nn.functional.gelu(z, approximate="tanh"), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_every_float_type_is_taken_exactly(dtype: str, tmp_path: Path) -> None:
    kind = getattr(torch, dtype)
    model = perceptron(nn.Tanh()).to(kind)
    problem = from_torch(model, X.to(kind), Y.to(kind))
    np.testing.assert_array_equal(problem.layers[0].weight, model[0].weight.detach().double().numpy())
    again = load_problem(save_problem(problem, tmp_path / "p.safetensors"))
    np.testing.assert_array_equal(again.layers[1].weight, model[2].weight.detach().double().numpy())
    np.testing.assert_array_equal(again.inputs, X.to(kind).double().numpy())


def test_nested_wrapped_and_shared_modules() -> None:
    shared = nn.Tanh()
    torch.manual_seed(0)
    body = nn.Sequential(nn.Linear(3, 5), shared, nn.Identity(), nn.Sequential(nn.Linear(5, 4), shared))
    problem = from_torch(nn.DataParallel(nn.Sequential(nn.Flatten(), body, nn.Linear(4, 2))), X, Y)
    assert problem.widths == (3, 5, 4, 2)
    assert [activation.text for activation in problem.activations] == ["tanh", "tanh"]


def test_two_linear_layers_in_a_row_have_the_identity_between_them() -> None:
    problem = from_torch(nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2, bias=False)), X, Y)
    assert problem.activations[0].text == "identity"
    assert problem.layers[1].bias is None


def test_frozen_layers_follow_requires_grad_unless_said() -> None:
    model = perceptron(nn.Tanh())
    model[0].requires_grad_(False)
    assert [layer.trained for layer in from_torch(model, X, Y).layers] == [False, True]
    assert [layer.trained for layer in from_torch(model, X, Y, frozen=[1]).layers] == [True, False]
    model[0].bias.requires_grad_(True)
    with pytest.raises(MalformedProblem, match="differ in requires_grad"):
        from_torch(model, X, Y)


def test_the_models_parameters_are_neither_frozen_nor_aliased() -> None:
    model = perceptron(nn.Tanh()).double()
    problem = from_torch(model, X, Y)
    before = problem.layers[0].weight.copy()
    with torch.no_grad():
        model[0].weight += 1
    np.testing.assert_array_equal(problem.layers[0].weight, before)


def test_mse_modules_name_the_loss() -> None:
    assert from_torch(perceptron(nn.Tanh()), X, Y, loss=nn.MSELoss()).objective.loss.scale.denominator == 8
    assert from_torch(perceptron(nn.Tanh()), X, Y, loss=nn.MSELoss(reduction="sum")).objective.loss.scale == 1


class Residual(nn.Sequential):
    """A Sequential in name only."""

    def forward(self, x: object) -> object:
        return x + super().forward(x)


class Tanh(nn.Module):
    """Not PyTorch's."""


TIED = nn.Linear(3, 3)


@pytest.mark.parametrize(
    ("model", "place", "words"),
    [
        (nn.Sequential(nn.Linear(3, 5), nn.Dropout(), nn.Linear(5, 2)), "model.1", "random"),
        (
            nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Linear(5, 2)),
            "model.1",
            "normalisation over a batch",
        ),
        (nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5), nn.Linear(5, 2)), "model.1", "normalisation layers"),
        (nn.Sequential(nn.Conv1d(1, 1, 3), nn.Linear(5, 2)), "model.0", "convolutions"),
        (nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2), nn.Softmax(1)), "model.3", "identity output"),
        (
            nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2), nn.Tanh()),
            "model.2",
            "follows the last Linear",
        ),
        (nn.Sequential(nn.Tanh(), nn.Linear(3, 5), nn.Linear(5, 2)), "model.0", "does not follow a Linear"),
        (
            nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Tanh(), nn.Linear(5, 2)),
            "model.2",
            "does not follow a Linear",
        ),
        (nn.Sequential(nn.Linear(3, 5), Tanh(), nn.Linear(5, 2)), "model.1", "Tanh is not torch.nn.Tanh"),
        (nn.Sequential(nn.Linear(3, 5), nn.PReLU(), nn.Linear(5, 2)), "model.1", "slope is a trained parameter"),
        (
            nn.Sequential(Residual(nn.Linear(3, 3), nn.Tanh()), nn.Linear(3, 2)),
            "model.0",
            "only derives from it; read as such, model.1 differs by",
        ),
        (nn.Sequential(TIED, nn.Tanh(), TIED, nn.Tanh(), nn.Linear(3, 2)), "model.2", "shares its weight"),
        (nn.utils.parametrizations.weight_norm(nn.Linear(3, 2)), "model", "parametrisation"),
        (nn.Sequential(nn.LazyLinear(5), nn.Tanh(), nn.LazyLinear(2)), "model.0", "has no weights yet"),
        (torch.compile(perceptron(nn.Tanh()), backend="eager"), "model", "by torch.compile"),
        (torch.optim.swa_utils.AveragedModel(nn.Linear(3, 2)), "model", "running average"),
        (nn.LSTM(3, 2), "model", "not covered"),
        (nn.Linear(3, 2), "model", "at least one hidden layer"),
        ("model.pt", "model", "expected an nn.Module"),
    ],
)
def test_refusals(model: object, place: str, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        from_torch(model, X, Y)
    assert caught.value.place == place


class Identity(nn.Module):
    """A user's class of this name: it computes the sine."""

    def forward(self, x: object) -> object:
        return torch.sin(x)


class Flat(nn.Tanh):
    """Derived, and the same."""


class Skipping(nn.Sequential):
    """Passes over its second module."""

    def forward(self, x: object) -> object:
        return self[2](self[0](x))


def with_replaced_forward() -> object:
    model = perceptron(nn.Tanh())
    model[1].forward = torch.sin
    return model


def with_hook(register: str) -> object:
    model = perceptron(nn.Tanh())
    getattr(model[0], register)(lambda *_: None)
    return model


def with_hooked_tensor() -> object:
    model = perceptron(nn.Tanh())
    model[2].weight.register_hook(lambda gradient: 2 * gradient)
    return model


def with_more(name: str) -> object:
    model = perceptron(nn.Tanh())
    getattr(model[0], f"register_{name}")("extra", torch.nn.Parameter(torch.ones(1)))
    return model


def pruned() -> object:
    model = perceptron(nn.Tanh())
    prune.l1_unstructured(model[0], "weight", amount=0.3)
    return model


def over_one_memory() -> object:
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 2))
    model[2].weight = nn.Parameter(model[0].weight.data)
    return model


def compiled() -> object:
    model = perceptron(nn.Tanh())
    model[1]._compiled_call_impl = model[1]._call_impl
    return model


@pytest.mark.parametrize(
    ("model", "place", "words"),
    [
        (
            nn.Sequential(nn.Linear(3, 5), Identity(), nn.Linear(5, 2)),
            "model.1",
            r"Identity is not torch.nn.Identity; read as such, model.1 differs by 0\.\d+ at sample \d",
        ),
        (perceptron(Flat()), "model.1", "only derives from it; on these inputs it makes no difference"),
        (Skipping(*perceptron(nn.Tanh())), "model", "the model's output differs by"),
        (with_replaced_forward(), "model.1", r"its forward was replaced on this instance; .*model.1 differs by 0"),
        (with_hook("register_forward_pre_hook"), "model.0", "has hooks"),
        (with_hook("register_full_backward_hook"), "model.0", "has hooks"),
        (with_hooked_tensor(), "model.2", "its weight has hooks, which change its gradient"),
        (with_more("parameter"), "model.0", "has 'extra', which torch.nn.Linear does not have"),
        (with_more("buffer"), "model.0", "has 'extra'"),
        (pruned(), "model.0", "pruning"),
        (over_one_memory(), "model.2", "shares its weight with model.0"),
        (compiled(), "model.1", "compiled in place"),
        (nn.Sequential(nn.Flatten(0), *perceptron(nn.Tanh())), "model", "cannot be evaluated on the inputs"),
    ],
)
@pytest.mark.filterwarnings("ignore:Full backward hook")
def test_what_only_looks_like_a_chain_is_refused_with_what_it_makes_of_the_inputs(
    model: object, place: str, words: str
) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        from_torch(model, X, Y)
    assert caught.value.place == place


def test_a_class_patched_after_the_fact_is_found_by_its_values(monkeypatch: pytest.MonkeyPatch) -> None:
    model = perceptron(nn.Tanh(), nn.Sigmoid())
    monkeypatch.setattr(nn.Sigmoid, "forward", lambda _self, x: torch.sigmoid(x) + 1e-9)
    with pytest.raises(MalformedProblem, match=r"chain of its modules: model.3 differs by 1e-09 at sample"):
        from_torch(model, X, Y)


def test_hooks_of_every_module_are_refused() -> None:
    hook = nn.modules.module.register_module_forward_hook(lambda *_: None)
    try:
        with pytest.raises(MalformedProblem, match="registered for every module"):
            from_torch(perceptron(nn.Tanh()), X, Y)
    finally:
        hook.remove()


def test_softplus_beyond_its_threshold_differs_as_the_note_says() -> None:
    model = perceptron(nn.Softplus(threshold=1))
    imported = import_torch(model, 3 * X, Y)
    assert "model.1: Softplus" in imported.network.notes[0]
    assert "less by up to 0.31" in imported.network.notes[0]
    with torch.no_grad():
        model[1].threshold = 20
    assert import_torch(model, 3 * X, Y).network.notes[0] != imported.network.notes[0]


ACTIVATIONS = (
    "Tanh() Sigmoid() Softplus() Softplus(beta=2,threshold=3) GELU() GELU('tanh') SiLU() Mish() ReLU() LeakyReLU(0.01) "
    "ELU(0.1) Softsign()"
)


@pytest.mark.parametrize("text", ACTIVATIONS.split())
@pytest.mark.parametrize("scale", [1e-160, 1e-3, 1.0, 30.0])
def test_honest_models_agree_within_rounding(text: str, scale: float) -> None:
    torch.manual_seed(1)
    activation = eval(f"nn.{text}")  # noqa: S307 - the list above
    model = nn.Sequential(nn.Linear(7, 40), activation, nn.Linear(40, 30), activation, nn.Linear(30, 3)).double()
    inputs = scale * torch.randn(20, 7, dtype=torch.float64)
    assert import_torch(model, inputs, torch.ones(20, 3)).read


def test_autocasting_and_training_mode_around_the_import_change_nothing() -> None:
    model = perceptron(nn.Tanh()).train()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert import_torch(model, X, Y).read
    assert model.training
    assert model[0].weight.dtype == torch.float32
    assert not model[0]._forward_hooks


def test_precision_is_said() -> None:
    notes = import_torch(perceptron(nn.Tanh()), X.double() / 3, Y).network.notes
    assert "weights are float32" in notes[0]
    assert "of the 12 numbers of the inputs are no float32 numbers" in notes[1]
    assert len(import_torch(perceptron(nn.Tanh()), X, Y).network.notes) == 1
    assert "bfloat16" in import_torch(perceptron(nn.Tanh()).bfloat16(), X, Y).network.notes[1]
    assert import_torch(perceptron(nn.Tanh()).double(), X, Y).network.notes == ()


def test_hooks_and_other_losses_are_refused() -> None:
    model = perceptron(nn.Tanh())
    with pytest.raises(
        MalformedProblem, match="'HuberLoss' is not covered: the losses are squares and cross-entropies"
    ):
        from_torch(model, X, Y, loss=nn.HuberLoss())
    with pytest.raises(MalformedProblem, match="no single number"):
        from_torch(model, X, Y, loss=nn.MSELoss(reduction="none"))
    model[0].register_forward_hook(lambda *_: None)
    with pytest.raises(MalformedProblem, match="has hooks"):
        from_torch(model, X, Y)


@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: {"model_state_dict": state, "epoch": 3}])
def test_state_dicts_and_checkpoints(tmp_path: Path, wrap: object) -> None:
    model = perceptron(nn.Tanh(), nn.Tanh())
    torch.save(wrap(model.state_dict()), tmp_path / "net.pt")
    np.save(tmp_path / "x.npy", X.numpy())
    (tmp_path / "y.csv").write_text("a,b\n" + "1,1\n" * 4)
    outputs = model(X).detach().numpy()
    files = (tmp_path / "net.pt", tmp_path / "x.npy", tmp_path / "y.csv")
    imported = import_state_dict(*files, Settings("tanh", frozen=[0], outputs=outputs))
    problem = imported.network
    assert "agree within rounding in float32" in imported.read[-1]
    with pytest.raises(MalformedProblem, match="the predictions are not the network's"):
        import_state_dict(*files, Settings("sigmoid", outputs=outputs))
    direct = from_torch(model, X, Y)
    for ours, theirs in zip(problem.layers, direct.layers, strict=True):
        np.testing.assert_array_equal(ours.weight, theirs.weight)
    assert not problem.layers[0].trained
    np.testing.assert_array_equal(problem.inputs, direct.inputs)


def test_weights_of_a_state_dict_with_a_csv_table(tmp_path: Path) -> None:
    torch.save(
        nn.DataParallel(nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))).state_dict(), tmp_path / "n.pt"
    )
    (tmp_path / "t.csv").write_text("a,y,b\n1,2,3\n")
    imported = import_csv(tmp_path / "t.csv", "y", tmp_path / "n.pt", Settings("tanh"))
    assert imported.network.widths == (2, 3, 1)
    assert "prefix 'module'" in imported.notes[1]


class Trap:
    """An object whose unpickling makes a directory."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


def test_no_pickled_code_is_executed(tmp_path: Path) -> None:
    torch.save({"0.weight": Trap(tmp_path / "made")}, tmp_path / "trap.pt")
    with pytest.raises(MalformedProblem, match="pickled objects"):
        from_state_dict(tmp_path / "trap.pt", X, Y, activation="tanh")
    assert not (tmp_path / "made").exists()


def test_whole_models_and_foreign_files_are_refused_unexecuted(tmp_path: Path) -> None:
    torch.save(perceptron(nn.Tanh()), tmp_path / "whole.pt")
    (tmp_path / "text.pt").write_text("hello")
    torch.save([1, 2], tmp_path / "list.pt")
    for name in ("whole.pt", "text.pt", "list.pt"):
        with pytest.raises(MalformedProblem, match="state dict") as caught:
            from_state_dict(tmp_path / name, X, Y, activation="tanh")
        assert caught.value.place == name
        assert "\n" not in str(caught.value)


def undo_pruning(layer: object) -> None:
    prune.l1_unstructured(layer, "weight", amount=0.3)
    prune.remove(layer, "weight")


def undo_weight_norm(layer: object) -> None:
    nn.utils.remove_weight_norm(nn.utils.weight_norm(layer), "weight")


def undo_spectral_norm(layer: object) -> None:
    nn.utils.remove_spectral_norm(nn.utils.spectral_norm(layer), "weight")


def undo_parametrisation(layer: object) -> None:
    nn.utils.parametrize.remove_parametrizations(nn.utils.parametrizations.weight_norm(layer), "weight")


@pytest.mark.parametrize("undo", [undo_pruning, undo_weight_norm, undo_spectral_norm, undo_parametrisation])
@pytest.mark.filterwarnings("ignore:.*weight_norm.* is deprecated")
def test_the_remedies_of_computed_weights_work(undo: object) -> None:
    model = perceptron(nn.Tanh())
    undo(model[0])
    assert from_torch(model, X, Y).widths == (3, 5, 2)


def test_images_are_flattened_as_the_model_does() -> None:
    images = torch.arange(48, dtype=torch.float64).reshape(4, 1, 4, 3) / 48
    model = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.Tanh(), nn.Linear(5, 2)).double()
    found = import_torch(model, images, Y)
    np.testing.assert_array_equal(found.network.inputs, images.reshape(4, 12).numpy())
    assert "1×4×3" in found.read[0]
    with pytest.raises(MalformedProblem, match="flatten each sample"):
        from_torch(model[1:], images, Y)


def test_weights_that_layers_share_are_refused_in_files(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))
    model[2].weight = model[0].weight
    torch.save(model.state_dict(), tmp_path / "tied.pt")
    with pytest.raises(MalformedProblem, match=r"'2.weight' is '0.weight' once more"):
        from_state_dict(tmp_path / "tied.pt", X, X, activation="tanh")


def test_averaged_and_compiled_state_dicts(tmp_path: Path) -> None:
    model = perceptron(nn.Tanh())
    model[0] = torch.compile(model[0], backend="eager")
    torch.save(torch.optim.swa_utils.AveragedModel(model).state_dict(), tmp_path / "n.pt")
    imported = import_state_dict(tmp_path / "n.pt", X, Y, Settings("tanh"))
    assert imported.network.widths == (3, 5, 2)
