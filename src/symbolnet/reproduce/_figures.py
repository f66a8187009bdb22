"""All figures of an experiment, with their captions and the numbers behind them."""

__all__ = ["Picture", "draw_all"]

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from symbolnet import plots
from symbolnet.network import FrozenNetwork
from symbolnet.plots._alive import alive_parts
from symbolnet.plots._examples import class_histograms
from symbolnet.reproduce._data import ExperimentData
from symbolnet.reproduce._plan import METHODS, Plan
from symbolnet.reproduce._results import Results, TableModel
from symbolnet.reproduce._score import Judge
from symbolnet.reproduce._stage import StageResult
from symbolnet.training import history_columns

_SHOWN = ("symbolnet", "budget")
_LARGEST_DRAWING = 60
"""Parts of a network that can be told apart in a drawing."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure, its file's name, its caption, and the numbers that it shows.

    Attributes
    ----------
    name : str
    figure : Figure
    caption : str
    numbers : DataFrame or None
        None for pictures of the data itself.
    """

    name: str
    figure: Figure
    caption: str
    numbers: pd.DataFrame | None


def draw_all(data: ExperimentData, plan: Plan, results: Results, stages: Sequence[StageResult]) -> Iterator[Picture]:
    """Draw one figure after the other, so that each can be written and dropped."""
    yield _inputs(data, plan)
    yield Picture(
        "fig4_decay_factor",
        plots.decay_factor_curves(title="decay factor of Eq. 1"),
        "The decay factor of Eq. 1 for a target of 0.8 (the paper's Fig. 4).",
        None,
    )
    example = next((stage for stage in stages if stage.method == "example"), None)
    if example is not None:
        yield _training(data, plan, example)
    yield _fronts(data, plan, results, stages)
    for method in _SHOWN:
        if method in results.models:
            yield from _of_model(data, plan, results.models[method])
    network = _network(data, results)
    if network is not None:
        yield network


def _inputs(data: ExperimentData, plan: Plan) -> Picture:
    config, task = plan.config, data.task
    if config.image is None:
        X = task.scaled(task.X)
        figure = plots.feature_distributions(
            X, task.y, task.input_names, task.class_names, title=f"{data.title}: standardised inputs"
        )
        numbers = class_histograms(X.astype(np.float64), task.y, task.input_names, task.class_names)
        return Picture("fig6_inputs", figure, "Distributions of the inputs by class (the paper's Fig. 6a).", numbers)
    many = 3 if len(task.class_names) == 2 else 1
    figure = plots.example_images(task.X, task.y, config.image, task.class_names, per_class=many, title=data.title)
    return Picture("fig6_inputs", figure, "Example images of each class (the paper's Fig. 6b and 6c).", None)


def _training(data: ExperimentData, plan: Plan, example: StageResult) -> Picture:
    config = plan.config.example
    columns = {name: example.history[name] for name in history_columns()}
    history = pd.DataFrame({"epoch": np.arange(1, len(columns["val_loss"]) + 1), **columns})
    targets = dict(zip(("weight", "input", "unary", "binary"), config.targets, strict=True))
    layers = " and ".join(f"u = {u}, b = {b}" for u, b in config.widths)
    figure = plots.training_curves(
        history, targets=targets, metric_name="accuracy", title=f"{data.title}: training curves"
    )
    caption = (
        f"Training curves as in the paper's Fig. 7: loss terms of Eq. 3, mean parameters, accuracy and sparsities. "
        f"Setting: {config.source}; {len(config.widths)} layer{'s' if len(config.widths) > 1 else ''} with {layers}, "
        f"{len(history)} epochs, learning rate {config.learning_rate:g}."
    )
    return Picture("fig7_training_curves", figure, caption, history)


def _fronts(data: ExperimentData, plan: Plan, results: Results, stages: Sequence[StageResult]) -> Picture:
    config = plan.config
    name = "accuracy" if config.metric == "accuracy" else "area under the ROC curve"
    useful = results.fronts[results.fronts["complexity"] > 1]  # constants are at the reference by definition
    tables = {METHODS[method]: useful[useful["method"] == method] for method in results.methods}
    marks = {
        f"published: {line.what} ({line.where})": (line.complexity, line.value)
        for line in config.published
        if line.complexity is not None
    }
    levels = {
        f"{stage.notes['name']}, this run": float(stage.points[0][config.metric])
        for stage in stages
        if stage.method == "dense"
    }
    levels |= {f"published: {line.what}": line.value for line in config.published if line.complexity is None}
    floor = config.reference[1]
    figure = plots.pareto_bands(
        tables,
        y=config.metric,
        marks=marks,
        levels=levels,
        x_label="mean complexity (nodes a formula)",
        y_label=f"{name} on the test rows",
        y_limits=(floor - 0.03, 1.01 if floor >= 0.5 or max(levels.values(), default=1) > 0.9 else 0.85),
        title=data.title,
    )
    seeds = results.points["seed"].nunique()
    caption = (
        "Fronts of every method (the paper's Fig. 8a, 9a, 9b): models that the validation rows put on the front, "
        f"judged on the test rows. Line: median over {seeds} seed{'s' if seeds > 1 else ''} of what each complexity "
        "buys; band: lowest to highest. Stars: the paper's own figures, on the paper's data."
    )
    columns = ["method", "seed", "complexity", "n_inputs", "val_score", "accuracy", "auc"]
    return Picture("fig8_fronts", figure, caption, results.fronts[columns])


def _of_model(data: ExperimentData, plan: Plan, model: TableModel) -> Iterator[Picture]:
    task, method = data.task, METHODS[model.method]
    values = model.expression(task.X_test if model.raw else task.scaled(task.X_test))
    about = f"{method}, complexity {model.point['complexity']:.0f}"
    scores = Judge.scores(values, logits=model.logits)
    figure = plots.roc_curves(task.y_test, scores, task.class_names, title=about)
    caption = (
        f"ROC curves of the formulas of {method} (the paper's Fig. 8b, 9c, 9d), with their areas, on the test rows."
    )
    yield Picture(f"fig9_roc_{model.method}", figure, caption, _roc_numbers(task.y_test, scores, task.class_names))

    predicted = Judge.predict(values, logits=model.logits)
    figure = plots.confusion_matrix(task.y_test, predicted, task.class_names, title=about)
    counts = pd.crosstab(pd.Series(task.y_test, name="true"), pd.Series(predicted, name="predicted")).stack()
    numbers = counts.rename("rows").reset_index()
    yield Picture(
        f"confusion_{model.method}", figure, f"Which classes {method} takes for which, on the test rows.", numbers
    )

    uses = model.expression.input_uses().astype(np.int64)
    if plan.config.image is not None:
        figure = plots.input_map(uses.sum(axis=0), shape=plan.config.image, title=about)
        what = "pixels"
    else:
        figure = plots.input_map(uses, feature_names=task.input_names, output_names=task.output_names, title=about)
        what = "features"
    numbers = pd.DataFrame(uses.T, columns=list(task.output_names), index=list(task.input_names)).rename_axis("input")
    yield Picture(
        f"survivors_{model.method}", figure, f"The {what} that survive in {method}: formulas that use each.",
        numbers.reset_index(),
    )  # fmt: skip


def _roc_numbers(y: NDArray[Any], scores: NDArray[Any], names: Sequence[str]) -> pd.DataFrame:
    """Up to 200 points a curve, as the figure shows no more."""
    from sklearn.metrics import roc_curve

    classes = [1] if scores.shape[1] == 1 else list(range(scores.shape[1]))
    parts = []
    for k, column in zip(classes, scores.T, strict=True):
        false, true, _ = roc_curve(y == k, column)
        some = np.unique(np.linspace(0, len(false) - 1, 200).astype(int))
        parts.append(
            pd.DataFrame({"class": names[k], "false_positive_rate": false[some], "true_positive_rate": true[some]})
        )
    return pd.concat(parts, ignore_index=True)


def _network(data: ExperimentData, results: Results) -> Picture | None:
    """The network of the table, if it is one, cut down to as many formulas as a drawing can hold."""
    model = results.models.get("symbolnet")
    if model is None or model.network is None:
        return None
    task, network = data.task, model.network
    shown: list[int] = []
    for k in np.argsort(model.expression.complexities, kind="stable").tolist():
        more = sorted([*shown, k])
        if alive_parts(_outputs(network, more)).n_nodes <= _LARGEST_DRAWING:
            shown = more
    drawn = _outputs(network, shown)
    if not shown or not alive_parts(drawn).n_nodes:
        return None
    n_outputs, name = len(task.output_names), METHODS[model.method]
    names = [task.output_names[k] for k in shown]
    about = f"{data.title}: {name}, complexity {model.point['complexity']:.0f}"
    figure = plots.network_diagram(drawn, task.input_names, names, title=_title(about, names, n_outputs))
    part = f" of {len(shown)} of its {n_outputs} formulas" if len(shown) < n_outputs else ""
    caption = (
        f"What pruning has left of the network{part} of the table, with the formulas (the form of the paper's Fig. 2): "
        "linear maps as circles, unary operators as boxes, binary ones as ovals; weights blue above zero, orange and "
        "dashed below. Formulas of the scaled inputs."
    )
    numbers = pd.DataFrame(
        [
            {"layer": n + 1, "node": node.number, "operator": node.name}
            for n, layer in enumerate(alive_parts(drawn).layers)
            for node in layer.nodes
        ]
    )
    return Picture("fig2_network", figure, caption, numbers)


def _title(about: str, shown: Sequence[str], n_outputs: int) -> str:
    """The title of a drawing of some of the formulas, which says which they are."""
    if len(shown) == n_outputs:
        return about
    return f"{about}\nshown: {len(shown)} of its {n_outputs} formulas, of {', '.join(shown)}"


def _outputs(network: FrozenNetwork, chosen: list[int]) -> FrozenNetwork:
    return FrozenNetwork(network.layers, network.output_weight[:, chosen], network.output_bias[chosen])
