"""Progress for a person (rich) and for scikit-learn's callbacks."""

__all__ = ["report_progress", "report_search"]

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from symbolnet.estimators._base import SymbolNetBase
from symbolnet.training import Progress


@contextmanager
def report_progress(estimator: SymbolNetBase, max_iter: int) -> Iterator[Callable[[Progress], bool]]:
    """A callback for `train` that draws a progress bar if `verbose` and calls scikit-learn's hooks once an epoch.

    A scikit-learn callback whose `on_fit_task_end` returns true stops the training.
    """
    context = estimator._init_callback_context(task_name="fit", max_subtasks=max_iter)
    context.call_on_fit_task_begin(estimator=estimator)
    bar, task = _bar(max_iter) if estimator.verbose else (None, None)
    reported = 0

    def callback(progress: Progress) -> bool:
        nonlocal reported
        stop = False
        while reported < min(progress.epoch, max_iter) and not stop:
            epoch = context.subcontext(task_name="epoch")
            epoch.call_on_fit_task_begin(estimator=estimator)
            metadata = {name: float(values[0]) for name, values in progress.latest.items()}
            stop = epoch.call_on_fit_task_end(estimator=estimator, metadata=metadata)
            reported += 1
        if bar is not None:
            loss, metric = float(min(progress.latest["val_loss"])), float(max(progress.latest["val_metric"]))
            text = f"loss {loss:.3g}  {estimator._metric} {metric:.3f}"
            bar.update(task, completed=progress.epoch, description=text)
        return stop

    try:
        yield callback
    finally:
        if bar is not None:
            bar.stop()
        context.call_on_fit_task_end(estimator=estimator)


@contextmanager
def report_search(estimator: SymbolNetBase) -> Iterator[Callable[[float, float], bool]]:
    """A function (complexity, loss) → stop for the models of a fit by budget, shown and reported in the same ways."""
    context = estimator._init_callback_context(task_name="fit", max_subtasks=None)
    context.call_on_fit_task_begin(estimator=estimator)
    bar, task = _bar(None) if estimator.verbose else (None, None)
    n_models = 0

    def callback(complexity: float, loss: float) -> bool:
        nonlocal n_models
        n_models += 1
        model = context.subcontext(task_name="model")
        model.call_on_fit_task_begin(estimator=estimator)
        stop = bool(
            model.call_on_fit_task_end(estimator=estimator, metadata={"complexity": complexity, "val_loss": loss})
        )
        if bar is not None:
            bar.update(task, completed=n_models, description=f"complexity {complexity:.1f}  loss {loss:.4g}")
        return stop

    try:
        yield callback
    finally:
        if bar is not None:
            bar.stop()
        context.call_on_fit_task_end(estimator=estimator)


def _bar(total: int | None) -> tuple[Any, Any]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    counted = [TextColumn("epoch"), MofNCompleteColumn(), BarColumn(bar_width=16)]
    columns = counted if total is not None else [TextColumn("model {task.completed:.0f}")]
    ends = [TimeElapsedColumn(), *([TimeRemainingColumn()] if total is not None else [])]
    bar = Progress(*columns, *ends, TextColumn("{task.description}"), console=Console(stderr=True))
    bar.start()
    return bar, bar.add_task("", total=total)
