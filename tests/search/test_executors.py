"""Trials that are trained: the same results in threads, processes and Dask, and workers that are killed."""

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symbolnet.search import (
    DaskExecutor,
    Plan,
    ProcessExecutor,
    ScanData,
    Space,
    ThreadExecutor,
    refit,
    run_scan,
    scan_rows,
    start_scan,
)

NAMES = itertools.count()
N_TRIALS = 12


def facts(study: Any) -> dict[int, tuple[Any, ...]]:
    """All of a result but the time that it took."""
    return {
        row.index: (row.result.state, row.result.metric, row.result.complexity, row.result.digest, row.result.slot)
        for row in scan_rows(study)
    }


def scan(folder: Path, plan: Plan, data: ScanData, executor: Any, **options: Any) -> dict[int, tuple[Any, ...]]:
    study, kept = start_scan(
        folder, plan, data.fingerprint, N_TRIALS, storage=options.pop("storage", None), name=f"trained{next(NAMES)}"
    )
    try:
        assert run_scan(study, executor, kept, **options) == "finished"
        return facts(study)
    finally:
        executor.close()
        study.close()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, data: ScanData) -> Path:
    """A scan that was trained in a thread, and its plan."""
    from symbolnet.search import Number

    space = Space(
        {"n_unary": Number(2, 3, whole=True), "weight_sparsity": Number(0.5, 0.9)},
        {"n_binary": 1, "max_iter": 4, "batch_size": 32, "unary_operators": "sin,tanh", "binary_operators": "+,*"},
    )
    folder = tmp_path_factory.mktemp("trained") / "scan"
    plan = Plan(space, "classification", width=2, queue=4, jobs_per_generation=2, seed=3)
    scan(folder, plan, data, ThreadExecutor(data, 1))
    return folder


@pytest.fixture
def wanted(trained: Path) -> tuple[Plan, dict[int, tuple[Any, ...]]]:
    from symbolnet.search import open_scan

    study, _ = open_scan(trained)
    found = (study.plan, facts(study))
    study.close()
    return found


def test_the_front_has_its_models_and_they_are_the_formulas(trained: Path, data: ScanData) -> None:
    from symbolnet import load
    from symbolnet.search import front_rows, open_scan
    from symbolnet.search._work import digest

    study, kept = open_scan(trained)
    rows = front_rows(study)
    assert {kept.models.path(row.index) for row in rows} == set((trained / "models").iterdir())
    for row in rows:
        model = load(kept.models.path(row.index))
        assert digest(model.expression()) == row.result.digest
        assert model.expression().complexity == row.result.complexity
        assert list(model.feature_names_in_) == ["mass", "pt", "eta"]
        assert row.settings["max_iter"] == 4
        assert row.data == data.fingerprint
        assert set(row.versions) >= {"symbolnet", "jax", "numpy"}
    study.close()


def test_every_trial_can_be_trained_again_to_the_same_formulas(trained: Path, data: ScanData) -> None:
    from symbolnet.search import open_scan

    study, _ = open_scan(trained)
    complete = [row for row in scan_rows(study) if row.result.state == "complete"]
    late = max(complete, key=lambda row: (row.result.first_epoch, row.result.slot))
    assert late.result.first_epoch > 0, "one that took another's place"
    for row in (complete[0], late):
        estimator, _, same = refit(study, data, row.index)
        assert same
        assert estimator.equations_.iloc[-1]["accuracy"] == row.result.metric
        assert len(estimator.history_) == row.result.epochs
    study.close()


def test_threads_do_not_change_the_results(tmp_path: Path, data: ScanData, wanted: Any) -> None:
    plan, facts_of_one = wanted
    assert scan(tmp_path / "scan", plan, data, ThreadExecutor(data, 3)) == facts_of_one


def test_a_killed_worker_process_is_replaced(tmp_path: Path, data: ScanData, wanted: Any) -> None:
    plan, facts_of_one = wanted
    executor = ProcessExecutor(data, 1)
    killed: list[int] = []

    def callback(progress: Any) -> None:
        if progress.done >= 4 and not killed:
            killed.append(executor.pids()[0])
            os.kill(killed[0], signal.SIGKILL)

    found = scan(tmp_path / "scan", plan, data, executor, callback=callback)
    assert killed
    assert found == facts_of_one


def test_a_setting_that_no_network_can_have_ends_in_a_line(tmp_path: Path, data: ScanData) -> None:
    from symbolnet import SymbolNetError
    from symbolnet.search import Choice

    space = Space({"weight_sparsity": Choice((0.5, 0.6)), "n_unary": Choice((0,))}, {"n_binary": 0})
    plan = Plan(space, "classification", width=1, queue=1, jobs_per_generation=1)
    with pytest.raises(SymbolNetError, match="give it at least one node"):
        scan(tmp_path / "scan", plan, data, ThreadExecutor(data, 1))


def test_a_trial_without_finite_numbers_is_told_as_failed(tmp_path: Path, data: ScanData, space: Space) -> None:
    import numpy as np

    from symbolnet.search import Choice

    plan = Plan(
        Space({**space.parameters, "learning_rate": Choice((1e30,))}, space.settings),
        "classification",
        width=2,
        queue=2,
    )
    study, kept = start_scan(tmp_path / "scan", plan, data.fingerprint, 2)
    executor = ThreadExecutor(data, 1)
    run_scan(study, executor, kept)
    executor.close()
    for row in scan_rows(study):
        values = (row.result.metric, row.result.loss, row.result.complexity)
        assert row.result.state == "failed" or all(v is not None and np.isfinite(v) for v in values)
    study.close()


def test_a_further_cost_is_an_objective(tmp_path: Path, data: ScanData, wanted: Any) -> None:
    from dataclasses import replace

    plan, facts_of_two = wanted
    study, kept = start_scan(tmp_path / "scan", replace(plan, extra=("nodes",)), data.fingerprint, 8)
    executor = ThreadExecutor(data, 1)
    run_scan(study, executor, kept, costs={"nodes": lambda expression: expression.total_complexity})
    executor.close()
    for row in scan_rows(study):
        if row.result.state == "complete":
            assert row.result.extra == [sum(row.result.complexities)]
            assert row.result.digest == facts_of_two[row.index][3]
    study.close()


def test_trials_by_budget(tmp_path: Path, data: ScanData) -> None:
    from symbolnet import load
    from symbolnet.search import Choice

    one = ScanData(data.X[:60, :1], (data.X[:60, 0] > 0).astype(int))
    costs = {"constant": 2.5}
    space = Space({"max_complexity": Choice((7,))}, {"complexity_of_operators": costs})
    plan = Plan(space, "classification", sampler="grid", queue=1)
    study, kept = start_scan(tmp_path / "scan", plan, one.fingerprint, 1)
    executor = ThreadExecutor(one, 1)
    run_scan(study, executor, kept)
    executor.close()
    (row,) = scan_rows(study)
    assert row.result.state == "complete"
    assert 1 <= row.result.complexity <= 7
    study.close()
    model = load(kept.models.path(0)).expression()
    assert row.result.complexity == model.cost(costs), "in the costs that were asked for"
    assert row.result.complexities == list(model.costs(costs))


# --- Dask -------------------------------------------------------------------------------------------------------------


class Cluster:
    """A Dask scheduler and workers as processes of their own, on the loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, list[Any]()
        self.file = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", self.file
        )
        deadline = time.monotonic() + 60
        while not self.file.exists():
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.1)

    @property
    def address(self) -> str:
        import json

        return str(json.loads(self.file.read_text())["address"])

    def add(self) -> None:
        self.workers.append(
            self._start(
                "worker",
                self.address,
                "--host",
                "127.0.0.1",
                "--nthreads",
                "1",
                "--no-dashboard",
                "--no-nanny",
                "--local-directory",
                self.folder,
            )
        )

    def kill_one(self) -> None:
        worker = self.workers.pop(0)
        worker.kill()
        worker.wait()

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _start(self, *words: object) -> Any:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *map(str, words)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    yield running
    running.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_three_dask_workers_two_of_them_killed_and_postgresql(
    tmp_path: Path, data: ScanData, wanted: Any, cluster: Cluster, server: Any
) -> None:
    plan, facts_of_one = wanted
    for _ in range(3):
        cluster.add()
    killed = []

    def callback(progress: Any) -> None:
        if len(killed) < 2 and progress.done >= 2 * (1 + len(killed)):
            killed.append(progress.done)
            cluster.kill_one()

    executor = DaskExecutor(data, cluster.address)
    found = scan(tmp_path / "scan", plan, data, executor, callback=callback, storage=server.url)
    assert len(killed) == 2
    assert found == facts_of_one


def test_no_scheduler_is_a_line(data: ScanData) -> None:
    from symbolnet import SymbolNetError

    with pytest.raises(SymbolNetError, match="no Dask scheduler at tcp://127.0.0.1:1"):
        DaskExecutor(data, "tcp://127.0.0.1:1", timeout=0.5)


def test_a_batch_system_needs_an_address() -> None:
    from symbolnet import SymbolNetError
    from symbolnet.search._dask import jobqueue_cluster

    with pytest.raises(SymbolNetError, match="--host"):
        jobqueue_cluster("slurm", 2, None)
    with pytest.raises(SymbolNetError, match="no batch system 'cron'"):
        jobqueue_cluster("cron", 2, "127.0.0.1")


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")
def test_jobs_of_a_batch_system(tmp_path: Path, data: ScanData, wanted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slurm's two commands, played by scripts that start and kill a process on this machine."""
    import dask

    from symbolnet.search._dask import jobqueue_cluster

    plan, facts_of_one = wanted
    commands = tmp_path / "bin"
    commands.mkdir()
    submitted = tmp_path / "submitted"
    (commands / "sbatch").write_text(
        f'#!/bin/sh\ncp "$1" "{submitted}"\nsetsid sh "{submitted}" > /dev/null 2>&1 &\necho "Submitted batch job $!"\n'
    )
    (commands / "scancel").write_text('#!/bin/sh\nfor job in "$@"; do kill -9 -- "-$job"; done\n')
    for command in commands.iterdir():
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    options = {"cores": 1, "memory": "2GB", "local-directory": str(tmp_path), "log-directory": str(tmp_path)}
    with dask.config.set({f"jobqueue.slurm.{name}": value for name, value in options.items()}):
        executor = DaskExecutor(data, jobqueue_cluster("slurm", 1, "127.0.0.1"))
        assert scan(tmp_path / "scan", plan, data, executor) == facts_of_one
    assert "#SBATCH" in submitted.read_text()
