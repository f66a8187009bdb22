"""Throughput of a scan: 100 jets trials of 50 epochs against the same trials one at a time in one process.

One at a time means what a person would write: a loop over `SymbolNetClassifier(**parameters).fit(X, y)` in one
process, with the numbers of nodes, settings and seeds of the scan's trials, whose programs are compiled as `fit` does
it: one for each shape. Early stopping is off in the first figure, so that both train every epoch; the second figure is
the scan as it is by default. A third tells the share of the cores' time that the scan used, its start and its end
included. Both begin with an empty cache of compiled programs. `--share` trains only every so many of the trials one at
a time and scales up. Seconds of processor time are told as well: they mean something on a machine that is busy, too.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from benchmarks._bar import Bar, main
from benchmarks._data import parts
from symbolnet._machine import cores


def measure(options: argparse.Namespace) -> list[Bar]:
    n_trials, epochs = (8, 2) if options.quick else (options.trials, options.epochs)
    if options.part:
        _one_at_a_time(options, epochs) if options.part == "loop" else _scan(options, n_trials, epochs)
        sys.exit(0)
    with tempfile.TemporaryDirectory() as folder:
        every = _timed(options, n_trials, epochs, folder, "scan")
        loop = _timed(options, n_trials, epochs, folder, "loop")
        stopping = _timed(options, n_trials, epochs, folder, "stopping")
        complete = _done(Path(folder) / "scan")
        ended_early = _done(Path(folder) / "stopping")
    n_cores = len(cores())
    share = every["cpu"] / every["wall"] / n_cores
    about = f"{n_trials} trials of {epochs} epochs on {n_cores} cores"
    return [
        Bar(
            f"scan, throughput: {about}, all trained to the end",
            "",
            f"{loop['wall'] / every['wall']:.2f} times as fast as one at a time ({every['wall']:.0f} s against "
            f"{loop['wall']:.0f} s; processor time {every['cpu']:.0f} s against {loop['cpu']:.0f} s); {complete}",
            None,
            {"ratio": loop["wall"] / every["wall"], "scan_s": every["wall"], "loop_s": loop["wall"],
             "scan_cpu_s": every["cpu"], "loop_cpu_s": loop["cpu"]},
        ),
        Bar(
            f"scan, throughput: {about}",
            "≥ 5 times as fast as one at a time",
            f"{loop['wall'] / stopping['wall']:.2f} times as fast ({stopping['wall']:.0f} s; processor time "
            f"{stopping['cpu']:.0f} s); {ended_early}",
            loop["wall"] / stopping["wall"] >= 5,
            {"ratio": loop["wall"] / stopping["wall"], "scan_s": stopping["wall"], "scan_cpu_s": stopping["cpu"]},
        ),
        Bar(
            f"scan, use of {n_cores} cores",
            "≥ 85 % busy",
            f"{100 * share:.0f} %",
            share >= 0.85,
            {"share": share},
        ),
    ]  # fmt: skip


def _timed(options: argparse.Namespace, n_trials: int, epochs: int, folder: str, part: str) -> dict[str, float]:
    """Wall-clock and processor seconds of one part in a process of its own, with an empty cache."""
    words = ["--part", part, "--folder", folder, "--trials", n_trials, "--epochs", epochs, "--share", options.share,
             "--rows", options.rows, "--population", options.population, "--queue", options.queue,
             "--workers", options.workers]  # fmt: skip
    environment = {**os.environ, "XDG_CACHE_HOME": str(Path(folder) / f"cache-{part}")}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "benchmarks.search_throughput", *map(str, words)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if part == "loop" and options.share > 1:
        seconds, busy = map(float, (Path(folder) / "loop.txt").read_text(encoding="ascii").split())
        wall += (options.share - 1) * seconds
        cpu += (options.share - 1) * busy
    return {"wall": wall, "cpu": cpu}


def _data(options: argparse.Namespace) -> tuple[Any, Any]:
    found = parts("lhc_jets_sim")
    rows = options.rows or len(found.X)
    return found.X[:rows], found.y[:rows]


def _scan(options: argparse.Namespace, n_trials: int, epochs: int) -> None:
    from symbolnet.search import Plan, ProcessExecutor, ScanData, ThreadExecutor, preset, run_scan, start_scan

    data = ScanData(*_data(options))
    space = preset("jets").fixed({"max_iter": epochs})
    plan = Plan(space, "classification", sampler="random", width=options.population, queue=options.queue,
                early_stop=options.part == "stopping")  # fmt: skip
    study, kept = start_scan(Path(options.folder) / options.part, plan, data.fingerprint, n_trials)
    executor = ProcessExecutor(data, options.workers) if options.workers else ThreadExecutor(data)
    run_scan(study, executor, kept)
    executor.close()
    study.close()


def _one_at_a_time(options: argparse.Namespace, epochs: int) -> None:
    """The trials of the scan, each as a fit of its own."""
    from symbolnet.search import open_scan
    from symbolnet.search._data import estimator_for

    study, _ = open_scan(Path(options.folder) / "scan")
    specs = [study.specs[index] for index in sorted(study.specs)]
    settings = {**study.plan.space.settings, "max_iter": epochs}
    study.close()
    X, y = _data(options)
    began, busy = time.monotonic(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for spec in specs[:: options.share]:
            estimator_for("classification", settings, spec.params, spec.seed).fit(X, y)
    (Path(options.folder) / "loop.txt").write_text(
        f"{time.monotonic() - began} {time.process_time() - busy}", encoding="ascii"
    )


def _done(folder: Path) -> str:
    from symbolnet.search import open_scan
    from symbolnet.search._summary import count_states

    study, _ = open_scan(folder)
    counts = count_states(study)
    names = (*study.plan.space.shape_names, *study.plan.space.padded_names)
    shapes = len({tuple(entry.spec.params[n] for n in names) for entry in study.entries.values()})
    study.close()
    return (
        f"{counts['complete']} complete, {counts['pruned']} stopped early, {counts['failed']} failed, {shapes} shapes"
    )


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--rows", type=int, default=0, help="of the data; all without it")
    parser.add_argument("--share", type=int, default=1, help="one at a time, train only every so many-th trial")
    parser.add_argument("--population", type=int, default=1)
    parser.add_argument("--queue", type=int, default=16)
    parser.add_argument("--workers", type=int, default=0, help="worker processes; threads without it")
    parser.add_argument("--part", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", default="", help=argparse.SUPPRESS)


if __name__ == "__main__":
    main(measure, _arguments)
