"""Parity of all 1,797 handwritten digits by 128 tanh units (8,449 parameters): L-BFGS as far as it goes.

Data: all of scikit-learn's ``load_digits``, target +1 for an even digit and −1 for an odd one. L-BFGS stalls at
a residual norm of a few thousandths, about 25 times what the criterion allows: these weights are
certified after polishing, and the certificate states the distance.
"""

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits

import verify


def data() -> tuple[torch.Tensor, torch.Tensor]:
    """Centred pixels, scaled to about unit deviation (pixels that hardly vary are not blown up), and parity."""
    digits = load_digits()
    pixels = digits.data / 16
    pixels = (pixels - pixels.mean(axis=0)) / np.maximum(pixels.std(axis=0), 0.1)
    return torch.tensor(pixels), torch.tensor(np.where(digits.target % 2 == 0, 1.0, -1.0)[:, None])


def train(inputs: torch.Tensor, targets: torch.Tensor) -> torch.nn.Sequential:
    """2,000 iterations of L-BFGS from PyTorch's default start, in double precision."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.Tanh(), torch.nn.Linear(128, 1)).double()
    optimizer = torch.optim.LBFGS(
        model.parameters(),
        max_iter=2000,
        max_eval=8000,
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
