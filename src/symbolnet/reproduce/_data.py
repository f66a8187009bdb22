"""The data of an experiment as one task for every method, and what has to be said beside its figures."""

__all__ = ["ExperimentData", "load_data"]

from dataclasses import dataclass
from typing import Any

import numpy as np

from symbolnet._errors import SymbolNetError
from symbolnet.baselines import Task, class_task
from symbolnet.datasets import Dataset, describe, load
from symbolnet.reproduce._configs import CONFIGS
from symbolnet.reproduce._plan import Plan

_SVHN_ROWS = 19_456


@dataclass(frozen=True, eq=False)
class ExperimentData:
    """A task and where its rows come from.

    Attributes
    ----------
    task : Task
    name : str
        Of the data set.
    title : str
        For figures; says if the data is not the paper's.
    caveat : str
        A sentence for every place where its figures stand; empty for the original data.
    held_out : str
        Which rows results are judged on.
    source, licence : str
    """

    task: Task
    name: str
    title: str
    caveat: str
    held_out: str
    source: str
    licence: str


def load_data(plan: Plan) -> ExperimentData:
    """Load the data of an experiment: the first of its data sets that is on this machine, else the first one's source.

    A data set without a test part gets one: the last 10,000 rows of MNIST, 20 % of others by class, whole groups where
    there are groups (SVHN: crops of one photo overlap).
    """
    config = CONFIGS[plan.name]
    data = load(_present(config.data))
    if data.class_names is None:
        raise SymbolNetError(f"data set {data.name!r} names no classes; experiments are about classification")
    X, y, X_test, y_test, groups, held_out = _parts(data)
    if plan.max_rows is not None and len(X) > plan.max_rows:
        rows = np.random.default_rng(0).permutation(len(X))[: plan.max_rows]
        X, y, groups = X[rows], y[rows], None if groups is None else groups[rows]
    task = class_task(X, y, X_test, y_test, input_names=data.feature_names, class_names=data.class_names, groups=groups)
    title, caveat = _caveat(plan.name, data, len(data.X_train))
    return ExperimentData(task, data.name, title, caveat, held_out, data.source, data.licence)


def _present(names: tuple[str, ...]) -> str:
    where = {info.name: info.where for info in describe()}
    return next((name for name in names if where[name] not in ("OpenML", "absent")), names[0])


def _parts(data: Dataset) -> tuple[Any, Any, Any, Any, Any, str]:
    X, y, groups = data.X_train, data.y_train, data.groups
    if data.X_test is not None and data.y_test is not None:
        return X, y, data.X_test, data.y_test, groups, f"the test part, {len(data.X_test):,} rows"
    from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit

    if data.name == "mnist":
        return X[:-10_000], y[:-10_000], X[-10_000:], y[-10_000:], None, "the last 10,000 rows of the training set"
    splitter: Any = GroupShuffleSplit if groups is not None else StratifiedShuffleSplit
    fit, test = next(splitter(1, test_size=0.2, random_state=0).split(np.zeros(len(y)), y, groups))
    how = f"20 % of the {'photos' if groups is not None else 'rows'}, {len(test):,} rows"
    return X[fit], y[fit], X[test], y[test], None if groups is None else groups[fit], how


def _caveat(name: str, data: Dataset, n_rows: int) -> tuple[str, str]:
    title = CONFIGS[name].title
    if data.name == "lhc_jets_sim":
        return (
            "re-simulated LHC jets",
            "The jets are a re-simulation that holds no event of the public data set; its figures say nothing exact "
            "about the public benchmark.",
        )
    if data.name == "svhn_1v7" and n_rows < _SVHN_ROWS:
        return (
            f"{title} (part)",
            f"SVHN here is a part of the original: {n_rows:,} images of the digits 1 and 7, instead of 19,456 to train "
            "and 7,118 to test on.",
        )
    if data.name == "mnist" and data.X_test is None:
        return title, "MNIST is the original training set; the official test set took no part."
    return title, ""
