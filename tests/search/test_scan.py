"""Scans with simulated trials: nothing is lost or counted twice, and breaks leave no trace in the result."""

import itertools
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from symbolnet import SymbolNetError
from symbolnet.search import Choice, Plan, Space, open_scan, resume_scan, run_scan, scan_rows, start_scan
from symbolnet.search._scan import ScanProgress
from symbolnet.search._simulated import SimulatedExecutor, simulated_result

NAMES = itertools.count()


class Killed(BaseException):
    """Stands for kill -9: nothing after it is done, no handler, no tidying."""


def start(folder: Path, plan: Plan, n_trials: int, storage: str | None = None) -> Any:
    return start_scan(folder, plan, "data", n_trials, storage=storage, name=f"study{next(NAMES)}")


def results(study: Any) -> dict[int, tuple[Any, ...]]:
    """What was told, by index: all that a break must not change."""
    return {
        row.index: (row.result.state, row.params, row.seed, row.result.metric, row.result.complexity, row.pareto)
        for row in scan_rows(study)
    }


WHOLE: dict[str, dict[int, tuple[Any, ...]]] = {}


def whole(folder: Path, plan: Plan, n_trials: int) -> dict[int, tuple[Any, ...]]:
    """The results of a scan that nothing disturbs."""
    key = repr((plan.to_json(), n_trials))
    if key not in WHOLE:
        WHOLE[key] = _whole(folder, plan, n_trials)
    return WHOLE[key]


def _whole(folder: Path, plan: Plan, n_trials: int) -> dict[int, tuple[Any, ...]]:
    study, kept = start(folder, plan, n_trials)
    assert run_scan(study, SimulatedExecutor(1), kept) == "finished"
    found = results(study)
    study.close()
    assert sorted(found) == list(range(n_trials))
    return found


@pytest.mark.parametrize("sampler", ["nsga2", "tpe", "random", "grid"])
def test_every_trial_is_told_once(tmp_path: Path, space: Any, sampler: str) -> None:
    space = Space({**space.parameters, "n_layers": Choice((1, 2))}, space.settings)
    plan = Plan(space, "classification", sampler=sampler, queue=4, jobs_per_generation=2)
    found = whole(tmp_path / "scan", plan, 22)
    assert {state for state, *_ in found.values()} <= {"complete", "failed"}
    jobs = [[found[k][1] for k in range(start, min(start + 4, 22))] for start in range(0, 22, 4)]
    if sampler != "grid":
        assert all(len({params["n_layers"] for params in job}) == 1 for job in jobs), "a job has one shape"
        assert any(len({params["n_unary"] for params in job}) > 1 for job in jobs), "but for the numbers of nodes"


@pytest.mark.parametrize("lanes", [2, 5])
def test_the_number_of_workers_does_not_change_what_is_tried(tmp_path: Path, plan: Plan, lanes: int) -> None:
    one = whole(tmp_path / "one", plan, 30)
    study, kept = start(tmp_path / "many", plan, 30)
    run_scan(study, SimulatedExecutor(lanes), kept)
    assert results(study) == one
    study.close()


def test_breaks_leave_no_trace_in_any_storage(tmp_path: Path, plan: Plan, storage: str) -> None:
    wanted = whole(tmp_path / "whole", plan, 26)
    study, kept = start(tmp_path / "scan", plan, 26, storage)
    for stop_at in (3, 9, 14, 21):

        def callback(progress: ScanProgress, stop_at: int = stop_at) -> bool:
            return progress.done >= stop_at

        run_scan(study, SimulatedExecutor(2), kept, callback=callback)
        study.close()
        study, kept, _ = resume_scan(tmp_path / "scan", "data", storage=storage)
    assert run_scan(study, SimulatedExecutor(2), kept) == "finished"
    assert results(study) == wanted
    study.close()


def _kill_in(target: Any, name: str, at: int, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """The `at`-th call of a method ends the process, before or after it has worked."""
    original: Callable[..., Any] = getattr(target, name)
    calls = itertools.count(1)

    def killed(*words: Any, **named: Any) -> Any:
        if next(calls) != at:
            return original(*words, **named)
        if after:
            original(*words, **named)
        raise Killed

    monkeypatch.setattr(target, name, killed)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("place", ["ask", "tell", "append", "save", "keep_only", "submit"])
@pytest.mark.parametrize("at", [1, 3])
def test_a_kill_at_every_step_of_asking_and_telling(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch, place: str, at: int, after: bool
) -> None:
    from symbolnet.search._front import ModelStore
    from symbolnet.search._log import ResultLog
    from symbolnet.search._tables import TableStorage

    homes = {"ask": TableStorage, "tell": TableStorage, "append": ResultLog, "save": ModelStore,
             "keep_only": ModelStore, "submit": SimulatedExecutor}  # fmt: skip
    wanted = whole(tmp_path / "whole", plan, 18)
    study, kept = start(tmp_path / "scan", plan, 18)
    with monkeypatch.context() as patch:
        _kill_in(homes[place], place, at, patch, after=after)
        with pytest.raises(Killed):
            run_scan(study, SimulatedExecutor(2), kept)
    finished = {index for index, entry in study.entries.items() if entry.state != "running"}
    study.close()
    again, kept, _ = resume_scan(tmp_path / "scan", "data")
    assert finished <= {i for i, e in again.entries.items() if e.state != "running"}, "a finished trial was lost"
    run_scan(again, SimulatedExecutor(2), kept, take_over=True)
    assert results(again) == wanted
    files = {int(file.stem) for file in (tmp_path / "scan" / "models").iterdir()}
    assert files == {index for index, found in wanted.items() if found[-1]}
    again.close()


def test_lost_workers_are_told_failed_and_their_trials_asked_again(tmp_path: Path, plan: Plan, storage: str) -> None:
    wanted = whole(tmp_path / "whole", plan, 20)
    study, kept = start(tmp_path / "scan", plan, 20, storage)
    run_scan(study, SimulatedExecutor(2, lose=lambda job, attempt: job % 2 == 0 and attempt == 0), kept)
    assert results(study) == wanted
    lost = [t for t in study.storage.trials(study.study_id) if t.attributes.get("lost")]
    assert {t.state for t in lost} == {"FAIL"}
    assert all("simulated" in t.attributes["reason"] for t in lost)
    assert len(lost) == 6  # half of each of the jobs 0, 2 and 4
    study.close()


def test_a_trial_that_kills_its_workers_is_given_up(tmp_path: Path, plan: Plan) -> None:
    study, kept = start(tmp_path / "scan", plan, 12)
    run_scan(study, SimulatedExecutor(1, lose=lambda job, attempt: job == 1), kept)
    failed = [row for row in scan_rows(study) if "lost 3 times" in row.result.reason]
    assert {row.index for row in failed} == {6, 7}
    study.close()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_torn_sqlite_file_is_put_aside_and_made_again(tmp_path: Path, plan: Plan, share: float) -> None:
    wanted = whole(tmp_path / "whole", plan, 26)
    study, kept = start(tmp_path / "scan", plan, 26)
    run_scan(study, SimulatedExecutor(2), kept, callback=lambda progress: progress.done >= 12)
    before = results(study)
    study.close()
    file = tmp_path / "scan" / "study.db"
    content = file.read_bytes()
    torn = content[: int(share * len(content))]
    file.write_bytes(torn)
    again, kept, aside = resume_scan(tmp_path / "scan", "data")
    assert aside is not None
    assert aside.read_bytes() == torn
    run_scan(again, SimulatedExecutor(2), kept)
    after = results(again)
    assert {index: found[:-1] for index, found in before.items()}.items() <= {
        index: found[:-1] for index, found in after.items()
    }.items()
    assert after == wanted
    again.close()


def test_results_that_the_storage_has_forgotten_come_back_from_the_second_record(tmp_path: Path, plan: Plan) -> None:
    study, kept = start(tmp_path / "scan", plan, 8)
    run_scan(study, SimulatedExecutor(1), kept)
    wanted = results(study)
    study.close()
    with sqlite3.connect(tmp_path / "scan" / "study.db") as connection:
        connection.execute("DELETE FROM trials WHERE number >= 4")
        for table in ("trial_values", "trial_params", "trial_user_attributes"):
            connection.execute(f"DELETE FROM {table} WHERE trial_id > 4")
    again, kept, _ = resume_scan(tmp_path / "scan", "data")
    run_scan(again, SimulatedExecutor(1), kept)
    assert results(again) == wanted
    again.close()


def test_more_trials_can_be_asked_for(tmp_path: Path, plan: Plan) -> None:
    study, kept = start(tmp_path / "scan", plan, 6)
    run_scan(study, SimulatedExecutor(2), kept)
    first = results(study)
    study.close()
    again, kept, _ = resume_scan(tmp_path / "scan", "data", n_trials=15)
    run_scan(again, SimulatedExecutor(2), kept)
    assert sorted(results(again)) == list(range(15))
    assert {k: v[:-1] for k, v in results(again).items() if k < 6} == {k: v[:-1] for k, v in first.items()}
    again.close()


def test_two_processes_cannot_run_one_scan(tmp_path: Path, plan: Plan) -> None:
    study, kept = start(tmp_path / "scan", plan, 16)
    other, _ = open_scan(tmp_path / "scan")

    def callback(_: ScanProgress) -> bool:
        with pytest.raises(SymbolNetError, match="is being run by process"):
            run_scan(other, SimulatedExecutor(1), kept)
        return True

    run_scan(study, SimulatedExecutor(1), kept, callback=callback)
    assert run_scan(other, SimulatedExecutor(1), kept) == "finished"  # the first has given the scan back
    study.close()
    other.close()


def test_a_scan_that_was_taken_over_ends(tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    from symbolnet.search import _lease

    monkeypatch.setattr(_lease, "_RENEW", 0.0)
    study, kept = start(tmp_path / "scan", plan, 16)
    other, _ = open_scan(tmp_path / "scan")

    def callback(_: ScanProgress) -> None:
        _lease.Lease(other.storage.optuna, other.study_id, other.name).take(by_force=True)

    with pytest.raises(SymbolNetError, match="has taken over"):
        run_scan(study, SimulatedExecutor(1), kept, callback=callback)
    study.close()
    other.close()


def test_the_dashboard_of_optuna_reads_the_study(tmp_path: Path, plan: Plan) -> None:
    import optuna

    study, kept = start(tmp_path / "scan", plan, 12)
    run_scan(study, SimulatedExecutor(1), kept)
    wanted = {row.index: row for row in scan_rows(study)}
    read = optuna.load_study(study_name=study.name, storage=study.storage.location.url)
    complete = {t.user_attrs["trial"]["index"]: t for t in read.trials if t.state.name == "COMPLETE"}
    assert {k: tuple(t.values) for k, t in complete.items()} == {
        k: tuple(row.result.values) for k, row in wanted.items() if row.result.state == "complete"
    }
    assert {t.user_attrs["trial"]["index"] for t in read.best_trials} == {k for k, r in wanted.items() if r.pareto}
    assert read.metric_names == ["accuracy", "complexity"]
    from optuna_dashboard import wsgi

    app = wsgi(read._storage)
    answers: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/api/studies/{read._study_id}", "QUERY_STRING": "after=0",
               "wsgi.url_scheme": "http", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}  # fmt: skip
    body = b"".join(app(environ, lambda status, headers, *rest: answers.append(status)))
    assert answers == ["200 OK"]
    shown = [trial for trial in json.loads(body)["trials"] if trial["state"] == "Complete"]
    assert len(shown) == len(complete)
    study.close()


def test_simulated_results_depend_on_the_trial_alone(plan: Plan, tmp_path: Path) -> None:
    study, kept = start(tmp_path / "scan", plan, 8)
    run_scan(study, SimulatedExecutor(1), kept)
    for row in scan_rows(study):
        assert simulated_result(study.specs[row.index]) == row.result
    study.close()
