"""What `fit` does between its options and its printing: data, task, run folder, estimator, test metric."""

__all__ = ["Fitted", "Request", "plain_parameters", "run_fit"]

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.cli._data import Data, check_task, guess_task, read_to_train
from symbolnet.cli._output import note
from symbolnet.cli._runs import new_run, update_parameters
from symbolnet.cli._settings import Settings

_MAY_CHANGE = ("time_limit", "max_iter")
"""Parameters that a run which goes on need not share with its beginning; of epochs, it can only have more."""


@dataclass(frozen=True)
class Request:
    """The options of `fit`."""

    data: str | None
    out: Path
    settings: Settings
    resume: bool
    overwrite: bool
    memory_limit: float
    quiet: bool

    def tell(self, text: str) -> None:
        """A note, unless the user wants none."""
        if not self.quiet:
            note(text)


@dataclass(frozen=True)
class Fitted:
    """A fitted model, the configuration of its run, and its metrics on DATA's test part (None where it has none)."""

    model: Any
    config: dict[str, Any]
    test: dict[str, Any] | None


def run_fit(request: Request, *, progress: bool) -> Fitted:
    """Train as asked, in a new run folder or in the one that is to be resumed.

    Raises
    ------
    SymbolNetError
        For a wrong input; the disk is then as it was.
    """
    if request.resume:
        return _resume(request, progress=progress)
    assert request.data is not None  # `fit` has looked
    data = read_to_train(request.data, request.settings.target, request.memory_limit)
    task = request.settings.task or "auto"
    task = guess_task(data.y) if task == "auto" else task
    check_task(request.data, data, task)
    # A fixed seed: without one a killed run could not be continued.
    parameters = {"random_state": 0} | request.settings.parameters
    seed = parameters["random_state"]
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise SymbolNetError(f"random_state is {seed!r}; a run needs a whole number to be repeatable")
    estimator = _estimator(task, parameters, request.out, progress=progress)
    _check_settings(estimator, data)
    config = {
        "estimator": type(estimator).__name__,
        "parameters": plain_parameters(estimator, parameters),
        "data": data.source,
        "target": list(data.targets),
        "task": task,
        "n_rows": data.n_rows,
        "n_inputs": data.n_inputs,
        "checksum": data.checksum(),
        "class_names": None if data.class_names is None else list(data.class_names),
    }
    with new_run(request.out, config, overwrite=request.overwrite):
        # What is refused up to here, folder and settings, is one line and nothing before it.
        request.tell(_about(data, task, guessed=request.settings.task in (None, "auto")))
        _fit(estimator, data)
    return Fitted(estimator, config, _test(estimator, data))


def _resume(request: Request, *, progress: bool) -> Fitted:
    from symbolnet.io import RunFolder

    folder = RunFolder.open(request.out)
    config = folder.config()
    try:
        parameters, task = dict(config["parameters"]), config["task"]
        source, targets = config["data"], tuple(config["target"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(
            f"{request.out}: not a run of symbolnet fit ({error} is missing); start a new one"
        ) from error
    changed = _changed(request, config)
    data = read_to_train(request.data or source, targets, request.memory_limit)
    if data.checksum() != config.get("checksum"):
        raise SymbolNetError(
            f"{request.data or source}: not the data that the run in {request.out} began with; "
            "give that data, or start anew with --overwrite"
        )
    parameters |= changed
    if folder.model_path.is_file() and (ended := _ended(folder.model_path, parameters)) is not None:
        request.tell(f"{request.out}: the run has ended ({ended.stopped_}); these are its results")
        return Fitted(ended, config, _test(ended, data))
    estimator = _estimator(task, parameters, request.out, progress=progress)
    _check_settings(estimator, data)
    if changed:
        update_parameters(request.out, changed)
    request.tell(_about(data, task, guessed=False))
    _fit(estimator, data)
    return Fitted(estimator, config, _test(estimator, data))


def _changed(request: Request, config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are given again and differ; most of them cannot differ in a run that goes on."""
    asked = request.settings
    for name, given, stored in (("target", list(asked.target), config["target"]), ("task", asked.task, config["task"])):
        if given not in ([], None, "auto", stored):
            raise SymbolNetError(
                f"{request.out}: its {name} is {stored}, not {given}; leave --{name} out, or start anew"
            )
    changed = {}
    for name, value in asked.parameters.items():
        stored = config["parameters"].get(name)
        if _plain(value) == stored:
            continue
        if name not in _MAY_CHANGE:
            raise SymbolNetError(
                f"{request.out}: the run began with {name}={stored!r}, not {value!r}; leave {name} out, "
                "or start anew with --overwrite"
            )
        if name == "max_iter" and isinstance(value, int) and value < stored:
            raise SymbolNetError(
                f"{request.out}: the run began with max_iter={stored!r}, and {value!r} is less; give more, "
                "or start anew with --overwrite"
            )
        changed[name] = value
    if changed and "from_scan" in config:
        raise SymbolNetError(
            f"{request.out}: a trial of a scan keeps nothing to go on from; leave {next(iter(changed))} out, "
            "or start anew with --overwrite"
        )
    return changed


def _ended(path: Path, parameters: Mapping[str, Any]) -> Any:
    """The model of a run that came to its end with these parameters, which may ask for more than an earlier end."""
    from symbolnet.estimators import load

    model = load(path)
    same = all(getattr(model, name) == parameters.get(name) for name in _MAY_CHANGE)
    return model if same and model.stopped_ != "interrupted" else None


def _estimator(task: str, parameters: Mapping[str, Any], out: Path, *, progress: bool) -> Any:
    from symbolnet.estimators import SymbolNetClassifier, SymbolNetRegressor

    kind = SymbolNetClassifier if task == "classification" else SymbolNetRegressor
    # The folder exists by then; `resume` also begins a run that has no checkpoint yet.
    return kind(**parameters, run_dir=out, resume=True, verbose=int(progress))


def _check_settings(estimator: Any, data: Data) -> None:
    """Refuse what `fit` would refuse, before anything is said or written."""
    from symbolnet.estimators import _settings

    estimator._validate_params()
    _settings.costs_of(estimator)
    _settings.check_hardware(estimator, streamed=data.streamed)
    _settings.encode_targets(estimator, data.y)
    if _settings.budget_is_used(estimator):
        _settings.named_operators(estimator)
    else:
        _settings.architecture(estimator, data.n_inputs, 1)


def _fit(estimator: Any, data: Data) -> None:
    import warnings

    import numpy as np
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        if data.streamed:
            estimator.feature_names_in_ = np.array(data.feature_names, dtype=object)
            estimator.fit(data.X)
        else:
            estimator.fit(data.inputs(), data.y)
    for warning in caught:
        if not issubclass(warning.category, ConvergenceWarning):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
        elif not len(estimator.sparsity_):  # by budget
            note(f"symbolnet: warning: {warning.message}")
    _warn_of_missed_targets(estimator)  # one line for all targets


def _warn_of_missed_targets(estimator: Any) -> None:
    from symbolnet.estimators._settings import targets_are_given

    if not len(estimator.sparsity_) or not targets_are_given(estimator):  # nobody asked for the default targets
        return
    missed = estimator.sparsity_[~estimator.sparsity_["met"].astype(bool)]
    if len(missed) and estimator.stopped_ != "interrupted":
        texts = []
        for _, row in missed.iterrows():
            which = f"trial {row['trial']}: " if estimator.n_trials > 1 else ""
            texts.append(f"{which}{row['type']} {row['reached']:.3f} of {row['target']:g}")
        note(
            f"symbolnet: warning: sparsity targets missed after {estimator.n_iter_} epochs: {', '.join(texts)}; "
            "train longer (--resume --set max_iter=N) or ask for less"
        )


def _test(model: Any, data: Data) -> dict[str, Any] | None:
    from symbolnet.estimators import evaluate

    if data.X_test is None or data.y_test is None:
        return None
    return evaluate(model, data.inputs(test=True), data.y_test)


def plain_parameters(estimator: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters, as JSON holds them: defaults too, which a later version may change."""
    stored = {k: _plain(v) for k, v in estimator.get_params(deep=False).items()}
    return {k: v for k, v in stored.items() if k not in ("run_dir", "resume", "verbose", "warm_start")} | {
        k: _plain(v) for k, v in parameters.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _about(data: Data, task: str, *, guessed: bool) -> str:
    """One line on what is trained; where the task was guessed and could be the other one, how to ask for that."""
    import numpy as np

    name = ", ".join(repr(target.removesuffix("_train")) for target in data.targets)
    classes = np.unique(data.y) if task == "classification" else ()
    kind = f"classification of {name}, {len(classes)} classes" if task == "classification" else f"regression of {name}"
    numeric = data.y.dtype.kind in "iuf" and data.y.ndim == 1
    hint = ""
    if guessed and numeric and (data.y == np.round(data.y)).all():
        hint = f" (--task {'regression' if task == 'classification' else 'classification'} for the other)"
    rows = f"{data.n_rows} rows{', read in parts' if data.streamed else ''}"
    return f"data: {rows}, {data.n_inputs} inputs; task: {kind}{hint}"
