"""Killed runs: SIGKILL at random moments, then `--resume`; the formulas must be those of a run never killed.

Two problems: the digits (64 inputs, 10 classes) with the settings of `symbolnet demo`, and a regression of known form.
Moments are drawn over the whole time that a run takes, start-up and writing of results included.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks._bar import Bar, main


@dataclass(frozen=True)
class Kill:
    """One killed run: when it was killed, from which epoch it went on, and whether it came to the same end."""

    second: float
    epoch: int
    same: bool


def measure(options: argparse.Namespace) -> list[Bar]:
    rng = np.random.default_rng(options.seed)
    problems = {"regression eql_f1": _words("eql_f1", {"max_iter": 1500})}
    if not options.quick:
        problems = {"digits": _words("digits", _demo_settings()), **problems}
    bars = []
    for name, words in problems.items():
        with tempfile.TemporaryDirectory() as folder:
            duration, kills = _measure(words, 1 if options.quick else options.kills, rng, Path(folder))
        if not options.json:
            _print(name, duration, kills)
        same = sum(kill.same for kill in kills)
        bars.append(
            Bar(
                f"killed run: {name}",
                "the same final formulas as never killed",
                f"{same} of {len(kills)} SIGKILLs at random moments of a run of {duration:.0f} s",
                same == len(kills),
                {"kills": len(kills), "same": same, "seconds": duration},
            )
        )
    return bars


def _demo_settings() -> dict[str, object]:
    from symbolnet.cli._demo import SETTINGS

    return SETTINGS


def _words(data: str, settings: dict[str, object]) -> list[str]:
    words = [data]
    for key, value in settings.items():
        words += ["--set", f"{key}={json.dumps(value)}"]
    return words


def _start(*words: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "symbolnet", "fit", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _finish(*words: object) -> None:
    process = _start(*words)
    _, told = process.communicate()
    if process.returncode:
        raise RuntimeError(f"symbolnet fit {' '.join(map(str, words))}: {told.decode().strip()}")


def _measure(words: list[str], kills: int, rng: np.random.Generator, folder: Path) -> tuple[float, list[Kill]]:
    _finish(*words, "--out", folder / "warm")  # compiles, so that the next run's time is the time to kill within
    began = time.monotonic()
    _finish(*words, "--out", folder / "whole")
    duration = time.monotonic() - began
    wanted = _formulas(folder / "whole")
    result = []
    for k, second in enumerate(np.sort(rng.uniform(0, duration, kills)).tolist()):
        run = folder / f"killed{k}"
        process = _start(*words, "--out", run)
        time.sleep(second)
        process.kill()
        process.communicate()
        epoch = _checkpoint_epoch(run)
        began_to_write = (run / "config.json").exists()
        _finish(*(["--out", run, "--resume"] if began_to_write else [*words, "--out", run]))
        result.append(Kill(second, epoch, _formulas(run) == wanted))
    return duration, result


def _formulas(run: Path) -> list[list[str]]:
    """Every formula of every row with all its digits."""
    import symbolnet

    model = symbolnet.load(run)
    return [model.expression(row).text() for row in range(len(model.models_))]


def _checkpoint_epoch(run: Path) -> int:
    """The epoch from which the run will go on; 0 before the first checkpoint."""
    from symbolnet.io import read_archive

    file = run / "checkpoint.symbolnet"
    return int(read_archive(file, kind="checkpoint")[0]["epoch"]) if file.exists() else 0


def _print(name: str, duration: float, kills: list[Kill]) -> None:
    print(f"{name}, a run of {duration:.1f} s")
    print("killed at   goes on from epoch   same formulas")
    for kill in kills:
        print(f"{kill.second:>7.1f} s   {kill.epoch:>18}   {'yes' if kill.same else 'NO'}")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")


if __name__ == "__main__":
    main(measure, _arguments)
