"""Storages that cannot be used end in one line with a remedy, without the password, and with nothing overwritten."""

import itertools
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from postgres import PASSWORD

from symbolnet import SymbolNetError
from symbolnet.search import Plan, resume_scan, run_scan, scan_rows, start_scan
from symbolnet.search._location import Location, StorageError, Unreachable, redact
from symbolnet.search._simulated import SimulatedExecutor

NAMES = itertools.count()


def refused(folder: Path, plan: Plan, storage: str, name: str | None = None) -> str:
    """The one line of a scan that cannot begin; nothing is left of it."""
    with pytest.raises(SymbolNetError) as caught:
        start_scan(folder, plan, "data", 4, storage=storage, name=name)
    assert not folder.exists()
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("a/b.db", "sqlite", "a/b.db"),
        ("sqlite:///a/b.db", "sqlite", "a/b.db"),
        ("b.journal", "journal", "b.journal"),
        ("postgresql://me:pass@host:5432/db", "postgresql", "postgresql://me:***@host:5432/db"),
        ("postgresql://me@host/db", "postgresql", "postgresql://me@host/db"),
        ("postgres://me:p%40ss@host/db?password=other", "postgresql", "postgresql://me:***@host/db?password=***"),
    ],
)
def test_kinds_of_location(text: str, kind: str, shown: str) -> None:
    location = Location.parse(text)
    assert (location.kind, location.shown) == (kind, shown)
    assert "pass@" not in repr(location.shown)


@pytest.mark.parametrize(
    "text", ["study.txt", "mysql://me:hush@host/db", "postgresql://me:hush@host", "redis://x:hush@y"]
)
def test_unknown_storages_are_refused_without_their_password(text: str) -> None:
    with pytest.raises(StorageError, match=r"give a path ending in \.db") as caught:
        Location.parse(text)
    assert "hush" not in str(caught.value)
    assert "hush" not in redact(text)


def test_a_file_that_is_no_database(tmp_path: Path, plan: Plan) -> None:
    file = tmp_path / "x.db"
    file.write_bytes(b"something else entirely, and rather long " * 30)
    before = file.read_bytes()
    assert "damaged" in refused(tmp_path / "scan", plan, str(file))
    assert file.read_bytes() == before


def test_a_database_of_another_program(tmp_path: Path, plan: Plan) -> None:
    file = tmp_path / "x.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    before = file.read_bytes()
    assert "another program" in refused(tmp_path / "scan", plan, str(file))
    assert file.read_bytes() == before


@pytest.mark.parametrize("suffix", ["db", "journal"])
def test_a_folder_that_is_not_there(tmp_path: Path, plan: Plan, suffix: str) -> None:
    refused(tmp_path / "scan", plan, str(tmp_path / "nowhere" / f"x.{suffix}"))


def test_a_study_of_that_name(tmp_path: Path, plan: Plan, storage: str) -> None:
    name = f"twice{next(NAMES)}"
    study, _ = start_scan(tmp_path / "one", plan, "data", 4, storage=storage, name=name)
    study.close()
    assert "holds a scan of the name" in refused(tmp_path / "two", plan, storage, name)


def test_a_study_that_symbolnet_did_not_make(tmp_path: Path, plan: Plan) -> None:
    import optuna

    file = tmp_path / "x.db"
    optuna.create_study(storage=f"sqlite:///{file}", study_name="mine")
    assert "did not make" in refused(tmp_path / "scan", plan, str(file), "mine")


@pytest.mark.parametrize("version", ["v2.6.0.a", "v99.0.0.a"])
def test_tables_of_another_version_of_optuna(tmp_path: Path, plan: Plan, version: str) -> None:
    file = tmp_path / "x.db"
    study, _ = start_scan(tmp_path / "first", plan, "data", 4, storage=str(file))
    study.close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    with sqlite3.connect(file) as connection:
        before = list(connection.iterdump())
    assert "another version of Optuna" in refused(tmp_path / "scan", plan, str(file), "other")
    with pytest.raises(SymbolNetError, match="optuna storage upgrade"):
        resume_scan(tmp_path / "first", "data")
    with sqlite3.connect(file) as connection:
        assert list(connection.iterdump()) == before


def test_a_scan_of_a_later_symbolnet(tmp_path: Path, plan: Plan) -> None:
    study, _ = start_scan(tmp_path / "scan", plan, "data", 4)
    study.storage.optuna.set_study_user_attr(study.study_id, "symbolnet", {**study.document, "format": 99})
    study.close()
    with pytest.raises(SymbolNetError, match="upgrade"):
        resume_scan(tmp_path / "scan", "data")


def test_other_data(tmp_path: Path, plan: Plan) -> None:
    study, _ = start_scan(tmp_path / "scan", plan, "data", 4)
    study.close()
    with pytest.raises(SymbolNetError, match="not the data"):
        resume_scan(tmp_path / "scan", "other data")


def test_wrong_urls_of_a_server(tmp_path: Path, plan: Plan, server: Any) -> None:
    good = server.url
    closed = good.replace(str(server.port), "1")
    cases = {
        good.replace("s3cret", "wrong"): "check user, password",
        good.replace("/postgres", "/nothing"): "createdb",
        closed: "start the server",
        good.replace("127.0.0.1", "no-such-host.invalid"): "check the host",
    }
    for url, remedy in cases.items():
        text = refused(tmp_path / "scan", plan, url)
        assert remedy in text
        assert not any(secret in text for secret in ("s3cret", "wrong", PASSWORD))


def test_no_right_to_write(tmp_path: Path, plan: Plan, server: Any) -> None:
    import psycopg

    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'only'")
    url = f"postgresql://reader:only@127.0.0.1:{server.port}/postgres"
    assert "rights" in refused(tmp_path / "scan", plan, url)


def test_the_password_is_in_no_file(tmp_path: Path, plan: Plan, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    study, kept = start_scan(tmp_path / "scan", plan, "data", 8, storage=server.url, name=f"secret{next(NAMES)}")
    run_scan(study, SimulatedExecutor(1), kept)
    study.close()
    for file in (tmp_path / "scan").rglob("*"):
        if file.is_file():
            assert b"s3cret" not in file.read_bytes()
    with pytest.raises(SymbolNetError, match="password"):
        resume_scan(tmp_path / "scan", "data")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)  # as libpq's users give it
    again, _, _ = resume_scan(tmp_path / "scan", "data")
    again.close()


def test_the_server_is_killed_and_comes_back(tmp_path: Path, plan: Plan, server: Any) -> None:
    study, kept = start_scan(tmp_path / "calm", plan, "data", 24)
    run_scan(study, SimulatedExecutor(1), kept)
    wanted = {row.index: (row.params, row.result) for row in scan_rows(study)}
    study.close()
    study, kept = start_scan(tmp_path / "scan", plan, "data", 24, storage=server.url, name=f"killed{next(NAMES)}")
    said: list[str] = []
    study.waiting = said.append

    def kill_and_start() -> None:
        server.kill()
        time.sleep(0.3)
        server.start()

    killer = threading.Timer(0.2, kill_and_start)
    killer.start()
    run_scan(study, SimulatedExecutor(2, seconds=0.2), kept)
    killer.join()
    assert {row.index: (row.params, row.result) for row in scan_rows(study)} == wanted
    assert all("\n" not in line and "s3cret" not in line for line in said)
    study.close()


def test_a_server_that_stays_away_ends_the_scan_with_a_line(tmp_path: Path, plan: Plan, server: Any) -> None:
    study, kept = start_scan(tmp_path / "scan", plan, "data", 24, storage=server.url, name=f"away{next(NAMES)}")
    study.patience = 0.5

    def callback(progress: Any) -> None:
        if progress.done >= 4:
            server.kill()

    with pytest.raises(Unreachable, match="symbolnet scan resume"):
        run_scan(study, SimulatedExecutor(1), kept, callback=callback)
    study.close()
    server.start()
    again, kept, _ = resume_scan(tmp_path / "scan", "data", storage=server.url)
    run_scan(again, SimulatedExecutor(1), kept, take_over=True)
    assert sorted(again.entries) == list(range(24))
    again.close()


_FULL = """
import resource, sys
from symbolnet import SymbolNetError
from symbolnet.search import resume_scan, run_scan
from symbolnet.search._simulated import SimulatedExecutor

study, kept, _ = resume_scan(sys.argv[1], "data")
size = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    run_scan(study, SimulatedExecutor(1), kept, take_over=True)
except SymbolNetError as error:
    print(f"one line: {error}")
    sys.exit(2)
"""


@pytest.mark.parametrize("size", [30_000, 150_000, 250_000])
def test_a_full_disk(tmp_path: Path, plan: Plan, size: int) -> None:
    """No file may grow past `size`, which is how a disk that is full looks to the process that writes."""
    study, _ = start_scan(tmp_path / "scan", plan, "data", 120)
    study.close()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", _FULL, tmp_path / "scan", str(size)],
        check=False, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stdout.startswith("one line: ")
    assert done.stdout.count("\n") == 1
    assert "room" in done.stdout
    calm, kept = start_scan(tmp_path / "calm", plan, "data", 120)
    run_scan(calm, SimulatedExecutor(1), kept)
    again, kept, _ = resume_scan(tmp_path / "scan", "data")
    run_scan(again, SimulatedExecutor(1), kept, take_over=True)
    wanted, found = ({row.index: row.result for row in scan_rows(s)} for s in (calm, again))
    assert found == wanted
    calm.close()
    again.close()
