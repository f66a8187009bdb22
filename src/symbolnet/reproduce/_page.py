"""The page that tells what a folder of results holds."""

__all__ = ["page"]

from collections.abc import Mapping, Sequence
from typing import Any

from symbolnet.reproduce._data import ExperimentData
from symbolnet.reproduce._plan import FULL_MINUTES, METHODS, Plan
from symbolnet.reproduce._results import Results
from symbolnet.reproduce._tables import Grid

_LONGEST = 150
_ELSEWHERE = "The formulas are long; they stand in [tables/formulas_{0}.md](tables/formulas_{0}.md)."


def page(
    data: ExperimentData,
    plan: Plan,
    results: Results,
    grids: Mapping[str, Grid],
    pictures: Sequence[tuple[str, str]],
    left_out: Sequence[str],
    settings: Mapping[str, Any],
) -> str:
    """README.md of the folder."""
    config, task = plan.config, data.task
    quick = " --quick" if plan.quick else "" if plan.minutes == FULL_MINUTES else f" --minutes {plan.minutes:g}"
    lines = [
        f"# {data.title}: the paper's experiment",
        "",
        f"Written by `symbolnet reproduce {plan.name}{quick}` on {settings['date'][:10]} in "
        f"{settings['seconds'] / 60:.1f} minutes on {settings['machine']['cores']} cores "
        f"({settings['machine']['processor']}). Versions and every setting stand in [settings.json](settings.json).",
        "",
        f"**Data.** {data.caveat or 'The original.'} Source: {data.source}. "
        f"{len(task.X):,} rows to fit on, {len(task.X_val):,} to choose by; judged on {data.held_out}.",
        "",
        "**Plan.** " + _plan(plan),
        "",
    ]
    cuts = [*plan.cuts, *(f"{stage}: no time was left for it" for stage in left_out)]
    lines += ["Cut against the full plan: " + ("; ".join(cuts) if cuts else "nothing") + ".", ""]
    lines += ["## What came out", ""]
    lines += [f"- {statement}" for statement in results.statements]
    lines += ["", *grids["summary"].markdown().splitlines(), ""]
    lines += ["## Formulas", ""]
    for method in ("symbolnet", "budget"):
        if method in results.models:
            grid = grids[f"formulas_{method}"]
            short = results.models[method].expression.complexity <= _LONGEST
            lines += [*grid.markdown().splitlines(), ""] if short else [grid.caption, "", _ELSEWHERE.format(method), ""]
    others = [METHODS[method] for method in results.models if method not in ("symbolnet", "budget")]
    if others:
        lines += [f"Those of {', '.join(others)} stand in `tables/`.", ""]
    lines += ["## Figures", ""]
    for name, caption in pictures:
        lines += [f"![{name}](figures/{name}.png)", "", f"{caption} ([PDF](figures/{name}.pdf))", ""]
    lines += [
        "## How the comparison is made",
        "",
        "- All methods get the same rows to fit on; their fronts are chosen on the same other rows and judged on the "
        "test rows. `max_complexity` gets both parts and holds out its own.",
        "- Complexity is counted by one counter for all: the nodes of the SymPy tree, mean over formulas. "
        "Formulas are of the scaled inputs, as in the paper's tables; only those of `max_complexity` are of the raw "
        "inputs, which can cost it nodes.",
        "- EQL has SymbolNet's architectures, initial weights, optimiser, epochs and batches; each of its λ and "
        "thresholds is a model. Its first stage is shared by all λ, its second by all thresholds.",
        "- Genetic programming gets the wall-clock time that the fit by `max_complexity` of the same seed took, one "
        f"class against the rest, the {config.peer_inputs} inputs with the largest F-statistic a class and at most "
        f"{config.peer_rows:,} rows.",
        f"- The hypervolume has the reference point complexity {config.reference[0]:g}, {config.metric} "
        f"{config.reference[1]:g}.",
        "",
        "## Files",
        "",
        "- `tables/`: every table as LaTeX, Markdown and CSV",
        "- `figures/`: every figure as PNG and PDF",
        "- `numbers/`: every model with its settings (`models.csv`), and the numbers behind each figure",
        "- `stages/`: the result of each stage; `--resume` reads them",
        "",
    ]
    return "\n".join(lines)


def _plan(plan: Plan) -> str:
    seeds = f"{len(plan.seeds)} seed{'s' if len(plan.seeds) > 1 else ''}"
    widths = "; ".join(", ".join(f"u = {u}, b = {b}" for u, b in layers) for layers in plan.widths)
    config = plan.config
    ranges = ", ".join(
        f"α_{kind} {low:g} to {high:g}"
        for kind, (low, high) in (
            ("weight", config.weight), ("input", config.input), ("unary", config.unary), ("binary", config.binary)
        )
    )  # fmt: skip
    return (
        f"{seeds}; architectures (layers divided by commas): {widths}; "
        f"{plan.trials} trials of {plan.epochs} epochs each, with targets spread over the paper's ranges ({ranges}); "
        f"EQL with λ of {', '.join(f'{value:g}' for value in plan.strengths)} and thresholds of "
        f"{', '.join(f'{value:g}' for value in plan.thresholds)}; max_complexity = {plan.max_complexity:g}, "
        f"at most {plan.budget_seconds:g} s a fit. The paper's own scan is larger; this plan is made for "
        f"{plan.minutes:g} minutes on two cores."
    )
