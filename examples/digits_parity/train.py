"""Parity of 100 handwritten digits by 256 tanh units: PyTorch's default start, Adam in single precision.

Data: the first 100 images of scikit-learn's ``load_digits`` (8×8 pixels), target +1 for an even digit and −1
for an odd one. Nothing is done for the sake of the proof: float32 weights as Adam left them.
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
    return torch.tensor(pixels[:100], dtype=torch.float32), torch.tensor(parity[:100], dtype=torch.float32)


def train(inputs: torch.Tensor, targets: torch.Tensor) -> torch.nn.Sequential:
    """2,000 full-batch steps of Adam with a cosine schedule."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.Tanh(), torch.nn.Linear(256, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2000)
    for _ in range(2000):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()
        schedule.step()
    return model


if __name__ == "__main__":
    torch.set_num_threads(1)  # one summation order, so the same weights on every run
    x, y = data()
    problem = verify.from_torch(train(x, y), x, y)
    verify.save_problem(problem, Path(__file__).with_name("problem.safetensors"), force=True)
