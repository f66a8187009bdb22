"""One function a method: from the data, the plan and a seed to the models that it gives."""

__all__ = ["run_budget", "run_dense", "run_eql", "run_example", "run_peer", "run_symbolnet"]

import time
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.baselines import DenseSettings, EqlSettings, PeerSettings, Task, fit_dense, fit_peer, train_eql
from symbolnet.expression import Expression
from symbolnet.network import Architecture, FrozenNetwork
from symbolnet.objectives import get_loss
from symbolnet.pareto import pareto_mask
from symbolnet.reproduce._configs import Config
from symbolnet.reproduce._plan import Plan
from symbolnet.reproduce._score import Judge
from symbolnet.reproduce._stage import StageResult
from symbolnet.training import TrainResult, TrainSettings, Trial, train

Widths = tuple[tuple[int, int], ...]
_SMALLEST_IMAGE_OF_THE_CNN = 22


class _Candidates:
    """Models of one stage; formulas are kept for those on the front only."""

    def __init__(self, judge: Judge) -> None:
        self._judge, task = judge, judge.task
        self._X = task.scaled(task.X_val), task.scaled(task.X_test)
        self._found: list[tuple[dict[str, Any], Expression, FrozenNetwork | None]] = []

    def add(self, expression: Expression, network: FrozenNetwork | None = None, **about: Any) -> None:
        """A model of the scaled inputs."""
        point = self._judge.point(expression, *self._X, **about)
        if point is not None:
            self._found.append((point, expression, network))

    def add_measured(self, point: dict[str, Any], expression: Expression) -> None:
        self._found.append((point, expression, None))

    def result(self, method: str, seed: int, started: float, **notes: Any) -> StageResult:
        points = [point for point, _, _ in self._found]
        cost = [point["complexity"] for point in points]
        front = pareto_mask(cost, [-point["val_score"] for point in points]) if points else np.zeros(0, bool)
        kept = np.flatnonzero(front).tolist()
        return StageResult(
            method,
            seed,
            time.monotonic() - started,
            tuple(point | {"front": bool(on)} for point, on in zip(points, front, strict=True)),
            {k: self._found[k][1] for k in kept},
            {k: network for k in kept if (network := self._found[k][2]) is not None},
            notes=notes,
        )


def run_symbolnet(judge: Judge, plan: Plan, seed: int) -> StageResult:
    """SymbolNet as published: for each architecture a population of trials whose targets fill the paper's ranges.

    The models are the networks as training leaves them (paper Section III.D), not the snapshots on the way.
    """
    config, task, started = plan.config, judge.task, time.monotonic()
    candidates, data, validation = _Candidates(judge), task.train_data(), task.validation_data()
    for number, widths in enumerate(plan.widths):
        trials = draw_trials(config, plan.trials, [seed, number])
        settings = TrainSettings(get_loss("mse"), "accuracy", plan.epochs, _batch(config, task), seed)
        result = _not_interrupted(train(architecture(task, config, widths), trials, data, validation, settings))
        for trial, end in zip(trials, result.final, strict=True):
            candidates.add(
                task.expression(end.network), end.network, widths=_text(widths), alpha_weight=trial.weight,
                alpha_input=trial.input, alpha_unary=trial.unary, alpha_binary=trial.binary, epochs=end.epoch,
            )  # fmt: skip
    return candidates.result("symbolnet", seed, started)


def run_eql(judge: Judge, plan: Plan, seed: int) -> StageResult:
    """The three-stage equation learner, with SymbolNet's architectures, epochs and batches.

    Its initial weights are those of the first trial; each λ and threshold stands in the place of targets.
    """
    config, task, started = plan.config, judge.task, time.monotonic()
    candidates, data, validation = _Candidates(judge), task.train_data(), task.validation_data()
    first = max(1, plan.epochs // 4)
    epochs = first, max(1, plan.epochs // 2), first
    for number, widths in enumerate(plan.widths):
        models = train_eql(
            architecture(task, config, widths), data, validation,
            EqlSettings(epochs, _batch(config, task), config.eql_learning_rate, seed),
            starts=[draw_trials(config, plan.trials, [seed, number])[0].seed],
            strengths=plan.strengths, thresholds=plan.thresholds,
        )  # fmt: skip
        for model in models:
            candidates.add(
                task.expression(model.network), model.network, widths=_text(widths), strength=model.strength,
                threshold=model.threshold, epochs=sum(epochs),
            )  # fmt: skip
    return candidates.result("eql", seed, started)


def run_budget(judge: Judge, plan: Plan, seed: int) -> StageResult:
    """`max_complexity` and the seed, all else default. It gets the rows to fit on and those to choose by, and holds out
    its own; its formulas are of the raw inputs.
    """
    from symbolnet.estimators import SymbolNetClassifier

    task, started = judge.task, time.monotonic()
    model = SymbolNetClassifier(max_complexity=plan.max_complexity, random_state=seed, time_limit=plan.budget_seconds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what stopped it is in the notes
        model.fit(np.concatenate([task.X, task.X_val]), np.concatenate([task.y, task.y_val]))
    if model.stopped_ == "interrupted":
        raise KeyboardInterrupt
    seconds = time.monotonic() - started
    logits = model.targets_.link == "logit"
    candidates = _Candidates(judge)
    for entry in model.models_:
        expression = entry.expression.with_names(task.input_names, task.output_names)
        metrics = judge.metrics(expression(task.X_test), task.y_test, logits=logits)
        candidates.add_measured(judge.row(expression, -entry.loss, metrics, logits=logits, raw=True), expression)
    return candidates.result("budget", seed, started, stopped=str(model.stopped_), fit_seconds=seconds)


def run_peer(judge: Judge, plan: Plan, seed: int, name: str, seconds: float) -> StageResult:
    """Genetic programming by another program, for the time that the fit by budget of the same seed took."""
    config, started = plan.config, time.monotonic()
    settings = PeerSettings(seconds, config.unary_operators, config.peer_inputs, config.peer_rows, random_state=seed)
    candidates = _Candidates(judge)
    found = fit_peer(name, judge.task, settings)
    searched = time.monotonic() - started
    for expression in found:
        candidates.add(expression)
    return candidates.result(name, seed, started, asked_seconds=seconds, fit_seconds=searched)


def run_example(judge: Judge, plan: Plan) -> StageResult:
    """The run whose training curves are drawn."""
    config, task, started = plan.config, judge.task, time.monotonic()
    example = config.example
    weight, inputs, unary, binary = example.targets
    trial = Trial(0, weight, inputs, unary, binary, learning_rate=example.learning_rate)
    settings = TrainSettings(get_loss("mse"), "accuracy", plan.example_epochs, _batch(config, task))
    shape = architecture(task, config, example.widths)
    result = _not_interrupted(train(shape, [trial], task.train_data(), task.validation_data(), settings))
    candidates = _Candidates(judge)
    candidates.add(task.expression(result.final[0].network), result.final[0].network, widths=_text(example.widths))
    stage = candidates.result("example", 0, started)
    history = {name: np.asarray(values)[:, 0] for name, values in result.history.items()}
    return StageResult(**{**vars(stage), "history": history})


def run_dense(judge: Judge, plan: Plan) -> StageResult:
    """The dense reference in floating point, on the same rows: a CNN for images that are large enough for it."""
    config, task, started = plan.config, judge.task, time.monotonic()
    image = config.image
    shape = None
    if image is not None and min(image[:2]) >= _SMALLEST_IMAGE_OF_THE_CNN:
        shape = (image[0], image[1], image[2] if len(image) == 3 else 1)
    result = fit_dense(task, DenseSettings(shape, plan.dense_epochs, _batch(config, task)))
    metrics = judge.metrics(result.scores, task.y_test, logits=True)
    point = {"complexity": None, "n_inputs": len(task.input_names), "front": False, **metrics}
    return StageResult(
        "dense",
        0,
        time.monotonic() - started,
        (point,),
        scores=result.scores,
        notes={"name": result.name, "n_parameters": result.n_parameters, "epochs": result.epochs},
    )


def architecture(task: Task, config: Config, widths: Widths) -> Architecture:
    """The network of one entry of the scan."""
    n = len(widths)
    return Architecture(
        len(task.input_names),
        len(task.output_names),
        tuple(u for u, _ in widths),
        tuple(b for _, b in widths),
        (config.unary_operators,) * n,
        (("+", "*"),) * n,
    )


def draw_trials(config: Config, n_trials: int, seed: list[int]) -> tuple[Trial, ...]:
    """Targets that fill the paper's ranges evenly (a Latin hypercube).

    The share of weights and inputs that is left, 1 - α, is spread evenly in its logarithm, since complexity follows it.
    """
    rng = np.random.default_rng(seed)

    def spread() -> NDArray[np.float64]:
        return (rng.permutation(n_trials) + rng.random(n_trials)) / n_trials

    def left(bounds: tuple[float, float]) -> NDArray[np.float64]:
        low, high = np.log(1 - bounds[1]), np.log(1 - bounds[0])
        return np.asarray(1 - np.exp(low + (high - low) * spread()))

    def even(bounds: tuple[float, float]) -> NDArray[np.float64]:
        return np.asarray(bounds[0] + (bounds[1] - bounds[0]) * spread())

    columns = left(config.weight), left(config.input), even(config.unary), even(config.binary)
    seeds = rng.integers(2**31 - 1, size=n_trials)
    return tuple(
        Trial(int(start), float(w), float(i), float(u), float(b), learning_rate=config.learning_rate)
        for start, w, i, u, b in zip(seeds, *columns, strict=True)
    )


def _batch(config: Config, task: Task) -> int:
    return min(config.batch_size, max(16, len(task.X) // 8))


def _text(widths: Widths) -> str:
    """U and b of each layer, as in "8+6, 8+6"."""
    return ", ".join(f"{u}+{b}" for u, b in widths)


def _not_interrupted(result: TrainResult) -> TrainResult:
    """Half a stage is not stored: Ctrl-C ends the run, and --resume begins the stage again."""
    if result.stopped == "interrupted":
        raise KeyboardInterrupt
    return result
