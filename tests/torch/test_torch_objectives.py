"""What the installed PyTorch minimises is the objective that is written: losses, weight decay, optimisers."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is an extra: make test-torch installs it")

from certificates.errors import MalformedProblem  # noqa: E402  (after the skip)
from verify.numeric.smooth_objective import FloatObjective  # noqa: E402
from verify.problems import import_torch  # noqa: E402

pytestmark = pytest.mark.torch

nn, optim = torch.nn, torch.optim
MAKE = torch.Generator().manual_seed(0)
X = torch.randn(12, 4, generator=MAKE, dtype=torch.float64)
CLASSES = torch.arange(12) % 3
WEIGHTS = torch.tensor([1.0, 0.25, 3.3])
SOFT = torch.softmax(torch.randn(12, 3, generator=MAKE, dtype=torch.float64), 1)
YES = (torch.arange(12) % 2).double()[:, None]


def perceptron(outputs: int = 3) -> object:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, outputs)).double()


def flat(tensors: object) -> np.ndarray:
    return np.concatenate([each.detach().numpy().ravel() for each in tensors])


LOSSES = [
    *((nn.CrossEntropyLoss(None, label_smoothing=e), CLASSES, 3) for e in (0.0, 0.1, 1.0)),
    *((nn.CrossEntropyLoss(WEIGHTS, label_smoothing=e), CLASSES, 3) for e in (0.0, 0.1, 1.0)),
    *((nn.CrossEntropyLoss(WEIGHTS, label_smoothing=e, reduction="sum"), CLASSES, 3) for e in (0.0, 0.1)),
    (nn.CrossEntropyLoss(), SOFT, 3),
    (nn.CrossEntropyLoss(reduction="sum"), SOFT, 3),
    (nn.CrossEntropyLoss(WEIGHTS, label_smoothing=0.2), torch.eye(3, dtype=torch.float64)[CLASSES], 3),
    (nn.MSELoss(), SOFT, 3),
    (nn.MSELoss(reduction="sum"), SOFT, 3),
    (nn.BCEWithLogitsLoss(), SOFT, 3),
    (nn.BCEWithLogitsLoss(reduction="sum"), SOFT, 3),
    (nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.5])), YES, 1),
]


@pytest.mark.parametrize(("loss", "targets", "outputs"), LOSSES)
def test_a_loss_module_is_the_function_that_is_written(loss: object, targets: object, outputs: int) -> None:
    model, loss = perceptron(outputs), copy.deepcopy(loss).double()
    objective = FloatObjective(import_torch(model, X, targets, loss=loss).network)
    value, gradient = objective.value_and_gradient(objective.initial())
    theirs = loss(model(X), targets)
    assert value == pytest.approx(float(theirs.detach()), rel=1e-13)
    expected = flat(torch.autograd.grad(theirs, list(model.parameters())))
    np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-14)


def groups(model: object) -> list[dict[str, object]]:
    return [
        {"params": [model[0].weight, model[2].weight], "weight_decay": 0.3},
        {"params": [model[0].bias, model[2].bias], "weight_decay": 0.0},
    ]


@pytest.mark.parametrize("by", [lambda model: model.parameters(), groups])
@pytest.mark.parametrize("options", [{}, {"momentum": 0.9, "nesterov": True}])
def test_a_step_of_sgd_is_a_step_along_the_gradient(by: object, options: dict[str, object]) -> None:
    model, loss = perceptron(), nn.CrossEntropyLoss(label_smoothing=0.1)
    descent = optim.SGD(by(model), lr=0.5, weight_decay=0.1, **options)
    network = import_torch(model, X, CLASSES, loss=loss, optimizer=descent).network
    assert [str(each.rate) for each in network.objective.decay] == (["3/10"] * 2 if by is groups else ["1/10"] * 4)
    objective = FloatObjective(network)
    before = flat(model.parameters())
    np.testing.assert_array_equal(objective.initial(), before)
    loss(model(X), CLASSES).backward()
    descent.step()
    factor = 0.5 * (1.9 if options else 1.0)  # Nesterov's first step
    np.testing.assert_allclose(
        (before - flat(model.parameters())) / factor, objective.gradient(before), rtol=1e-11, atol=1e-13
    )


@pytest.mark.parametrize("kind", ["SGD", "Adam", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "RMSprop"])
def test_coupled_decay_enters_by_the_gradient_alone(kind: str) -> None:
    # Equal gradients give equal steps, whatever the optimiser makes of them.
    decayed, plain = perceptron(), perceptron()
    descents = [
        getattr(optim, kind)(decayed.parameters(), lr=0.01, weight_decay=0.1),
        getattr(optim, kind)(plain.parameters(), lr=0.01),
    ]
    network = import_torch(decayed, X, CLASSES, loss=nn.CrossEntropyLoss(), optimizer=descents[0]).network
    assert [str(each.rate) for each in network.objective.decay] == ["1/10"] * 4
    for _ in range(3):
        for model, descent in zip((decayed, plain), descents, strict=True):
            descent.zero_grad()
            loss = nn.CrossEntropyLoss()(model(X), CLASSES)
            if model is plain:
                loss = loss + 0.05 * sum((each**2).sum() for each in model.parameters())
            loss.backward()
            descent.step()
    np.testing.assert_allclose(flat(decayed.parameters()), flat(plain.parameters()), rtol=1e-9, atol=1e-12)


class Own(optim.SGD):
    pass


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (optim.AdamW, "AdamW decays the weights apart from its steps .* critical for no function"),
        (lambda p: optim.Adam(p, weight_decay=0.1, decoupled_weight_decay=True), "Adam decays the weights apart"),
        (lambda p: optim.NAdam(p, weight_decay=0.1, decoupled_weight_decay=True), "NAdam decays the weights apart"),
        (lambda p: Own(p, lr=0.1, weight_decay=0.1), "Own decays the weights is not known"),
        (lambda p: optim.SGD(p, lr=0.1, maximize=True), "it maximises"),
        (lambda p: optim.ASGD(p, weight_decay=0.1), "ASGD decays the weights apart"),
        (lambda p: optim.SGD(p, lr=0.1, weight_decay=float("nan")), "expected a finite number, got nan"),
    ],
)
def test_other_optimisers_have_no_such_objective(make: object, words: str) -> None:
    model = perceptron()
    with pytest.raises(MalformedProblem, match=words):
        import_torch(model, X, CLASSES, loss=nn.CrossEntropyLoss(), optimizer=make(model.parameters()))
    import_torch(model, X, CLASSES, loss=nn.CrossEntropyLoss())  # the remedy


def test_without_decay_every_optimiser_is_taken() -> None:
    model = perceptron()
    for descent in (optim.AdamW(model.parameters(), weight_decay=0), optim.LBFGS(model.parameters())):
        assert not import_torch(model, X, CLASSES, loss="cross-entropy", optimizer=descent).network.objective.decay


def test_decay_by_name_and_frozen_layers() -> None:
    model = perceptron()
    named = import_torch(
        model, X, CLASSES, loss="cross-entropy", weight_decay={"2.weight": 0.5, "0.bias": "1/3"}
    ).network
    assert [(each.tensor, str(each.rate)) for each in named.objective.decay] == [
        ("layers.0.bias", "1/3"),
        ("layers.1.weight", "1/2"),
    ]
    with pytest.raises(MalformedProblem, match=r"no parameter 'layers.0.weight'; it has 0.weight, 0.bias"):
        import_torch(model, X, CLASSES, loss="cross-entropy", weight_decay={"layers.0.weight": 1})
    with pytest.raises(MalformedProblem, match=r"expected no negative number, got -0\.1"):
        import_torch(model, X, CLASSES, loss="cross-entropy", weight_decay=-0.1)
    last = optim.SGD(model[2].parameters(), lr=0.1, weight_decay=0.1)
    network = import_torch(model, X, CLASSES, loss="cross-entropy", optimizer=last).network
    assert [layer.trained for layer in network.layers] == [False, True]
    assert [each.tensor for each in network.objective.decay] == ["layers.1.weight", "layers.1.bias"]
    with pytest.raises(MalformedProblem, match="the optimiser says it already"):
        import_torch(model, X, CLASSES, loss="cross-entropy", optimizer=last, weight_decay=0.1)
    half = optim.SGD([model[2].weight, *model[0].parameters()], lr=0.1)
    with pytest.raises(MalformedProblem, match="only one of them is the optimiser's"):
        import_torch(model, X, CLASSES, loss="cross-entropy", optimizer=half)


@pytest.mark.parametrize(
    ("loss", "targets", "outputs", "words"),
    [
        (nn.CrossEntropyLoss(ignore_index=2), CLASSES, 3, "ignore_index=2 leaves samples out"),
        (nn.CrossEntropyLoss(), CLASSES - 1, 3, "row 0: expected a class from 0 to 2, got -1"),
        (nn.CrossEntropyLoss(), CLASSES * 0, 1, "a softmax needs two outputs"),
        (nn.CrossEntropyLoss(reduction="none"), CLASSES, 3, "no single number"),
        (nn.CrossEntropyLoss(label_smoothing=0.1), SOFT, 3, "row 0: label smoothing and class weights are covered for"),
        (nn.CrossEntropyLoss(torch.tensor([1.0, 0.0, 1.0])), CLASSES, 3, "class 1 has weight 0, and sample 1 is of it"),
        (nn.BCEWithLogitsLoss(weight=torch.ones(3)), SOFT, 3, r"sample_weights="),
        (nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0])), SOFT, 3, "differs between outputs"),
        (nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0])), SOFT[:, :1], 1, "2 is not covered"),
        (nn.BCEWithLogitsLoss(), 2 * YES - 1, 1, r"row 0: expected labels between 0 and 1; of −1 and 1, give"),
        (nn.NLLLoss(), CLASSES, 3, "use cross-entropy"),
        (type("Mine", (nn.MSELoss,), {})(), SOFT, 3, "'Mine' is not covered"),
    ],
)
def test_what_cannot_be_stated_is_refused(loss: object, targets: object, outputs: int, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words):
        import_torch(perceptron(outputs), X, targets, loss=loss)


def test_single_precision_probabilities_are_put_onto_the_simplex_and_it_is_said() -> None:
    done = import_torch(perceptron(), X, SOFT.float(), loss=nn.CrossEntropyLoss())
    assert any("put onto the simplex" in note for note in done.notes)
    assert float(np.abs(done.network.targets - SOFT.float().double().numpy()).max()) < 1e-7
