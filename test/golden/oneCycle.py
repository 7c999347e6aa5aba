"""Golden learning rates of PyTorch's OneCycleLR (cycle_momentum=False) from its first step to its last.

PyTorch refuses to go beyond the last step. "options" are PyTorch's own, in its spelling.
"""

import torch

import goldenFile


def one_cycle_cases():
    return [
        {"max_lr": 0.1, "total_steps": 60},
        {"max_lr": 0.1, "total_steps": 60, "pct_start": 0.25, "anneal_strategy": "linear", "div_factor": 10,
         "final_div_factor": 100},
        {"max_lr": 0.1, "total_steps": 60, "three_phase": True},
        {"max_lr": 0.1, "total_steps": 61, "pct_start": 0.37, "three_phase": True, "anneal_strategy": "linear"},
    ]


def by_torch(options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, cycle_momentum=False, **options)
    rates = []
    for _ in range(options["total_steps"]):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(rates) < options["total_steps"]:
            schedule.step()
    return {"options": options, "steps": list(range(len(rates))), "rates": rates}


def main():
    goldenFile.write("oneCycle", {
        "source": goldenFile.source("oneCycle.py", ["torch"]),
        "cases": [by_torch(case) for case in one_cycle_cases()],
    })


if __name__ == "__main__":
    main()
