"""The experiment from beginning to end, stage by stage; what is there already is not done again."""

__all__ = ["STAGES", "RunReport", "open_folder", "reproduce"]

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from symbolnet._errors import SymbolNetError
from symbolnet.reproduce._data import ExperimentData, load_data
from symbolnet.reproduce._methods import run_budget, run_dense, run_eql, run_example, run_peer, run_symbolnet
from symbolnet.reproduce._plan import METHODS, Plan
from symbolnet.reproduce._score import Judge
from symbolnet.reproduce._stage import StageResult, read_stage, write_stage

STAGES = "stages"
_RESERVE = 0.06
"""Share of the time that is kept for tables and figures."""


@dataclass(frozen=True)
class RunReport:
    """What `reproduce` returns.

    Attributes
    ----------
    out : Path
    seconds : float
        All stages of the run, also those of an earlier part.
    left_out : tuple of str
        Stages that the time did not allow.
    statements : tuple of str
        The paper's ordering, confirmed or not.
    """

    out: Path
    seconds: float
    left_out: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True)
class _Stage:
    key: str
    label: str
    method: str
    run: Callable[[dict[str, StageResult]], StageResult]


def reproduce(plan: Plan, out: Path, *, resume: bool = False, report: Callable[[str], None] | None = None) -> RunReport:
    """Run the experiment and write its folder: figures, tables, the numbers behind them, settings and versions.

    Parameters
    ----------
    plan : Plan
    out : Path
        Folder; made if absent.
    resume : bool
        Go on with the run in `out`: stages that are stored there are not run again.
    report : callable, optional
        Gets a line about each stage.

    Raises
    ------
    SymbolNetError
        If `out` holds a run and `resume` is not given, or the run there has other settings.
    """
    from symbolnet.reproduce._output import write_output

    say = report or (lambda _: None)
    started = time.monotonic()
    folder = open_folder(out, resume)
    data = load_data(plan)
    judge = Judge(data.task, plan.config.metric)
    stages = _stages(judge, plan)
    fingerprint = _fingerprint(plan, data)
    done: dict[str, StageResult] = {}
    left_out: list[str] = []
    earlier = 0.0
    for number, stage in enumerate(stages, start=1):
        file, head = folder / f"{stage.key}.zip", f"[{number}/{len(stages)}] {stage.label}"
        if file.exists():
            done[stage.key] = read_stage(file, fingerprint)
            earlier += done[stage.key].seconds
            say(f"{head}: there already")
            continue
        elapsed = earlier + time.monotonic() - started
        expected = _expected(stage, done)
        if expected is not None and elapsed + expected > plan.minutes * 60 * (1 - _RESERVE):
            left_out.append(stage.label)
            say(f"{head}: left out, {plan.minutes:g} minutes do not allow it")
            continue
        say(head)
        done[stage.key] = stage.run(done)
        write_stage(file, done[stage.key], fingerprint)
        say(f"{head}: {done[stage.key].seconds:.0f} s")
    seconds = earlier + time.monotonic() - started
    say("tables and figures")
    statements = write_output(out, data, plan, list(done.values()), left_out, seconds)
    return RunReport(out, earlier + time.monotonic() - started, tuple(left_out), statements)


def _stages(judge: Judge, plan: Plan) -> list[_Stage]:
    """All stages; every method of a seed before the next seed, so that a lack of time costs seeds and not methods."""
    stages = [
        _Stage("example", "SymbolNet, the run of the training curves", "example", lambda _: run_example(judge, plan)),
        _Stage("dense", "dense reference", "dense", lambda _: run_dense(judge, plan)),
    ]
    runs = {"symbolnet": run_symbolnet, "eql": run_eql, "budget": run_budget}
    for seed in plan.seeds:
        for method in (*runs, *plan.peers):
            run = partial(_run_method, runs[method], judge, plan, seed) if method in runs else None
            run = run or partial(_run_peer, judge, plan, seed, method)
            stages.append(_Stage(f"{method}-{seed}", f"{METHODS[method]}, seed {seed}", method, run))
    return stages


def _run_method(
    method: Callable[[Judge, Plan, int], StageResult], judge: Judge, plan: Plan, seed: int, _: dict[str, StageResult]
) -> StageResult:
    return method(judge, plan, seed)


def _run_peer(judge: Judge, plan: Plan, seed: int, peer: str, done: dict[str, StageResult]) -> StageResult:
    fit = done.get(f"budget-{seed}")
    seconds = float(fit.notes["fit_seconds"]) if fit is not None else plan.budget_seconds
    return run_peer(judge, plan, seed, peer, seconds)


def _expected(stage: _Stage, done: dict[str, StageResult]) -> float | None:
    """What the method took the last time; None if it has not run."""
    times = [result.seconds for result in done.values() if result.method == stage.method]
    return times[-1] if times else None


def open_folder(out: Path, resume: bool) -> Path:
    """Make the folder of a run, or open it again; returns the folder of its stages.

    Raises
    ------
    SymbolNetError
        If `out` is a file, or is not empty and `resume` is not given; if it cannot be made.
    """
    if out.exists() and not out.is_dir():
        raise SymbolNetError(f"{out}: a file, not a folder; give --out a folder")
    folder = out / STAGES
    if not resume and out.is_dir() and any(out.iterdir()):
        kind = "holds a run already; --resume goes on with it, or" if folder.is_dir() else "is not empty;"
        raise SymbolNetError(f"{out}: {kind} choose a new folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SymbolNetError(f"{out}: cannot be made ({error.strerror}); choose a folder that can") from error
    return folder


def _fingerprint(plan: Plan, data: ExperimentData) -> str:
    """Names the plan and the data, so that stages of another run are not taken for this one's."""
    about = {"plan": plan.as_dict(), "data": data.name, "rows": len(data.task.X), "config": repr(plan.config)}
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]
