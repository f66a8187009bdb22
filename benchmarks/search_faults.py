"""Faults in a scan: kill -9 of the scan, of a worker, of PostgreSQL, a full disk, a torn SQLite file, a NaN trial.

Every round begins a scan that trains, lets one fault happen at a random moment, goes on with `symbolnet scan resume`,
and compares with the same scan undisturbed: every trial that had ended before the fault is still there with its
result, no trial counts twice, and all trials and the front are the same. One worker process trains, so that the scan
and its worker can be killed apart. A full disk is a small file system in memory where the system lets one be mounted,
else a limit on the size of files. The NaN trial is one of a learning rate that leaves no finite number.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._bar import Bar, main

FAULTS = ("scan", "worker", "postgres", "disk", "torn", "nan")
RANGES = """
[space]
n_unary = [2, 3]
weight_sparsity = {low = 0.5, high = 0.9}
learning_rate = %s
[settings]
n_binary = 1
max_iter = 1000
batch_size = 16
unary_operators = ["sin", "tanh"]
"""
N_TRIALS = 24


@dataclass(frozen=True)
class Round:
    """One fault: when it struck, how many trials had ended, and what was wrong afterwards (nothing, it is hoped)."""

    fault: str
    second: float
    ended: int
    wrong: str

    def line(self) -> str:
        """The round as a line of text."""
        return f"{self.fault:>9} after {self.second:5.2f} s, {self.ended:>2} ended: {self.wrong or 'as it should be'}"


def measure(options: argparse.Namespace) -> list[Bar]:
    rng = np.random.default_rng(options.seed)
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            faults = [fault for fault in options.faults if fault != "postgres" or place.server is not None]
            wanted = {kind: place.undisturbed(kind) for kind in ("plain", "nan") if kind == "plain" or "nan" in faults}
            n_rounds = len(faults) if options.quick else options.rounds
            for k in range(n_rounds):
                fault = faults[k % len(faults)]
                kind = "nan" if fault == "nan" else "plain"
                rounds.append(place.round(k, fault, kind, wanted[kind], float(rng.uniform())))
                if not options.json:
                    print(rounds[-1].line(), flush=True)
        finally:
            if place.server is not None:
                place.server.remove()
    good = sum(not r.wrong for r in rounds)
    left_out = "" if "postgres" in faults or "postgres" not in options.faults else "; PostgreSQL is not installed"
    tally = ", ".join(f"{f} {sum(r.fault == f and not r.wrong for r in rounds)}/{sum(r.fault == f for r in rounds)}"
                      for f in faults)  # fmt: skip
    return [
        Bar(
            f"scan, faults: {len(rounds)} rounds at random moments",
            "none lost, none twice, the same front",
            f"{good} of {len(rounds)} ({tally}){left_out}",
            good == len(rounds) and not left_out,
            {"rounds": len(rounds), "good": good},
        )
    ]


class Place:
    """The folder in which rounds are run, its data, and a server where one is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.start_up, self.training = folder, 5.0, 5.0
        rng = np.random.default_rng(0)
        X = rng.normal(size=(160, 3)).astype(np.float32)
        np.savez(folder / "data.npz", X=X, y=(X[:, 0] * X[:, 1] > 0).astype(int))
        (folder / "plain.toml").write_text(RANGES % "{low = 0.001, high = 0.01, log = true}", encoding="utf-8")
        (folder / "nan.toml").write_text(RANGES % "[0.001, 0.01, 1e30]", encoding="utf-8")
        self.server = _server()

    def undisturbed(self, kind: str) -> dict[str, Any]:
        self._finish(self._words(kind, self.folder / f"warm-{kind}", None))  # compiles
        process = self._start(self._words(kind, self.folder / kind, None))
        began = self._wait_for(self.folder / kind / "scan.json", process)
        first = self._wait_for(self.folder / kind / "results.log", process)
        process.communicate()
        self.start_up, self.training = first - began, time.monotonic() - first
        return _state(self.folder / kind, None)

    def round(self, k: int, fault: str, kind: str, wanted: dict[str, Any], share: float) -> Round:
        scan = self.folder / f"round{k}"
        storage = self.server.url if fault == "postgres" and self.server is not None else None
        with self._disk(scan, fault):
            process = self._start(self._words(kind, scan, storage), limit=_limit(fault, share))
            began = self._wait_for(scan / "scan.json", process)
            # The start of the worker takes most of the time; most faults are to strike while trials come in.
            if share < 0.2:
                time.sleep(5 * share * self.start_up)
            else:
                self._wait_for(scan / "results.log", process)
                time.sleep((share - 0.2) / 0.8 * self.training)
            second = time.monotonic() - began
            self._strike(fault, process, scan)
            process.communicate()
            before = _ended(scan, storage) if (scan / "scan.json").exists() else {}
            if fault == "torn":
                _tear(scan / "study.db", share)
            words = ["resume", scan] if (scan / "scan.json").exists() else self._words(kind, scan, storage)
            if storage is not None and words[0] == "resume":
                words += ["--storage", storage]
            self._room(scan, fault)
            done = self._start([*words, "--workers", "1"] if words[0] == "resume" else words)
            _, told = done.communicate()
            if done.returncode:
                return Round(fault, second, len(before), f"resume failed: {told.decode().strip()[-200:]}")
            after = _state(scan, storage)
        return Round(fault, second, len(before), _wrong(before, after, wanted))

    def _wait_for(self, file: Path, process: "subprocess.Popen[bytes]") -> float:
        """Wait until the scan has written a file, and return when."""
        while not file.exists() and process.poll() is None:
            time.sleep(0.01)
        return time.monotonic()

    def _words(self, kind: str, scan: Path, storage: str | None) -> list[Any]:
        words = ["run", self.folder / "data.npz", "--space", self.folder / f"{kind}.toml", "--out", scan]
        words += ["--trials", N_TRIALS, "--population", 2, "--queue", 4, "--workers", 1]
        return [*words, *(["--storage", storage] if storage else [])]

    def _start(self, words: list[Any], limit: int | None = None) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "symbolnet", "scan", *map(str, words), "--quiet"]
        if limit is not None:
            code = (
                f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
                f"from symbolnet.cli import main; main({command[3:]!r})"
            )
            command = [sys.executable, "-c", code]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def _finish(self, words: list[Any]) -> None:
        process = self._start(words)
        _, told = process.communicate()
        if process.returncode:
            raise RuntimeError(told.decode().strip())

    def _strike(self, fault: str, process: "subprocess.Popen[bytes]", scan: Path) -> None:
        if fault in ("scan", "torn"):
            process.kill()
        elif fault == "worker":
            for child in _children(process.pid):
                os.kill(child, signal.SIGKILL)
        elif fault == "postgres" and self.server is not None:
            self.server.kill()
            time.sleep(0.5)
            self.server.start()
        elif fault == "disk" and _mountable():
            # Whatever room is left; there may be none already.
            with contextlib.suppress(OSError), (scan / "filler").open("wb") as stream:
                while True:
                    stream.write(b"\0" * 65536)
                    stream.flush()

    @contextlib.contextmanager
    def _disk(self, scan: Path, fault: str) -> Iterator[None]:
        """For the fault of a full disk, a small one."""
        if fault != "disk" or not _mountable():
            yield
            return
        scan.parent.mkdir(exist_ok=True)
        scan.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", scan], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", scan], check=False)

    def _room(self, scan: Path, fault: str) -> None:
        if fault == "disk":
            (scan / "filler").unlink(missing_ok=True)


def _limit(fault: str, share: float) -> int | None:
    return int(20_000 + share * 80_000) if fault == "disk" and not _mountable() else None


_MOUNTABLE: list[bool] = []


def _mountable() -> bool:
    """Whether this process may mount a file system in memory."""
    if not _MOUNTABLE:
        with tempfile.TemporaryDirectory() as folder:
            tried = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False, stderr=subprocess.DEVNULL
            ) if shutil.which("mount") else None  # fmt: skip
            _MOUNTABLE.append(tried is not None and tried.returncode == 0)
            if _MOUNTABLE[0]:
                subprocess.run(["umount", folder], check=False)
    return _MOUNTABLE[0]


def _children(pid: int) -> list[int]:
    """The worker processes of a scan, by the system's own list."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(fields[1]) == pid and b"spawn_main" in line:
                found.append(int(entry.name))
    return found


def _tear(file: Path, share: float) -> None:
    """Cut the file, and what is not yet in it, at a random place, or write noise over a page."""
    for part in (file, file.with_name(file.name + "-wal")):
        if part.exists():
            content = part.read_bytes()
            if share < 0.5:
                part.write_bytes(content[: int(2 * share * len(content))])
            else:
                at = int((2 * share - 1) * len(content)) // 4096 * 4096
                part.write_bytes(content[:at] + os.urandom(min(4096, len(content) - at)) + content[at + 4096 :])


def _ended(scan: Path, storage: str | None) -> dict[int, Any]:
    """The trials that have ended and their results: by the storage, or by the second record where it is damaged."""
    from symbolnet import SymbolNetError

    try:
        return dict(_state(scan, storage)["trials"])
    except SymbolNetError:
        from symbolnet.search._log import ResultLog

        records = ResultLog(scan / "results.log").read()
        return {r["result"]["index"]: _plain(r["result"]) for r in records}


def _state(scan: Path, storage: str | None) -> dict[str, Any]:
    """All trials by index, how often each is told, and the front."""
    from symbolnet.search import open_scan, scan_rows

    study, _ = open_scan(scan, storage)
    told: dict[int, int] = {}
    for trial in study.storage.trials(study.study_id):
        if trial.state in ("COMPLETE", "PRUNED", "FAIL") and not trial.attributes.get("lost"):
            index = trial.attributes["trial"]["index"]
            told[index] = told.get(index, 0) + 1
    rows = scan_rows(study)
    study.close()
    return {
        "trials": {row.index: _plain(row.result.to_json()) for row in rows},
        "twice": sorted(index for index, n in told.items() if n > 1),
        "front": sorted(row.index for row in rows if row.pareto),
        "models": sorted(int(file.stem) for file in (scan / "models").glob("*.symbolnet")),
    }


def _plain(result: dict[str, Any]) -> str:
    return json.dumps({k: v for k, v in result.items() if k != "seconds"}, sort_keys=True)


def _wrong(before: dict[int, Any], after: dict[str, Any], wanted: dict[str, Any]) -> str:
    lost = [index for index, result in before.items() if after["trials"].get(index) != result]
    if lost:
        return f"trials {lost} were lost or changed"
    if after["twice"]:
        return f"trials {after['twice']} were told twice"
    if after["front"] != wanted["front"] or after["models"] != wanted["models"]:
        return f"the front is {after['front']} with models {after['models']}, not {wanted['front']}"
    if after["trials"] != wanted["trials"]:
        return "the results are others than undisturbed"
    return ""


def _server() -> Any:
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "_support"))
    import postgres

    return postgres.Postgres() if postgres.binaries() is not None else None


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--seed", type=int, default=0, help="of the moments")


if __name__ == "__main__":
    main(measure, _arguments)
