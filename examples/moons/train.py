"""Two interleaved half-moons: a PyTorch net trained with ``SGD(weight_decay=0.01)``, plain tutorial code.

Data: scikit-learn's ``make_moons``, 200 noisy points in the plane. The decay acts on all parameters, biases too, and
that is the objective of the problem.
"""

from pathlib import Path

import torch
from sklearn.datasets import make_moons

import verify

HERE = Path(__file__).parent


def data() -> tuple[torch.Tensor, torch.Tensor]:
    """Points, and the half-moon that each belongs to."""
    points, labels = make_moons(200, noise=0.2, random_state=0)
    return torch.tensor(points), torch.tensor(labels)


def train(points: torch.Tensor, labels: torch.Tensor) -> tuple[torch.nn.Sequential, torch.optim.SGD]:
    """2,000 steps on all points, the learning rate 0.5, with momentum."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 12), torch.nn.Tanh(), torch.nn.Linear(12, 2)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9, weight_decay=0.01)
    for _ in range(2000):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(points), labels).backward()
        optimizer.step()
    return model, optimizer


if __name__ == "__main__":
    torch.set_num_threads(1)  # one summation order, so the same weights on every run
    x, y = data()
    net, sgd = train(x, y)
    problem = verify.from_torch(net, x, y, loss=torch.nn.CrossEntropyLoss(), optimizer=sgd)
    verify.save_problem(problem, HERE / "problem.safetensors", force=True)
