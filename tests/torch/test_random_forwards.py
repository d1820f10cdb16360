"""Random bodies of ``forward``: whatever is imported computes what the model computes, also on other inputs."""

import random
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is an extra: make test-torch installs it")

from certificates.errors import MalformedProblem  # noqa: E402  (after the skip)
from verify.numeric.mlp import FloatNetwork  # noqa: E402
from verify.problems import import_torch  # noqa: E402

pytestmark = pytest.mark.torch

nn = torch.nn
CHAINS = (
    ("m.fc1(x)", "torch.tanh(x)", "m.out(x)"),
    ("m.fc1(x)", "torch.tanh(x)", "m.fc2(x)", "F.gelu(x)", "m.out(x)"),
    ("m.fc1(x)", "m.act(x)", "m.fc3(x)", "F.softplus(x, 2.0)", "m.fc2(x)", "x.sigmoid()", "m.out(x)"),
)
PIECES = """
    m.fc1(x) m.fc3(x) m.out(x) m.act(x) m.drop(x) m.idn(x) F.elu(x,0.5) F.elu(x,inplace=True) F.mish(x) x.relu_()
    x.view(x.size(0),-1) x.view(-1,4) x.reshape(x.shape[0],-1) x.flatten(1) x.view(-1,2) x.t() x.squeeze() x.flatten()
    x.view(4,-1) x.reshape(-1) torch.squeeze(x,-1) x.clone() x.detach() F.softplus(x,beta=x.size(0)) x+0 -x x.flip(0)
    torch.sin(x) F.normalize(x) x.roll(1,0) x[:] x.view(x.size(1),-1) x.view(-1,x.size(0)) x.flatten(-1) x.sort(0)[0]
"""


class Model(nn.Module):
    """Square layers, so that wrong orders and shapes run, too."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3, self.out = (
            nn.Linear(4, 4),
            nn.Linear(4, 4),
            nn.Linear(4, 4),
            nn.Linear(4, outputs),
        )
        self.act, self.drop, self.idn = nn.SiLU(inplace=True), nn.Dropout(0.0), nn.Identity()


def model(draw: random.Random) -> object:
    body = list(draw.choice(CHAINS))
    for _ in range(draw.choice((1, 1, 2))):
        at, piece = draw.randrange(len(body) + 1), draw.choice(PIECES.split())
        body[at : at + draw.choice((0, 1))] = [piece]
    names = {"torch": torch, "F": nn.functional}
    exec("\n ".join(["def forward(m, x):", *(f"x = {piece}" for piece in body), "return x"]), names)  # noqa: S102
    return type("Drawn", (Model,), {"forward": names["forward"]})(draw.choice((1, 4))).double()


@pytest.mark.parametrize("seed", range(3))
def test_an_import_computes_what_the_model_computes(seed: int) -> None:
    draw, imported = random.Random(seed), 0
    for _ in range(60):
        torch.manual_seed(draw.randrange(10**6))
        drawn, count = model(draw), draw.choice((4, 5))
        inputs, others = (torch.randn(count, 4).double() for _ in range(2))
        targets = torch.zeros(count, drawn.out.out_features).double()
        try:
            network = import_torch(drawn, inputs, targets[:, 0] if draw.random() < 0.2 else targets).network
        except MalformedProblem:
            continue
        imported += 1
        net = FloatNetwork(replace(network, inputs=3 * others.numpy()))
        theirs = drawn.eval()(3 * others).detach().numpy().reshape(targets.shape)
        np.testing.assert_allclose(net.residual(net.initial()), theirs, rtol=1e-9, atol=1e-9)
    assert imported
