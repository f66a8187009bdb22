"""The result of one stage, kept in a file of its own so that a run can be resumed."""

__all__ = ["StageResult", "read_stage", "write_stage"]

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import ModelFileError
from symbolnet.expression import Expression
from symbolnet.io import read_archive, write_archive
from symbolnet.network import FrozenLayer, FrozenNetwork

KIND = "reproduce-stage"


@dataclass(frozen=True, eq=False)
class StageResult:
    """What a method gave for one seed.

    Attributes
    ----------
    method : str
        A key of `METHODS`, "example" or "dense".
    seed : int
    seconds : float
        Wall-clock time, compilation included.
    points : tuple of dict
        One a model: complexity, n_inputs, val_score, accuracy, auc, front and the settings it came from.
    expressions : mapping of the place in `points` to Expression
        Of the models on the front.
    networks : mapping of the place in `points` to FrozenNetwork
        Where the model is a network.
    history : mapping of column to array (epochs,)
        Curves of Fig. 7; empty but for the example.
    scores : array (test rows, outputs) or None
        Of the dense reference.
    notes : mapping
        What else is to be told: why a fit stopped, the layers of the dense reference.
    """

    method: str
    seed: int
    seconds: float
    points: tuple[dict[str, Any], ...] = ()
    expressions: Mapping[int, Expression] = field(default_factory=dict)
    networks: Mapping[int, FrozenNetwork] = field(default_factory=dict)
    history: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    scores: NDArray[np.float32] | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)


def write_stage(path: Path, result: StageResult, fingerprint: str) -> None:
    """Write the result atomically; `fingerprint` names the plan that it belongs to."""
    arrays: dict[str, NDArray[Any]] = {f"history/{name}": values for name, values in result.history.items()}
    formulas: dict[str, Any] = {}
    networks: dict[str, Any] = {}
    for k, expression in result.expressions.items():
        formulas[str(k)], parts = expression.to_dict()
        arrays |= {f"formula{k}/{name}": values for name, values in parts.items()}
    for k, network in result.networks.items():
        networks[str(k)] = [[[name, arity] for name, arity in layer.nodes] for layer in network.layers]
        for n, layer in enumerate(network.layers):
            arrays[f"network{k}/weight{n}"], arrays[f"network{k}/bias{n}"] = layer.weight, layer.bias
        arrays[f"network{k}/output_weight"] = network.output_weight
        arrays[f"network{k}/output_bias"] = network.output_bias
    if result.scores is not None:
        arrays["scores"] = result.scores
    manifest = {
        "kind": KIND,
        "fingerprint": fingerprint,
        "method": result.method,
        "seed": result.seed,
        "seconds": result.seconds,
        "points": list(result.points),
        "formulas": formulas,
        "networks": networks,
        "notes": dict(result.notes),
    }
    write_archive(path, manifest, arrays)


def read_stage(path: Path, fingerprint: str) -> StageResult:
    """Read what `write_stage` wrote.

    Raises
    ------
    ModelFileError
        If the file is damaged or belongs to another plan.
    """
    manifest, arrays = read_archive(path, kind=KIND)
    try:
        if manifest["fingerprint"] != fingerprint:
            raise ModelFileError(
                f"{path}: belongs to a run with other settings; give the options of that run, or a new --out folder"
            )
        formulas = {
            int(k): Expression.from_dict(formula, _group(arrays, f"formula{k}/"))
            for k, formula in manifest["formulas"].items()
        }
        networks = {
            int(k): _network(layers, _group(arrays, f"network{k}/")) for k, layers in manifest["networks"].items()
        }
        return StageResult(
            str(manifest["method"]),
            int(manifest["seed"]),
            float(manifest["seconds"]),
            tuple(dict(point) for point in manifest["points"]),
            formulas,
            networks,
            _group(arrays, "history/"),
            arrays.get("scores"),
            dict(manifest["notes"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(f"{path}: is not a stage of an experiment; delete it and resume") from error


def _group(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}


def _network(layers: Any, arrays: Mapping[str, NDArray[Any]]) -> FrozenNetwork:
    frozen = tuple(
        FrozenLayer(arrays[f"weight{n}"], arrays[f"bias{n}"], tuple((str(name), int(arity)) for name, arity in nodes))
        for n, nodes in enumerate(layers)
    )
    return FrozenNetwork(frozen, arrays["output_weight"], arrays["output_bias"])
