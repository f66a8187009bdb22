"""`symbolnet reproduce table4`: both halves of the paper's Table IV, stage by stage, and the folder they end in."""

__all__ = ["Table4Report", "reproduce_table4"]

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.baselines import find_hgq_python
from symbolnet.io import atomic_write, json_text
from symbolnet.reproduce._output import TABLES, about_the_data, about_the_machine
from symbolnet.reproduce._run import open_folder
from symbolnet.reproduce._table4_page import Results, grid_of, page4, statement, summary4
from symbolnet.reproduce._table4_plan import Plan4
from symbolnet.reproduce._table4_stages import STAGES4, Result, Setting4, load_setting
from symbolnet.reproduce._tables import write_grid


@dataclass(frozen=True)
class Table4Report:
    """What `reproduce_table4` returns.

    Attributes
    ----------
    out : Path
    seconds : float
        All stages of the run, also those of an earlier part.
    statements : tuple of str
        What each pair of circuits says.
    results : mapping
        Data set → stage → figures.
    """

    out: Path
    seconds: float
    statements: tuple[str, ...]
    results: Results


def reproduce_table4(
    plan: Plan4,
    out: Path,
    *,
    resume: bool = False,
    hgq_python: str | None = None,
    report: Callable[[str], None] | None = None,
) -> Table4Report:
    """Make Table IV anew and write its folder.

    Parameters
    ----------
    plan : Plan4
    out : Path
        Folder; made if absent.
    resume : bool
        Go on with the run in `out`: stages that are stored there are not run again.
    hgq_python : str, optional
        A Python with HGQ2; that of `SYMBOLNET_HGQ_PYTHON`, or this one, without it.
    report : callable, optional
        Gets a line about each step.

    Raises
    ------
    SymbolNetError
        If `out` holds a run and `resume` is not given, or the run there has other settings; if HGQ2 or a tool of the
        extra `hardware` is missing.
    """
    say = report or (lambda _: None)
    started = time.monotonic()
    _check_tools(hgq_python)  # before an hour of fits, not after
    folder = open_folder(out, resume)
    for name in ("models", "circuits", TABLES):
        (out / name).mkdir(exist_ok=True)
    settings: list[Setting4] = []
    results: dict[str, dict[str, Result]] = {}
    earlier = seconds = 0.0
    total = len(plan.entries) * len(STAGES4)
    for place, entry in enumerate(plan.entries):
        setting = load_setting(entry, out, hgq_python)
        settings.append(setting)
        mark, done = _fingerprint(setting), results.setdefault(entry.name, {})
        for number, (key, (label, run)) in enumerate(STAGES4.items(), start=place * len(STAGES4) + 1):
            head = f"[{number}/{total}] {setting.data.title}, {label}"
            file = folder / f"{entry.name}-{key}.json"
            if file.exists():
                done[key] = _read(file, mark)
                earlier += done[key]["stage_seconds"]
                say(f"{head}: there already")
                continue
            say(head)
            begun = time.monotonic()
            found = run(setting, partial(_indented, say))
            done[key] = found | {"stage_seconds": round(time.monotonic() - begun, 1)}
            atomic_write(file, json_text({"fingerprint": mark, "result": done[key]}) + "\n")
            say(f"{head}: {done[key]['stage_seconds']:.0f} s")
        # After each data set, so that a run that is stopped leaves a page of what is done.
        seconds = earlier + time.monotonic() - started
        _write(plan, out, settings, results, seconds)
    said = (f"{setting.data.title}: {statement(setting, results[setting.entry.name])}" for setting in settings)
    return Table4Report(out, seconds, tuple(said), results)


def _check_tools(hgq_python: str | None) -> None:
    from symbolnet.hardware._tools import find

    for tool in ("yosys", "verilator", "iverilog", "c++", "cc", "make"):
        find(tool)
    find_hgq_python(hgq_python)


def _indented(say: Callable[[str], None], line: str) -> None:
    say(f"    {line}")


def _fingerprint(setting: Setting4) -> str:
    """Names the entry and the data, so that stages of another run are not taken for this one's."""
    task = setting.data.task
    about = {"entry": asdict(setting.entry), "data": setting.data.name, "rows": [len(task.X), len(task.X_test)]}
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]


def _read(file: Path, mark: str) -> Result:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        found, result = content["fingerprint"], content["result"]
        float(result["stage_seconds"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(f"{file}: is not a stage of table4; delete it and resume") from error
    if found != mark:
        raise SymbolNetError(
            f"{file}: belongs to a run with other settings; give the options of that run, or a new --out folder"
        )
    return dict(result)


def _write(plan: Plan4, out: Path, settings: list[Setting4], results: Results, seconds: float) -> None:
    machine = about_the_machine()
    for found in results.values():
        machine["versions"] |= found["network"]["versions"] | {"yosys": found["formula-circuit"]["tool"]}
    about: dict[str, Any] = {
        "experiment": "table4",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "plan": plan.as_dict(),
        "seconds": round(seconds, 1),
        "data": {setting.entry.name: about_the_data(setting.data) for setting in settings},
        **machine,
        "results": results,
    }
    write_grid(grid_of(settings, results), out / TABLES / "table4")
    summary = summary4(settings, results, plan, about)
    atomic_write(out / "settings.json", json_text(about) + "\n")
    atomic_write(out / "table4.md", summary)
    atomic_write(out / "README.md", page4(summary))
