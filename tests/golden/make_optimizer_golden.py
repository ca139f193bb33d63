#!/usr/bin/python3
"""Writes optimizer.safetensors beside this file: results of PyTorch's AdamW and OneCycleLR.

Run it after you change a case; the tests read only the file. The committed file was made with
PyTorch 1.13 (python3-torch of Debian 12).
"""

import pathlib

import torch

from make_golden import save

HERE = pathlib.Path(__file__).parent
STEPS = 12
WEIGHT_DECAY = 0.1
RATES = [0.003 * (1 + step % 4) for step in range(STEPS)]
CYCLES = {"long": (0.003, 430), "short": (0.01, 7), "three": (1.0, 3)}


def adamw(out):
    """A weight with decay and a bias without, after STEPS steps with random gradients."""
    weight = torch.randn(4, 6, requires_grad=True)
    bias = torch.randn(6, requires_grad=True)
    optimizer = torch.optim.AdamW([{"params": [weight], "weight_decay": WEIGHT_DECAY},
                                   {"params": [bias], "weight_decay": 0.0}], lr=1.0)
    out["adamw.before.weight"], out["adamw.before.bias"] = weight.clone(), bias.clone()
    gradients = torch.randn(STEPS, 30) * torch.logspace(-6, 1, 30)
    for step, rate in enumerate(RATES):
        weight.grad, bias.grad = gradients[step, :24].reshape(4, 6), gradients[step, 24:].clone()
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()
    out["adamw.rates"], out["adamw.gradients"] = torch.tensor(RATES), gradients
    out["adamw.after.weight"], out["adamw.after.bias"] = weight.clone(), bias.clone()


def one_cycle(peak, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps,
                                                   cycle_momentum=False)
    rates = []
    for step in range(steps):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        if step + 1 < steps:
            schedule.step()
    return torch.tensor(rates)


def main():
    torch.manual_seed(3)
    out = {}
    adamw(out)
    for name, (peak, steps) in CYCLES.items():
        out[f"one_cycle.{name}"] = one_cycle(peak, steps)
    save(HERE / "optimizer.safetensors", out)


if __name__ == "__main__":
    main()
