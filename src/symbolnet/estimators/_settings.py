"""From constructor parameters to the records that training takes; everything is checked here, before any work."""

__all__ = [
    "architecture",
    "budget_is_used",
    "check_hardware",
    "costs_of",
    "encode_targets",
    "input_names",
    "limits_of",
    "named_operators",
    "open_run_folder",
    "targets_are_given",
    "targets_of",
    "trials",
]

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._targets import Targets
from symbolnet.expression import Costs, check_budget
from symbolnet.hardware import Limits, check_limits
from symbolnet.io import RunFolder
from symbolnet.network import Architecture
from symbolnet.objectives import Loss, check_loss, get_loss
from symbolnet.operators import get_operator
from symbolnet.training import Trial

SPARSITY_PARAMETERS = ("weight_sparsity", "input_sparsity", "unary_sparsity", "binary_sparsity")
DEFAULT_TARGETS = {"weight": 0.9, "input": 0.5, "unary": 0.4, "binary": 0.4}


def costs_of(estimator: Any) -> Costs:
    """What each node of a formula costs.

    Raises
    ------
    UnknownNameError
        For a preset or an operator that does not exist.
    SymbolNetError
        For a cost that is not a finite number of at least 0, or a `max_complexity` below that of a constant.
    """
    costs = Costs.of(estimator.complexity_of_operators)
    if estimator.max_complexity is not None:
        check_budget(estimator.max_complexity, costs)
    return costs


def budget_is_used(estimator: Any) -> bool:
    """Whether `max_complexity` or `max_luts` steers the fit: one is given, and no sparsity target of the paper's
    objective is.
    """
    return not (estimator.max_complexity is None and estimator.max_luts is None) and not targets_are_given(estimator)


def check_hardware(estimator: Any, *, streamed: bool) -> None:
    """Refuse limits on the circuit that this fit could not keep.

    Raises
    ------
    SymbolNetError
        If a limit makes no sense, or comes with something that has no place beside it; if da4ml is absent.
    """
    if estimator.max_luts is None:
        if estimator.max_latency_ns is not None:
            raise SymbolNetError("max_latency_ns is given without max_luts; give both, or bound it in symbolnet export")
        return
    check_limits(limits_of(estimator))
    given = [parameter for parameter in SPARSITY_PARAMETERS if getattr(estimator, parameter) is not None]
    if given:
        raise SymbolNetError(f"max_luts searches by budget, {given[0]} trains the paper's objective; give one of them")
    if streamed:
        raise SymbolNetError("max_luts needs the data in memory; give arrays, or a part of the rows")


def limits_of(estimator: Any) -> Limits:
    """The limits on circuits; `max_luts` must be given."""
    longest = estimator.max_latency_ns
    return Limits(float(estimator.max_luts), float(estimator.clock_ns), None if longest is None else float(longest))


def targets_are_given(estimator: Any) -> bool:
    """Whether any target sparsity of the paper's objective is given."""
    return any(getattr(estimator, parameter) is not None for parameter in SPARSITY_PARAMETERS)


def architecture(estimator: Any, n_inputs: int, n_outputs: int) -> Architecture:
    """The network that the parameters describe.

    Raises
    ------
    SymbolNetError
        If a list does not have one entry a layer, a layer would be empty, or an operator has the wrong arity.
    UnknownNameError
        For an operator that does not exist.
    """
    n_layers = int(estimator.n_layers)
    n_unary = _per_layer("n_unary", estimator.n_unary, n_layers)
    n_binary = _per_layer("n_binary", estimator.n_binary, n_layers)
    for k, (u, b) in enumerate(zip(n_unary, n_binary, strict=True)):
        if u + b == 0:
            raise SymbolNetError(f"layer {k + 1} has n_unary=0 and n_binary=0; give it at least one node")
    unary = _operators_per_layer("unary_operators", estimator.unary_operators, n_unary, binary=False)
    binary = _operators_per_layer("binary_operators", estimator.binary_operators, n_binary, binary=True)
    return Architecture(n_inputs, n_outputs, n_unary, n_binary, unary, binary)


def trials(estimator: Any, rng: np.random.RandomState) -> tuple[Trial, ...]:
    """The population: `n_trials` members that differ in the seed of their initial weights."""
    targets = targets_of(estimator)
    seeds = rng.randint(0, 2**31 - 1, size=int(estimator.n_trials))
    return tuple(
        Trial(int(seed), **targets, decay=float(estimator.sparsity_decay), learning_rate=float(estimator.learning_rate))
        for seed in seeds
    )


def targets_of(estimator: Any) -> dict[str, float]:
    """Target sparsity by type: "weight", "input", "unary", "binary".

    A target that is None is 0, that type is then not pruned; if all four are None, moderate defaults apply.
    """
    given = {p.removesuffix("_sparsity"): getattr(estimator, p) for p in SPARSITY_PARAMETERS}
    if all(value is None for value in given.values()):
        return dict(DEFAULT_TARGETS)
    return {kind: float(value or 0.0) for kind, value in given.items()}


def encode_targets(estimator: Any, y: NDArray[Any], *, standardize: bool = True) -> tuple[Targets, Loss]:
    """Targets and the data loss that `loss="auto"` means: the paper's squared error, or for classes by budget the
    cross-entropy.

    Raises
    ------
    UnknownNameError
        For a loss that does not exist.
    SymbolNetError
        For a function that is no loss, or targets that the loss is not for.
    """
    automatic = "cross_entropy" if estimator._metric == "accuracy" and budget_is_used(estimator) else "mse"
    loss = get_loss(automatic if estimator.loss == "auto" else estimator.loss)
    targets = estimator._encode(y, loss, standardize)
    if callable(estimator.loss):
        check_loss(loss, targets.n_outputs)
    return targets, loss


def input_names(estimator: Any, n_inputs: int) -> tuple[str, ...]:
    """The user's names of the inputs, or x0, x1, …"""
    given = getattr(estimator, "feature_names_in_", None)
    return tuple(str(n) for n in given) if given is not None else tuple(f"x{k}" for k in range(n_inputs))


def open_run_folder(estimator: Any) -> RunFolder | None:
    """The run folder of a fit that is about to begin, if one is asked for."""
    if estimator.run_dir is None:
        return None
    from symbolnet.estimators._persistence import run_folder

    return run_folder(estimator)


def _per_layer(name: str, value: Any, n_layers: int) -> tuple[int, ...]:
    if isinstance(value, Integral):
        return (int(value),) * n_layers
    values = list(value)
    if len(values) != n_layers:
        raise SymbolNetError(
            f"{name} has {len(values)} entries for n_layers={n_layers}; give one number, or one a layer"
        )
    if not all(isinstance(v, Integral) and int(v) >= 0 for v in values):
        raise SymbolNetError(f"{name} is {value!r}; give whole numbers of at least 0")
    return tuple(int(v) for v in values)


def named_operators(estimator: Any) -> tuple[str, ...]:
    """All operators that the parameters name, of whichever layer; each one known, and where it belongs."""
    found: list[str] = []
    for name, binary in (("unary_operators", False), ("binary_operators", True)):
        value = getattr(estimator, name)
        flat = [o for entry in value for o in (entry if isinstance(entry, list | tuple) else [entry])]
        found += _names(name, flat, binary=binary)
    return tuple(found)


def _names(name: str, operators: Sequence[Any], *, binary: bool) -> list[str]:
    records = [get_operator(o) for o in operators]
    for record in records:
        if (record.arity > 1) != binary:
            other = "binary_operators" if record.arity > 1 else "unary_operators"
            raise SymbolNetError(
                f"operator {record.name!r} in {name} takes {record.arity} argument(s); list it in {other}"
            )
    return [record.name for record in records]


def _operators_per_layer(
    name: str, value: Sequence[Any], counts: tuple[int, ...], *, binary: bool
) -> tuple[tuple[str, ...], ...]:
    nested = bool(value) and all(isinstance(v, Iterable) and not isinstance(v, str) for v in value)
    lists = [list(v) for v in value] if nested else [list(value)] * len(counts)
    if len(lists) != len(counts):
        raise SymbolNetError(f"{name} has {len(lists)} lists for n_layers={len(counts)}; give one list, or one a layer")
    layers = []
    for k, (operators, count) in enumerate(zip(lists, counts, strict=True)):
        if count and not operators:
            raise SymbolNetError(f"{name} of layer {k + 1} is empty but {count} nodes are asked for; name an operator")
        layers.append(tuple(_names(name, operators, binary=binary)))
    return tuple(layers)
