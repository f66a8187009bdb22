"""Settings of the estimators from `--set key=value` and `--config FILE.toml`."""

__all__ = ["Settings", "from_options"]

import ast
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean

_OPTIONS = {"run_dir": "--out", "resume": "--resume", "verbose": "--quiet"}
_NOT_FOR_RUNS = ("warm_start",)
_LISTS = ("unary_operators", "binary_operators")
_WORDS = {"none": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True)
class Settings:
    """What was asked for.

    Attributes
    ----------
    parameters : dict
        Of the estimator; only those that were given.
    target : tuple of str
        Columns; empty where none was named.
    task : str or None
    """

    parameters: dict[str, Any] = field(default_factory=dict)
    target: tuple[str, ...] = ()
    task: str | None = None


def from_options(
    assignments: Sequence[str],
    config: str | None,
    *,
    max_complexity: float | None,
    target: Sequence[str],
    task: str | None,
    known: Iterable[str],
    hardware: Mapping[str, float | None] = MappingProxyType({}),
) -> Settings:
    """Merge the sources: an option wins over `--set`, and that over the file.

    Parameters
    ----------
    assignments : sequence of "key=value"
    config : path of a TOML file, optional
    max_complexity, target, task : the options of these names
    known : names of the estimators' parameters
    hardware : what the options about circuits say, by parameter; None where they are not given
    """
    names = sorted(set(known) - set(_OPTIONS) - set(_NOT_FOR_RUNS))
    given = _file(config) if config is not None else {}
    where = f"{config}: "
    from_target, from_task = _targets(given.pop("target", ()), where), given.pop("task", None)
    if from_task not in (None, "auto", "classification", "regression"):
        raise SymbolNetError(f"{where}task is {from_task!r}; give classification, regression or auto")
    for name in given:
        _check_name(name, [*names, "target", "task"], where)
    for text in assignments:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals:
            raise SymbolNetError(f"--set {text}: no '='; give name=value, for example max_iter=500")
        _check_name(name, names, "--set: ")
        given[name] = _value(name, value.strip())
    if max_complexity is not None:
        given["max_complexity"] = max_complexity
    given |= {name: value for name, value in hardware.items() if value is not None}
    for name, value in given.items():
        _check_finite(name, value)
    return Settings(given, tuple(target) or from_target, task or from_task)


def _check_name(name: str, known: Sequence[str], where: str) -> None:
    if name in _OPTIONS:
        raise SymbolNetError(f"{where}{name} is set by the option {_OPTIONS[name]}")
    if name not in known:
        raise UnknownNameError(f"{where}unknown setting {name!r}; {did_you_mean(name, known)}")


def _check_finite(name: str, value: Any) -> None:
    """NaN and infinity have no place in the configuration of a run; no parameter means anything with them."""
    if isinstance(value, float) and not math.isfinite(value):
        raise SymbolNetError(f"{name} is {value}; give a finite number, or leave it out")
    entries = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for entry in entries:
        _check_finite(name, entry)


def _file(config: str) -> dict[str, Any]:
    path = Path(config)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SymbolNetError(f"{path}: {error.strerror}; give a TOML file with lines name = value") from error
    except ValueError as error:  # bad TOML and bad UTF-8
        raise SymbolNetError(f"{path}: not TOML ({error}); give lines name = value, text in quotes") from error


def _targets(value: Any, where: str) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise SymbolNetError(f"{where}target is {value!r}; give the name of a column, or a list of names")
    return tuple(names)


def _value(name: str, text: str) -> Any:
    """A TOML value, a Python literal, or a bare word; `sin,cos` is a list where the setting is one."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    value: Any
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            value = text
    if name in _LISTS and isinstance(value, str):
        return [word.strip() for word in value.split(",")]
    return value
