"""What a scan may vary, and in which ranges."""

__all__ = ["Choice", "Number", "Parameter", "Space", "estimator_parameters"]

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import product
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from symbolnet._errors import SymbolNetError, UnknownNameError, did_you_mean

MEMBER = ("weight_sparsity", "input_sparsity", "unary_sparsity", "binary_sparsity", "sparsity_decay", "learning_rate")
"""Parameters in which the trials of one population may differ."""

PADDED = ("n_unary", "n_binary")
"""Whole numbers in which they may differ since a smaller network lies in the arrays of a larger one. Everything else is
part of the shape."""

_WHOLE = ("n_layers", "n_unary", "n_binary", "max_iter", "batch_size")
_LISTS = ("unary_operators", "binary_operators")
_OF_THE_SCAN = ("random_state", "n_trials", "run_dir", "resume", "verbose", "warm_start", "time_limit")
_GRID_POINTS = 3


@dataclass(frozen=True)
class Choice:
    """One of several values: numbers, words, or lists of operators written as "sin,cos"."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Number:
    """A number from `low` to `high`, both included.

    Attributes
    ----------
    low, high : float
    whole : bool
        Whole numbers only.
    log : bool
        Equal ratios are equally likely instead of equal differences.
    points : int
        How many values a grid takes, ends included.
    """

    low: float
    high: float
    whole: bool = False
    log: bool = False
    points: int = _GRID_POINTS

    def grid(self) -> tuple[float, ...]:
        """The values that a grid takes."""
        n = max(2, self.points) if self.high > self.low else 1
        step = [k / max(n - 1, 1) for k in range(n)]
        if self.log:
            values = [self.low * (self.high / self.low) ** s for s in step]
        else:
            values = [self.low + (self.high - self.low) * s for s in step]
        return tuple(dict.fromkeys(round(v) if self.whole else float(f"{v:.12g}") for v in values))


Parameter = Choice | Number


@dataclass(frozen=True)
class Space:
    """The parameters of the estimators that a scan varies, and those that it fixes.

    Attributes
    ----------
    parameters : mapping of name to Choice or Number
    settings : mapping of name to value
        Fixed for all trials; what is in neither has the estimators' default.

    Raises
    ------
    UnknownNameError, SymbolNetError
        For a name that no estimator has, an empty or reversed range, a parameter that the scan itself sets.
    """

    parameters: Mapping[str, Parameter]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = estimator_parameters()
        for name in (*self.parameters, *self.settings):
            if name in _OF_THE_SCAN:
                raise SymbolNetError(f"the space of a scan has {name!r}, which the scan sets itself; leave it out")
            if name not in known:
                raise UnknownNameError(f"the space of a scan has no parameter {name!r}; {did_you_mean(name, known)}")
        if not self.parameters:
            raise SymbolNetError("the space of a scan varies nothing; give at least one range, or use symbolnet fit")
        both = sorted(set(self.parameters) & set(self.settings))
        if both:
            raise SymbolNetError(f"{both[0]!r} is both fixed and varied; give it once")
        for name, parameter in self.parameters.items():
            _check(name, parameter)

    @property
    def shape_names(self) -> tuple[str, ...]:
        """Varied parameters in which the trials of one job must be equal."""
        return tuple(name for name in self.parameters if name not in MEMBER and name not in self.padded_names)

    @property
    def padded_names(self) -> tuple[str, ...]:
        """Varied numbers of nodes."""
        return tuple(name for name in PADDED if name in self.parameters and _is_whole(self.parameters[name]))

    @property
    def by_budget(self) -> bool:
        """Whether `max_complexity` steers the fits, so that each trial is a fit of its own."""
        sparsity = any(name.endswith("_sparsity") for name in (*self.parameters, *self.settings))
        return not sparsity and any("max_complexity" in group for group in (self.parameters, self.settings))

    def grid(self) -> list[dict[str, Any]]:
        """Every combination of the grid's values, those of equal shape next to each other."""
        names = [*self.shape_names, *(n for n in self.parameters if n not in self.shape_names)]
        axes = [_points(self.parameters[name]) for name in names]
        return [dict(zip(names, values, strict=True)) for values in product(*axes)]

    def to_json(self) -> dict[str, Any]:
        """The space as JSON holds it."""
        return {
            "parameters": {name: asdict(p) for name, p in self.parameters.items()},
            "settings": dict(self.settings),
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Space":
        """The space that `to_json` described."""
        parameters: dict[str, Parameter] = {}
        for name, entry in document["parameters"].items():
            parameters[name] = Choice(tuple(entry["values"])) if "values" in entry else Number(**entry)
        return Space(parameters, dict(document["settings"]))

    @staticmethod
    def from_toml(path: str | Path, base: "Space | None" = None) -> "Space":
        """Read `[space]` and `[settings]` from a TOML file.

        Parameters
        ----------
        path : path
            In `[space]`, `name = [a, b, ...]` is a choice and `name = {low = ..., high = ..., log = true, points = 3}`
            a range (`log` and `points` may be left out). In `[settings]`, `name = value` is fixed.
        base : Space, optional
            A preset that the file changes.
        """
        file = Path(path)
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise SymbolNetError(
                f"{file}: {error.strerror}; give a TOML file with the tables [space], [settings]"
            ) from error
        except ValueError as error:
            raise SymbolNetError(
                f"{file}: not TOML ({error}); give lines name = value in [space], [settings]"
            ) from error
        stray = sorted(set(document) - {"space", "settings"})
        if stray:
            raise SymbolNetError(f"{file}: unknown entry {stray[0]!r}; known: [space], [settings]")
        varied, fixed = document.get("space", {}), document.get("settings", {})
        if not isinstance(varied, dict) or not isinstance(fixed, dict):
            raise SymbolNetError(f"{file}: space and settings are tables; write [space] and [settings]")
        parameters = dict(base.parameters) if base else {}
        settings = dict(base.settings) if base else {}
        for name, entry in varied.items():
            parameters[name] = _parameter(f"{file}: {name}", name, entry)
            settings.pop(name, None)
        for name, value in fixed.items():
            settings[name] = _plain(name, value)
            parameters.pop(name, None)
        return Space(parameters, settings)

    def fixed(self, settings: Mapping[str, Any]) -> "Space":
        """The same space with some parameters fixed."""
        left = {name: p for name, p in self.parameters.items() if name not in settings}
        return Space(left, {**self.settings, **{name: _plain(name, value) for name, value in settings.items()}})


def estimator_parameters() -> list[str]:
    """The names that a space may hold."""
    from symbolnet.estimators import SymbolNetRegressor

    return sorted(set(SymbolNetRegressor._get_param_names()) - set(_OF_THE_SCAN))


def as_arguments(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the estimators take them: "sin,cos" becomes a list."""
    lists = {n: v.split(",") for n, v in values.items() if n in _LISTS and isinstance(v, str)}
    return {**values, **lists}


def _is_whole(parameter: Parameter) -> bool:
    if isinstance(parameter, Number):
        return parameter.whole
    return all(isinstance(value, Integral) and not isinstance(value, bool) for value in parameter.values)


def _points(parameter: Parameter) -> tuple[Any, ...]:
    return parameter.values if isinstance(parameter, Choice) else parameter.grid()


def _parameter(where: str, name: str, entry: Any) -> Parameter:
    if isinstance(entry, list):
        return Choice(tuple(_plain(name, value) for value in entry))
    if not isinstance(entry, dict) or not {"low", "high"} <= set(entry):
        raise SymbolNetError(f"{where} is {entry!r}; give a list of values, or {{low = ..., high = ...}}")
    stray = sorted(set(entry) - {"low", "high", "log", "points"})
    if stray:
        raise SymbolNetError(f"{where}: unknown key {stray[0]!r}; known: low, high, log, points")
    try:
        return Number(
            float(entry["low"]),
            float(entry["high"]),
            name in _WHOLE,
            bool(entry.get("log", False)),
            int(entry.get("points", _GRID_POINTS)),
        )
    except (TypeError, ValueError) as error:
        raise SymbolNetError(f"{where}: {error}; give numbers for low and high") from error


def _plain(name: str, value: Any) -> Any:
    """Lists of operators as one word, which every storage can hold."""
    if name in _LISTS and isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
        return ",".join(value)
    return list(value) if isinstance(value, tuple) else value


def _check(name: str, parameter: Parameter) -> None:
    if isinstance(parameter, Choice):
        if not parameter.values:
            raise SymbolNetError(f"{name} has no values to choose from; give at least one")
        for value in parameter.values:
            if not (value is None or isinstance(value, bool | str | Integral | Real)):
                raise SymbolNetError(f"{name} has the choice {value!r}; give numbers, words or lists of operators")
        return
    low, high = parameter.low, parameter.high
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise SymbolNetError(f"{name} goes from {low:g} to {high:g}; give finite numbers, the lower first")
    if parameter.log and low <= 0:
        raise SymbolNetError(f"{name} begins at {low:g} on a logarithmic scale; give a positive lower end")
    if parameter.whole and (low != int(low) or high != int(high)):
        raise SymbolNetError(f"{name} goes from {low:g} to {high:g}; it takes whole numbers")
