"""What `scan run` and `scan resume` do before and while they train: data, space, storage, executor, progress."""

__all__ = ["Prepared", "again", "begin", "read_source", "run_to_the_end"]

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symbolnet._errors import SymbolNetError
from symbolnet.cli._data import check_task, guess_task, read_to_train
from symbolnet.cli._output import note
from symbolnet.cli._scan_costs import costs_on
from symbolnet.cli._settings import from_options

_SECONDS_BETWEEN_LINES = 60.0


@dataclass(frozen=True)
class Prepared:
    """A scan that is ready to be trained."""

    study: Any
    folder: Any
    executor: Any
    data: Any


def begin(options: Mapping[str, Any]) -> Prepared:
    """A new scan, as the options of `scan run` describe it."""
    from symbolnet.search import Plan, ScanData, Space, preset, start_scan
    from symbolnet.search._executors import default_width
    from symbolnet.search._presets import preset_for
    from symbolnet.search._space import estimator_parameters

    read = read_to_train(options["data"], options["target"], float("inf"))
    task = guess_task(read.y) if options["task"] == "auto" else options["task"]
    check_task(options["data"], read, task)
    chosen = options["preset"] or (preset_for(read.source) if options["space"] is None else None)
    space = preset(chosen) if chosen is not None else None
    if options["space"] is not None:
        space = Space.from_toml(options["space"], space)
    assert space is not None  # a preset was chosen where there is no file
    asked = from_options(
        options["assignments"], None, max_complexity=None, target=(), task=None, known=estimator_parameters()
    )
    width = options["population"] or default_width()
    plan = Plan(
        space.fixed(asked.parameters) if asked.parameters else space,
        task,
        sampler=options["sampler"],
        seed=options["seed"],
        width=width,
        queue=options["queue"] or max(16, 4 * width),
        # Two generations are under way at a time, so that one of N jobs and more keeps N workers busy.
        jobs_per_generation=options["generation"] or max(4, options["workers"] or 0),
        early_stop=not options["no_early_stop"],
        extra=tuple(dict.fromkeys(options["objectives"])),
    )
    data = ScanData(read.X, read.y, read.feature_names if read.named else None)
    source = {
        "data": read.source,
        "target": list(read.targets),
        "task": task,
        "n_rows": read.n_rows,
        "n_inputs": read.n_inputs,
        "class_names": None if read.class_names is None else list(read.class_names),
    }
    _check_plan(plan, data)
    with _executor(data, options) as executor:
        study, folder = start_scan(
            options["out"], plan, data.fingerprint, options["trials"], storage=options["storage"], name=options["name"],
            source=source,
        )  # fmt: skip
    if not options["quiet"]:
        ranges = f"ranges: {chosen}" if options["space"] is None else f"ranges: {options['space']}"
        note(f"data: {read.n_rows} rows, {read.n_inputs} inputs; task: {task}; {ranges}; sampler: {plan.sampler}")
    return Prepared(study, folder, executor, data)


def again(options: Mapping[str, Any]) -> Prepared:
    """An earlier scan, as the options of `scan resume` describe it."""
    from symbolnet.search import resume_scan
    from symbolnet.search._folder import ScanFolder
    from symbolnet.search._study import versions

    folder = ScanFolder.open(Path(options["folder"]))
    data = read_source(folder.config()["document"]["source"], options["data"])
    with _executor(data, options) as executor:
        study, folder, aside = resume_scan(options["folder"], data.fingerprint, options["trials"], options["storage"])
    if aside is not None:
        note(f"symbolnet: warning: the storage was damaged; it is in {aside} and was made again from results.log")
    changed = [name for name, version in versions().items() if study.document["versions"].get(name) != version]
    if changed and not options["quiet"]:
        note(
            f"symbolnet: warning: other versions than at the scan's beginning ({', '.join(changed)}): last bits differ"
        )
    return Prepared(study, folder, executor, data)


def read_source(source: Mapping[str, Any], data: str | None = None) -> Any:
    """The data of an earlier scan, from where it was or from `data`."""
    from symbolnet.search import ScanData

    try:
        place, target = data or str(source["data"]), [str(name) for name in source["target"]]
    except (KeyError, TypeError) as error:
        raise SymbolNetError("this scan was made from Python; resume it there with its arrays") from error
    read = read_to_train(place, target, float("inf"))
    return ScanData(read.X, read.y, read.feature_names if read.named else None)


def run_to_the_end(prepared: Prepared, options: Mapping[str, Any], *, live: bool) -> tuple[Any, str]:
    """Train until the scan has ended, is interrupted, or its time is up."""
    from symbolnet.search import run_scan
    from symbolnet.training import interruptible

    study, executor = prepared.study, prepared.executor
    if not options["quiet"]:
        study.waiting = lambda text: note(f"symbolnet: waiting: {text}")
    try:
        with interruptible() as interrupted, _progress(study, executor, options, live=live) as show:

            def callback(progress: Any) -> bool:
                show(progress)
                return interrupted()

            why = run_scan(
                study,
                executor,
                prepared.folder,
                costs=costs_on(study.plan.extra, prepared.data.X) if study.plan.extra else None,
                callback=callback,
                time_limit=options["time_limit"],
                take_over=bool(options.get("take_over")),
            )
    finally:
        executor.close()
    return study, why


@contextmanager
def _executor(data: Any, options: Mapping[str, Any]) -> Iterator[Any]:
    """The executor that the options ask for; closed where what follows fails."""
    executor = _made_executor(data, options)
    try:
        yield executor
    except BaseException:
        executor.close()
        raise


def _made_executor(data: Any, options: Mapping[str, Any]) -> Any:
    from symbolnet.search import DaskExecutor, ProcessExecutor, ThreadExecutor
    from symbolnet.search._dask import jobqueue_cluster

    if options["dask"] is not None and options["jobqueue"] is not None:
        raise SymbolNetError("--dask and --jobqueue are two places to train in; give one of them")
    if options["dask"] is not None:
        return DaskExecutor(data, options["dask"])
    if options["jobqueue"] is not None:
        return DaskExecutor(data, jobqueue_cluster(options["jobqueue"], options["workers"] or 1, options["host"]))
    if options["workers"] is not None:
        return ProcessExecutor(data, options["workers"])
    return ThreadExecutor(data)


def _check_plan(plan: Any, data: Any) -> None:
    """See that one trial of the plan can be made, before anything is written."""
    from symbolnet.search._propose import propose
    from symbolnet.search._records import TrialSpec
    from symbolnet.search._schedule import job_of
    from symbolnet.search._work import Worker

    params = plan.space.grid()[0] if plan.sampler == "grid" else propose(plan, 0, [1], [])[0][0]
    spec = TrialSpec(0, 0, 0, params)
    Worker(data).prepared(job_of(plan, 0, (spec,)), spec)


@contextmanager
def _progress(study: Any, executor: Any, options: Mapping[str, Any], *, live: bool) -> Iterator[Callable[[Any], None]]:
    """What shows a `ScanProgress`: a bar in a terminal, a line a minute elsewhere, nothing with --quiet."""
    if options["quiet"]:
        yield lambda _: None
        return
    note(f"training in {executor.describe()}; study {study.name!r} in {study.storage.location.shown}")
    if not live:
        last = time.monotonic()

        def line(progress: Any) -> None:
            nonlocal last
            if time.monotonic() - last > _SECONDS_BETWEEN_LINES:
                last = time.monotonic()
                note(f"{progress.done} of {progress.n_trials} trials; {_describe(progress)}")

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = [TextColumn("trials"), MofNCompleteColumn(), BarColumn(bar_width=16), TimeElapsedColumn()]
    with Progress(*columns, TextColumn("{task.description}"), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        yield lambda p: bar.update(task, completed=p.done, total=p.n_trials, description=_describe(p))


def _describe(progress: Any) -> str:
    parts = [f"front {progress.front}"]
    if progress.best is not None:
        parts.append(f"best {progress.best:.4f}")
    parts += [f"{getattr(progress, k)} {k}" for k in ("pruned", "failed", "lost") if getattr(progress, k)]
    if progress.seconds_left is not None:
        parts.append(f"{_time(progress.seconds_left)} left")
    return ", ".join(parts)


def _time(seconds: float) -> str:
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole} s" if minutes else f"{whole} s"
