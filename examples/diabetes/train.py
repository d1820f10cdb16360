"""Diabetes progression of 150 patients from ten measurements by 512 softplus(4) units: L-BFGS in double precision.

Data: the first 150 rows of scikit-learn's ``load_diabetes(scaled=False)``, standardised. Real measurements
with noisy targets: the network memorises them, and the certificate says that it can do so exactly.
"""

from pathlib import Path

import torch
from sklearn.datasets import load_diabetes

import verify


def data() -> tuple[torch.Tensor, torch.Tensor]:
    """Standardised measurements and standardised progression after a year."""
    diabetes = load_diabetes(scaled=False)
    inputs, targets = diabetes.data[:150], diabetes.target[:150, None]
    inputs = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    targets = (targets - targets.mean()) / targets.std()
    return torch.tensor(inputs), torch.tensor(targets)


def train(inputs: torch.Tensor, targets: torch.Tensor) -> torch.nn.Sequential:
    """L-BFGS with a strong Wolfe line search from PyTorch's default start."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(10, 512), torch.nn.Softplus(beta=4), torch.nn.Linear(512, 1))
    model.double()
    optimizer = torch.optim.LBFGS(
        model.parameters(),
        max_iter=3000,
        max_eval=12000,
        history_size=100,
        tolerance_grad=0,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        return loss

    optimizer.step(closure)
    return model


if __name__ == "__main__":
    torch.set_num_threads(1)  # one summation order, so the same weights on every run
    x, y = data()
    problem = verify.from_torch(train(x, y), x, y)
    verify.save_problem(problem, Path(__file__).with_name("problem.safetensors"), force=True)
