"""What each part of a fit by budget is worth: one part changed or left out at a time, everything else the default.

    python -m benchmarks.budget_ablation [--data mnist lhc_jets_sim] [--seeds 3] [--quick] [--write]

Accuracy is that of the best model within the budget, chosen on rows held out inside the fit and measured on rows held
out from every choice. Each row is the median over seeds; the difference is to the row "as it is" of the same seeds.
`--write` puts the table into docs/explanation/budget_ablation.md.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks._data import Parts, parts

TARGET = Path(__file__).parents[1] / "docs" / "explanation" / "budget_ablation.md"


@dataclass(frozen=True)
class Variant:
    """One change: what it concerns, and the settings that differ from the default."""

    part: str
    change: str
    loss: str = "cross_entropy"
    kinds: tuple[str, ...] | None = None
    tied: bool = True
    power: int | None = None
    l1: float | None = None
    pull: tuple[float, float] | None = None
    exchange: bool = True
    regrow: bool = True
    surgery: bool = True
    refit: bool = True


PIXELS = (
    Variant("", "as it is: 1 tanh, 1 product, 1 Abs per class, cross-entropy"),
    Variant("loss", "squared error on one-hot targets", loss="mse"),
    Variant("driver", "all pruned at once at 30 % of the steps", power=1000),
    Variant("driver", "no L1 on the weights", l1=0.0),
    Variant("driver", "no exchange of inputs at the end", exchange=False),
    Variant("architecture", "3 tanh", kinds=("tanh",) * 3),
    Variant("architecture", "3 Abs", kinds=("abs",) * 3),
    Variant("architecture", "2 products", kinds=("prod",) * 2),
    Variant("constants", "a coefficient for each input", tied=False, exchange=False),
    Variant("constants", "coefficients made equal at once, not gradually", pull=(0.7, 0.701)),
    Variant("constants", "no exact refit", refit=False),
)
FEATURES = (
    Variant("", "as it is: 3 tanh, 3 Abs, linear terms, cross-entropy"),
    Variant("loss", "squared error on one-hot targets", loss="mse"),
    Variant("driver", "gradient descent alone down to the budget", surgery=False, regrow=False),
    Variant("driver", "no regrowth", regrow=False),
    Variant("architecture", "6 tanh and linear terms", kinds=("tanh",) * 6 + ("linear",)),
    Variant("architecture", "6 Abs and linear terms", kinds=("abs",) * 6 + ("linear",)),
    Variant("constants", "gradient descent alone, no exact refit", surgery=False, regrow=False, refit=False),
)
TASKS: dict[str, tuple[float, tuple[Variant, ...]]] = {"mnist": (90, PIXELS), "lhc_jets_sim": (16, FEATURES)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="1,000 rows: to see that it runs")
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    options = parser.parse_args()
    sections = {name: _section(name, options) for name in options.data}
    if options.write:
        TARGET.write_text(_page(_written() | sections, options.seeds), encoding="utf-8")


def _section(name: str, options: argparse.Namespace) -> str:
    data, (budget, variants) = parts(name, options.quick), TASKS[name]
    title = f"{name} within {budget:g} nodes per formula; {data.held_out}"
    print(title, flush=True)
    lines = ["| part | change | accuracy | difference in points | nodes |", "|---|---|---|---|---|"]
    base: list[float] = []
    for variant in variants:
        accuracy, nodes = zip(
            *(_measure(variant, data, budget, seed, options.quick) for seed in range(options.seeds)), strict=True
        )
        base = base or list(accuracy)
        gap = float(np.median(np.subtract(accuracy, base)))
        lines.append(
            f"| {variant.part} | {variant.change} | {100 * np.median(accuracy):.1f} % | "
            f"{'' if not variant.part else f'{100 * gap:+.1f}'} | {np.median(nodes):.1f} |"
        )
        print(lines[-1], flush=True)
    return f"## {title}\n\n" + "\n".join(lines) + "\n"


def _measure(variant: Variant, data: Parts, budget: float, seed: int, quick: bool) -> tuple[float, float]:
    """Accuracy on the held-out part and mean nodes of one fit."""
    from symbolnet.budget._emit import emit
    from symbolnet.budget._prepare import prepare
    from symbolnet.budget._records import Candidate, candidate
    from symbolnet.objectives import get_loss

    rng = np.random.default_rng(seed)
    labels, codes = np.unique(data.y, return_inverse=True)
    onehot = np.eye(len(labels))[codes]
    pixels = data.X.shape[1] > 100
    task = prepare(data.X, onehot, None, get_loss(variant.loss), rng, tied=pixels and variant.tied)
    found: list[Candidate] = []
    search = _pixels if pixels else _features
    search(variant, task, budget, rng, 0.1 if quick else 1.0, found.append)
    best = min((c for c in found if c.cost <= budget), key=lambda c: c.loss, default=None)
    if best is None:
        best = candidate(task.in_units(found[-1].model), task.split)
    names = ([f"x{k}" for k in range(data.X.shape[1])], [str(label) for label in labels])
    formula = emit(task.in_units(best.model), task.mean, task.scale, *names)
    predicted = labels[np.asarray(formula(data.X_test)).argmax(axis=1)]
    return float((predicted == data.y_test).mean()), formula.complexity


def _pixels(variant, task, budget, rng, effort, keep: Callable) -> None:  # type: ignore[no-untyped-def, type-arg]
    """One descent to the budget, and what follows it, as `symbolnet.budget._tied` does at its largest budget."""
    from symbolnet.budget._costs import cost
    from symbolnet.budget._descent import Plan, descend
    from symbolnet.budget._free import finish, working_rows
    from symbolnet.budget._records import candidate
    from symbolnet.budget._surgery import reduce_once
    from symbolnet.budget._swap import exchange
    from symbolnet.budget._tied import SORTS, rounds, units_for

    plan = Plan(variant.kinds or units_for(SORTS[0], budget, False), budget, variant.tied, int(6000 * effort), 256)
    given = {name: getattr(variant, name) for name in ("power", "l1", "pull") if getattr(variant, name) is not None}
    model = descend(task.data, replace(plan, **given), int(rng.integers(2**31)))
    while cost(model) > budget:
        model, _ = reduce_once(model, *task.split.sample(rng, working_rows(model)), budget, 0.05, 0, 2)
    done = finish(model, task.split, rng) if variant.refit else candidate(model, task.split)
    if variant.exchange:
        done = exchange(done, task.split, budget, rounds(budget), rng)
        done = finish(done.model, task.split, rng) if variant.refit else done
    keep(done)


def _features(variant, task, budget, rng, effort, keep: Callable) -> None:  # type: ignore[no-untyped-def, type-arg]
    """A descent, single moves and regrowth, as `symbolnet.budget._front` does for inputs of unlike scales."""
    from symbolnet.budget._descent import Plan, descend
    from symbolnet.budget._free import finish, free_front
    from symbolnet.budget._front import CLASS_KINDS, CLASS_START
    from symbolnet.budget._records import candidate

    kinds = tuple(sorted(variant.kinds or CLASS_KINDS))
    start = max(CLASS_START, 2 * budget) if variant.surgery else budget
    plan = Plan(kinds, start, False, int(6000 * effort), 512, rate=5e-3, l1=1e-3, power=3)
    model = descend(task.data, plan, int(rng.integers(2**31)))
    if not variant.surgery:
        keep(finish(model, task.split, rng) if variant.refit else candidate(model, task.split))
        return
    free_front(model, task.split, budget, set(kinds), rng, keep, effort if variant.regrow else 0.0)


def _written() -> dict[str, str]:
    """The sections that stand in the page, by data set: those that are not measured stay as they are."""
    page = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    return {text.split()[0]: f"## {text.rstrip()}\n" for text in page.split("\n## ")[1:]}


def _page(sections: dict[str, str], seeds: int) -> str:
    head = f"""# What each part of a fit by budget is worth

Written by `python -m benchmarks.budget_ablation --write`: medians over {seeds} seeds, differences to the first row of
the same seeds. One part is changed at a time, so the differences do not add up. Accuracy is measured on rows that took
part in no choice.

"""
    return head + "\n".join(sections[name] for name in TASKS if name in sections)


if __name__ == "__main__":
    main()
