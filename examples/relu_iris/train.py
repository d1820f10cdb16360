"""Three species of iris by eight ReLU units: a PyTorch net trained with ``SGD(weight_decay=0.01)``.

Data: scikit-learn's ``load_iris``, all 150 flowers, standardised. The minimum of such an objective lies on kinks: some
units are exactly 0 on some flowers, and no gradient vanishes there.
"""

from pathlib import Path

import torch
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler

import verify

HERE = Path(__file__).parent


def data() -> tuple[torch.Tensor, torch.Tensor]:
    """Standardised measurements, and the species."""
    measurements, species = load_iris(return_X_y=True)
    return torch.tensor(StandardScaler().fit_transform(measurements)), torch.tensor(species)


def train(inputs: torch.Tensor, species: torch.Tensor) -> tuple[torch.nn.Sequential, torch.optim.SGD]:
    """3,000 steps on all flowers, the learning rate 0.1, with momentum."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)
    for _ in range(3000):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs), species).backward()
        optimizer.step()
    return model, optimizer


if __name__ == "__main__":
    torch.set_num_threads(1)  # one summation order, so the same weights on every run
    x, y = data()
    net, sgd = train(x, y)
    problem = verify.from_torch(net, x, y, loss=torch.nn.CrossEntropyLoss(), optimizer=sgd)
    verify.save_problem(problem, HERE / "problem.safetensors", force=True)
