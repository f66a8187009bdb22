"""Model files and run folders: formulas, tables and settings as JSON and plain arrays. Nothing is pickled."""

__all__ = ["load", "random_state_of", "run_folder", "save", "write_run"]

import os
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.estimators._base import SymbolNetBase
from symbolnet.estimators._models import Model
from symbolnet.estimators._targets import Targets
from symbolnet.expression import Costs, Expression
from symbolnet.hardware import circuit_from_json
from symbolnet.io import RunFolder, atomic_write, read_archive, write_archive
from symbolnet.objectives import CUSTOM_LOSS, get_loss

_KIND = "model"
_NOT_STORED = ("run_dir", "resume", "warm_start", "verbose")
"""What a fit does besides fitting. A file that names them is not believed: it could choose where a fit writes."""


def save(estimator: SymbolNetBase, path: Any) -> None:
    """Write a fitted estimator to `path`, atomically."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    path = _path(path)
    arrays: dict[str, NDArray[Any]] = {f"history/{name}": values for name, values in estimator._history.items()}
    models = []
    for k, model in enumerate(estimator.models_):
        manifest, own = model.expression.to_dict()
        arrays |= {f"models/{k}/{name}": values for name, values in own.items()}
        models.append(
            {
                "expression": manifest,
                "loss": model.loss,
                "metric": model.metric,
                "epoch": model.epoch,
                "trial": model.trial,
                "final": model.final,
                "circuit": None if model.circuit is None else model.circuit.to_json(),
            }
        )
    targets = estimator.targets_
    arrays |= {"targets/shift": targets.shift, "targets/scale": targets.scale}
    if targets.classes is not None:
        classes = np.asarray(targets.classes)
        # Labels that are Python objects (pandas text columns) are stored as text.
        arrays["targets/classes"] = classes.astype(str) if classes.dtype == object else classes
    write_archive(
        path,
        {
            "kind": _KIND,
            "estimator": type(estimator).__name__,
            "parameters": _plain_parameters(estimator),
            "n_features_in": int(estimator.n_features_in_),
            "feature_names_in": _names(estimator),
            "targets": {
                "link": targets.link,
                "loss": targets.loss,
                "names": list(targets.names),
                "one_dimensional": targets.one_dimensional,
            },
            "models": models,
            "sparsity": estimator.sparsity_.to_dict("list"),
            "n_iter": int(estimator.n_iter_),
            "stopped": estimator.stopped_,
            "limit": estimator._limit,
            "history": list(estimator._history),
        },
        arrays,
    )


def load(path: str | os.PathLike[str]) -> SymbolNetBase:
    """The estimator that `save` wrote: a model file, or a run folder, whose model is taken.

    Parameters
    ----------
    path : str or path
        Of the file or the folder.

    Returns
    -------
    SymbolNetClassifier or SymbolNetRegressor
        Fitted: it predicts and shows its formulas as before. It holds no network to go on training from, and
        `run_dir`, `resume`, `warm_start` and `verbose` have their defaults.

    Raises
    ------
    SymbolNetError
        If `path` is no path.
    ModelFileError
        If the file is missing, damaged, foreign or from a later version.
    """
    from symbolnet.estimators import SymbolNetClassifier, SymbolNetRegressor

    given = _path(path)
    file = RunFolder.open(given).model_path if given.is_dir() else given
    manifest, arrays = read_archive(file, kind=_KIND)
    try:
        kinds = {c.__name__: c for c in (SymbolNetClassifier, SymbolNetRegressor)}
        kind = kinds[manifest["estimator"]]
        known = set(kind._get_param_names()) - set(_NOT_STORED)
        parameters = {k: _tuples(v) for k, v in manifest["parameters"].items() if k in known}
        estimator: SymbolNetBase = kind(**parameters)
        # Not whether the operators exist: a file outlives those that a user had registered.
        estimator._validate_params()
        if estimator.loss not in ("auto", CUSTOM_LOSS):
            get_loss(estimator.loss)
        estimator.n_features_in_ = int(manifest["n_features_in"])
        if manifest["feature_names_in"] is not None:
            estimator.feature_names_in_ = np.array(manifest["feature_names_in"], dtype=object)
        estimator.targets_ = _targets(manifest["targets"], arrays)
        if estimator.targets_.classes is not None:
            estimator.classes_ = estimator.targets_.classes
        estimator.models_ = tuple(_model(k, entry, arrays) for k, entry in enumerate(manifest["models"]))
        _check_fits_together(estimator)
        estimator._history = {str(name): arrays[f"history/{name}"] for name in manifest["history"]}
        estimator.sparsity_ = pd.DataFrame(manifest["sparsity"])
        estimator.n_iter_, estimator.stopped_ = int(manifest["n_iter"]), str(manifest["stopped"])
        estimator._limit = None if manifest["limit"] is None else float(manifest["limit"])
        estimator._costs = Costs.of(estimator.complexity_of_operators)
        estimator._warm_states = None
    except ModelFileError as error:
        raise ModelFileError(f"{file}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        cause = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ModelFileError(
            f"{file}: the model is damaged ({cause}); save it again, or restore it from a copy"
        ) from error
    return estimator


def _path(path: Any) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise SymbolNetError(f"{path!r} is no path; give the name of a file, such as model.symbolnet")
    return Path(path)


def run_folder(estimator: SymbolNetBase) -> RunFolder:
    """The run folder of a fit that is about to begin: a new one, or with `resume` the one that is there."""
    path = Path(estimator.run_dir or ".")
    if (path / "config.json").exists():
        run = RunFolder.open(path)
        if not estimator.resume:
            raise SymbolNetError(f"{path}: holds a run already; choose a new folder, or go on with it by resume=True")
        return run
    config = {"estimator": type(estimator).__name__, "parameters": _plain_parameters(estimator)}
    seed = getattr(estimator, "_seed_of_run", None)
    return RunFolder.create(path, config if estimator.random_state is not None else {**config, "seed": seed})


def random_state_of(estimator: SymbolNetBase) -> Any:
    """`random_state`, or where that is None the seed of the run in `run_dir`, which a new run draws and keeps.

    Without it a run could never be resumed: its samples would be split anew.

    Raises
    ------
    SymbolNetError
        If a run is to be resumed that has kept no seed.
    """
    if estimator.random_state is not None or estimator.run_dir is None:
        return estimator.random_state
    path = Path(estimator.run_dir)
    if estimator.resume and (path / "config.json").exists():
        config = RunFolder.open(path).config()
        seed = config.get("seed", config.get("parameters", {}).get("random_state"))
        if not isinstance(seed, int):
            raise SymbolNetError(
                f"{path}: the run has no seed to resume with, random_state is None; begin it anew in another folder"
            )
    else:
        seed = int(check_random_state(None).randint(2**31 - 1))
    estimator._seed_of_run = seed
    return seed


def write_run(estimator: SymbolNetBase) -> None:
    """Put model, history and table into the run folder, beside the checkpoint from which it can have more epochs."""
    run = RunFolder.open(Path(estimator.run_dir or "."))
    save(estimator, run.model_path)
    atomic_write(run.path / "history.csv", estimator.history_.to_csv(index=False))
    atomic_write(run.path / "equations.csv", estimator.equations_.to_csv(index_label="index"))


def _plain_parameters(estimator: SymbolNetBase) -> dict[str, Any]:
    """Constructor parameters that JSON can hold; a callable loss becomes `CUSTOM_LOSS`, a random generator None."""

    def plain(value: Any) -> Any:
        if value is None or isinstance(value, str | bool):
            return value
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, Integral):
            return int(value)
        if isinstance(value, Real):
            return float(value)
        if isinstance(value, Mapping):
            return {str(k): plain(v) for k, v in value.items()}
        if isinstance(value, list | tuple | np.ndarray):
            return [plain(v) for v in value]
        return None

    parameters = estimator.get_params(deep=False)
    stored = {k: plain(v) for k, v in parameters.items() if k not in _NOT_STORED}
    if callable(parameters["loss"]):
        stored["loss"] = CUSTOM_LOSS
    return stored


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def _names(estimator: SymbolNetBase) -> list[str] | None:
    names = getattr(estimator, "feature_names_in_", None)
    return None if names is None else [str(n) for n in names]


def _targets(entry: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Targets:
    link = str(entry["link"])
    if link not in ("identity", "logit", "log"):
        raise SymbolNetError(f"unknown link {link!r}")
    return Targets(
        link,
        str(entry["loss"]),
        tuple(str(n) for n in entry["names"]),
        arrays.get("targets/classes"),
        np.asarray(arrays["targets/shift"], np.float64),
        np.asarray(arrays["targets/scale"], np.float64),
        bool(entry["one_dimensional"]),
    )


def _model(k: int, entry: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Model:
    prefix = f"models/{k}/"
    own = {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}
    circuit = entry.get("circuit")
    return Model(
        Expression.from_dict(entry["expression"], own),
        float(entry["loss"]),
        float(entry["metric"]),
        int(entry["epoch"]),
        int(entry["trial"]),
        bool(entry["final"]),
        None if circuit is None else circuit_from_json(circuit),
    )


def _check_fits_together(estimator: SymbolNetBase) -> None:
    targets = estimator.targets_
    if not estimator.models_:
        raise SymbolNetError("it holds no formula")
    if targets.classes is not None and max(len(targets.classes), 2) != max(targets.n_outputs, 2):
        raise SymbolNetError(f"{len(targets.classes)} classes for {targets.n_outputs} formulas")
    for model in estimator.models_:
        if model.expression.n_outputs != targets.n_outputs:
            raise SymbolNetError(f"{model.expression.n_outputs} formulas for {targets.n_outputs} outputs")
        if len(model.expression.input_names) != estimator.n_features_in_:
            raise SymbolNetError(
                f"a formula of {len(model.expression.input_names)} inputs for {estimator.n_features_in_}"
            )
        program = None if model.circuit is None else model.circuit.program
        sizes = (len(model.expression.input_names), model.expression.n_outputs)
        if program is not None and (len(program.input_names), len(program.outputs)) != sizes:
            raise SymbolNetError("a circuit of other inputs or outputs than its formula's")
