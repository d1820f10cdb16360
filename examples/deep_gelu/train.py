"""Parity of 60 handwritten digits by a deep network, 64–48–48–48–1 with GELU: L-BFGS in double precision.

Data: the first 60 images of scikit-learn's ``load_digits``, target +1 for an even digit and −1 for an odd one.
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
    parity = np.where(digits.target % 2 == 0, 1.0, -1.0)[:, None]
    return torch.tensor(pixels[:60]), torch.tensor(parity[:60])


def train(inputs: torch.Tensor, targets: torch.Tensor) -> torch.nn.Sequential:
    """L-BFGS from PyTorch's default start until the mean squared error is below 10⁻¹²."""
    torch.manual_seed(0)
    layers: list[torch.nn.Module] = []
    for width_in, width_out in [(64, 48), (48, 48), (48, 48)]:
        layers += [torch.nn.Linear(width_in, width_out), torch.nn.GELU()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(48, 1)).double()
    optimizer = torch.optim.LBFGS(
        model.parameters(),
        max_iter=10,
        history_size=50,
        tolerance_grad=0,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        return loss

    for _ in range(100):
        optimizer.step(closure)
        if closure() < 1e-12:
            break
    return model


if __name__ == "__main__":
    torch.set_num_threads(1)  # one summation order, so the same weights on every run
    x, y = data()
    problem = verify.from_torch(train(x, y), x, y)
    verify.save_problem(problem, Path(__file__).with_name("problem.safetensors"), force=True)
