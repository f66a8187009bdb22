"""The stages of Table IV, five a data set: reference, formulas, their circuit, quantised network, its circuit."""

__all__ = ["STAGES4", "Setting4", "load_setting"]

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.baselines import DenseSettings, HgqData, Task, fit_dense, fit_hgq
from symbolnet.estimators._inputs import scale_inputs
from symbolnet.hardware import (
    FixedPoint,
    Program,
    QuantisedLayer,
    auto_precision,
    emulate,
    export_program,
    network_program,
    sample_rows,
    synthesise,
    verify,
)
from symbolnet.hardware import score_of_model as accuracy_of
from symbolnet.hardware._tools import ToolTimeoutError
from symbolnet.io import read_archive, write_archive
from symbolnet.reproduce._data import ExperimentData, load_data
from symbolnet.reproduce._plan import make_plan
from symbolnet.reproduce._score import Judge
from symbolnet.reproduce._table4_plan import Entry4

Say = Callable[[str], None]
Result = dict[str, Any]
_KIND = "table4-network"
_MOST_SYNTHESIS = 900.0
"""Seconds for Yosys; a circuit that takes longer has no LUTs counted, and da4ml's guess stands in the table alone."""


@dataclass(frozen=True, eq=False)
class Setting4:
    """One data set as the stages need it.

    Attributes
    ----------
    entry : Entry4
    data : ExperimentData
    small : Task
        The same rows as the network sees them: means of pixels, or standardised inputs.
    judge : Judge
    out : Path
        The folder of the run.
    hgq_python : str or None
        As for `find_hgq_python`.
    """

    entry: Entry4
    data: ExperimentData
    small: Task
    judge: Judge
    out: Path
    hgq_python: str | None

    @property
    def inputs(self) -> FixedPoint:
        """The format of the network's inputs."""
        sign, integer, fractional = self.entry.hgq.inputs
        return FixedPoint(bool(sign), integer, fractional)

    def seen(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Rows of `small` as the input ports of the network take them."""
        if self.entry.pool:
            return np.asarray(X, np.float64) / self.entry.full_scale
        return np.asarray(self.small.scaled(X), np.float64)


def load_setting(entry: Entry4, out: Path, hgq_python: str | None) -> Setting4:
    """Load the data of one entry."""
    plan = replace(make_plan(entry.name, peers=()), max_rows=None)
    data, image = load_data(plan), plan.config.image
    small = data.task
    if entry.pool:
        assert image is not None
        X, X_val, X_test = (_pooled(part, image, entry.pool) for part in (small.X, small.X_val, small.X_test))
        names = tuple(f"mean{k}" for k in range(X.shape[1]))
        scaling = scale_inputs(X, names, True)
        small = replace(small, X=X, X_val=X_val, X_test=X_test, input_names=names, scaling=scaling)
    return Setting4(entry, data, small, Judge(data.task, plan.config.metric), out, hgq_python)


def _pooled(X: NDArray[Any], image: tuple[int, ...], side: int) -> NDArray[np.float32]:
    """Means over squares of pixels and over colours."""
    height, width = image[0] // side, image[1] // side
    blocks = np.asarray(X, np.float32).reshape(len(X), height, side, width, side, -1)
    return np.asarray(blocks.mean((2, 4, 5)).reshape(len(X), -1))


def _reference(setting: Setting4, _: Say) -> Result:
    """64-32-32 in floating point, not pruned, on the inputs that the quantised network gets."""
    entry = setting.entry
    settings = DenseSettings(None, entry.reference_epochs, entry.hgq.batch_size)
    found = fit_dense(setting.small, settings)
    return {**_metrics(setting, found.scores, logits=True), "name": found.name, "n_parameters": found.n_parameters}


def _formula(setting: Setting4, _: Say) -> Result:
    """Formulas within the paper's complexity, of the raw inputs."""
    from symbolnet.estimators import SymbolNetClassifier

    task, entry = setting.data.task, setting.entry
    model = SymbolNetClassifier(max_complexity=entry.max_complexity, random_state=0, time_limit=entry.fit_seconds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what stopped it is in the result
        model.fit(np.concatenate([task.X, task.X_val]), np.concatenate([task.y, task.y_val]))
    if model.stopped_ == "interrupted":
        raise KeyboardInterrupt
    expression = model.expression()
    model.save(_model_file(setting))
    metrics = _metrics(setting, expression(task.X_test), logits=model.targets_.link == "logit")
    about = {"complexity": float(expression.complexity), "n_inputs": int(expression.n_inputs)}
    return {**metrics, **about, "stopped": str(model.stopped_)}


def _formula_circuit(setting: Setting4, say: Say) -> Result:
    """The formulas at the smallest precision within half a percent of them on the rows to fit on."""
    from symbolnet.estimators import load

    task, entry = setting.data.task, setting.entry
    model = load(_model_file(setting))
    X, y = np.concatenate([task.X, task.X_val]), np.concatenate([task.y, task.y_val])
    rows = sample_rows(len(X))
    score = _area(y[rows]) if setting.judge.metric == "auc" else accuracy_of(model, y[rows])
    say("the precision is searched")
    found = auto_precision(
        model.expression(), X[rows], score, effort=entry.effort, time_limit=entry.search_seconds
    )  # fmt: skip
    program = found.chosen.program
    metrics = _metrics(setting, emulate(program, task.X_test), logits=model.targets_.link == "logit")
    bundle = _circuit(setting, "formula", program, task.X_test, say)
    return {**metrics, **bundle, "precision": found.chosen.precision.to_json(), "widths": _widths(program)}


def _network(setting: Setting4, say: Say) -> Result:
    """The quantised and pruned network."""
    small, form = setting.small, setting.inputs
    data = HgqData(
        form.integers(setting.seen(small.X)), small.y, form.integers(setting.seen(small.X_val)), small.y_val,
        form.integers(setting.seen(small.X_test)), small.n_classes,
    )  # fmt: skip
    network = fit_hgq(data, setting.entry.hgq, python=setting.hgq_python, report=say)
    arrays: dict[str, NDArray[Any]] = {"scores": network.scores}
    for k, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        arrays |= {f"weight{k}": weight, f"bias{k}": bias}
    facts = {"activation": list(network.activation), "weight_fractional": network.weight_fractional}
    write_archive(_network_file(setting), {"kind": _KIND, "layers": len(network.weights), **facts}, arrays)
    return {
        **_metrics(setting, network.scores, logits=True),
        "n_weights": network.n_weights,
        "sparsity": network.sparsity,
        **network.about,
    }


def _network_circuit(setting: Setting4, say: Say) -> Result:
    """The network in the same flow; the emulator has to give what Keras gives on every test row."""
    small = setting.small
    program, scores = _program(setting)
    X = setting.seen(small.X_test)
    found = emulate(program, X)
    differing = int((found != scores.astype(np.float64)).any(axis=1).sum())
    metrics = _metrics(setting, found, logits=True)
    circuit = _circuit(setting, "network", program, X, say)
    return {**metrics, **circuit, "keras_rows": len(X), "keras_mismatches": differing, "widths": _widths(program)}


def _program(setting: Setting4) -> tuple[Program, NDArray[Any]]:
    manifest, arrays = read_archive(_network_file(setting), kind=_KIND)
    try:
        sign, integer, fractional = manifest["activation"]
        hidden = FixedPoint(bool(sign), integer, fractional)
        last = int(manifest["layers"]) - 1
        unit = int(manifest["weight_fractional"])
        layers = [
            QuantisedLayer(arrays[f"weight{k}"], arrays[f"bias{k}"], unit, unit, hidden if k < last else None)
            for k in range(last + 1)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{_network_file(setting)}: is no network; delete it and its stage") from error
    small = setting.small
    return network_program(layers, setting.inputs, small.input_names, small.output_names), arrays["scores"]


def _circuit(setting: Setting4, kind: str, program: Program, X: NDArray[Any], say: Say) -> Result:
    """Export, verify, synthesise; formulas and networks alike, all logic in LUTs."""
    entry, started = setting.entry, time.monotonic()
    path = setting.out / "circuits" / f"{entry.name}-{kind}"
    bundle = export_program(program, path, X=X, name=f"{kind} of Table IV, {setting.data.title}", overwrite=True)
    say(f"{bundle.manifest['estimated_lut']:,} LUT by da4ml's guess; every model is compared with the emulator")
    verification = verify(bundle, entry.vectors)
    say("Yosys synthesises")
    counted: Result = {"lut": None, "ff": None, "dsp": None, "bram": None, "tool": None}
    try:
        counted = asdict(synthesise(bundle, dsp=False, time_limit=_MOST_SYNTHESIS))
    except ToolTimeoutError:
        say(f"Yosys did not end within {_MOST_SYNTHESIS:g} s; da4ml's guess is taken alone")
    return {
        **counted,
        "stages": bundle.manifest["stages"],
        "latency_ns": bundle.manifest["stages"] * float(bundle.manifest["clock_ns"]),
        "guess": bundle.manifest["estimated_lut"],
        "vectors": verification.vectors,
        "mismatches": verification.mismatches,
        "circuit_seconds": time.monotonic() - started,
    }


def _metrics(setting: Setting4, values: NDArray[Any], *, logits: bool) -> dict[str, float]:
    found = setting.judge.metrics(values, setting.data.task.y_test, logits=logits)
    return {"accuracy": found["accuracy"], "auc": found["auc"]}


def _area(y: NDArray[Any]) -> Callable[[NDArray[np.float64]], float]:
    from sklearn.metrics import roc_auc_score

    if len(np.unique(y)) != 2:
        raise SymbolNetError("the area under one ROC curve needs two classes")
    return lambda values: float(roc_auc_score(y == 1, values[:, 0]))


def _widths(program: Program) -> dict[str, list[int]]:
    inputs, outputs = program.input_formats, program.output_formats
    return {"inputs": [form.width for form in inputs], "outputs": [form.width for form in outputs]}


def _model_file(setting: Setting4) -> Path:
    return setting.out / "models" / f"{setting.entry.name}.symbolnet"


def _network_file(setting: Setting4) -> Path:
    return setting.out / "models" / f"{setting.entry.name}-network.zip"


STAGES4: Mapping[str, tuple[str, Callable[[Setting4, Say], Result]]] = MappingProxyType(
    {
        "reference": ("network in floating point", _reference),
        "formula": ("formulas by max_complexity", _formula),
        "formula-circuit": ("circuit of the formulas", _formula_circuit),
        "network": ("quantised and pruned network, HGQ2", _network),
        "network-circuit": ("circuit of the network", _network_circuit),
    }
)
"""Keys in files → what a stage is called, and what it does."""
