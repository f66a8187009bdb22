"""The study's own cost of a trial: asking, telling, sampling, the front, the second record; nothing is trained.

Trials are simulated with results like those of jets. Figures are milliseconds a trial over the last tenth of the scan,
where whatever grows with the number of trials is largest, in wall-clock and in processor time; the writes to the disk;
and the time to open the finished study again.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._bar import Bar, main


def measure(options: argparse.Namespace) -> list[Bar]:
    n_trials = 400 if options.quick else options.trials
    bars = []
    with tempfile.TemporaryDirectory() as folder:
        for sampler in options.samplers:
            for storage in options.storages:
                bars.append(_bar(Path(folder) / f"{sampler}{len(bars)}", sampler, storage, n_trials, options))
    return bars


def _bar(folder: Path, sampler: str, storage: str, n_trials: int, options: argparse.Namespace) -> Bar:
    from symbolnet.search import Plan, open_scan, preset, run_scan, start_scan
    from symbolnet.search._simulated import SimulatedExecutor

    plan = Plan(preset("jets"), "classification", sampler=sampler)
    place = {"sqlite": None, "journal": f"{folder}.journal"}.get(storage, storage)
    study, kept = start_scan(folder, plan, "simulated", n_trials, storage=place, name=folder.name)
    marks: list[tuple[int, float, float]] = []

    def callback(progress: Any) -> None:
        if not marks or progress.done >= marks[-1][0] + n_trials / 20:
            marks.append((progress.done, time.perf_counter(), time.process_time()))
            if options.verbose:
                print(f"  {sampler}, {storage}: {progress.done} trials, {progress.seconds:.0f} s", flush=True)

    before, began = _written(), time.perf_counter()
    run_scan(study, SimulatedExecutor(), kept, callback=callback)
    seconds, written = time.perf_counter() - began, _written() - before
    study.close()
    marks.append((n_trials, time.perf_counter(), time.process_time()))
    late = next(mark for mark in reversed(marks) if mark[0] <= 0.9 * n_trials)
    per_trial = [1e3 * (marks[-1][k] - late[k]) / (n_trials - late[0]) for k in (1, 2)]
    began = time.perf_counter()
    again, _ = open_scan(folder)
    opened = time.perf_counter() - began
    again.close()
    name = "PostgreSQL" if "://" in storage else storage
    return Bar(
        f"scan, the study's own time: {n_trials} simulated trials, {sampler}, {name}",
        "≤ 20 ms a trial",
        f"{per_trial[0]:.1f} ms a trial at the end ({per_trial[1]:.1f} ms of processor time), "
        f"{1e3 * seconds / n_trials:.1f} ms on average; {written / n_trials / 1e3:.1f} kB written a trial; "
        f"opened again in {opened:.1f} s",
        max(per_trial[0], 1e3 * seconds / n_trials) <= 20,
        {"late_ms": per_trial[0], "late_cpu_ms": per_trial[1], "mean_ms": 1e3 * seconds / n_trials,
         "kB": written / n_trials / 1e3, "open_s": opened},
    )  # fmt: skip


def _written() -> int:
    """Bytes that this process has sent to the disk; 0 where the system does not count them."""
    try:
        lines = Path(f"/proc/{os.getpid()}/io").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])
    except (OSError, StopIteration):
        return 0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--samplers", nargs="+", default=["nsga2", "tpe"])
    parser.add_argument("--storages", nargs="+", default=["sqlite"], help="sqlite, journal, or a PostgreSQL URL")
    parser.add_argument("--verbose", action="store_true")


if __name__ == "__main__":
    main(measure, _arguments)
