"""One classification task for every method: the same rows to fit on, to choose by and to judge on."""

__all__ = ["Task", "class_task"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._inputs import InputScaling, scale_inputs
from symbolnet.expression import Expression, unroll
from symbolnet.network import FrozenNetwork
from symbolnet.training import TrainData

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Task:
    """Data in three parts, and the way from a network to formulas.

    Formulas of every method but `max_complexity` are of the scaled inputs, as in the paper's tables: pixels in [0, 1],
    other inputs standardised (Section IV.C).

    Attributes
    ----------
    X, X_val, X_test : (rows, inputs)
        As stored: uint8 images, or numbers that are not standardised.
    y, y_val, y_test : int arrays (rows,)
        Classes 0, 1, ...
    input_names, class_names : tuple of str
    scaling : InputScaling
        From raw to scaled inputs, fixed on `X`.
    """

    X: Array
    y: Array
    X_val: Array
    y_val: Array
    X_test: Array
    y_test: Array
    input_names: tuple[str, ...]
    class_names: tuple[str, ...]
    scaling: InputScaling

    @property
    def n_classes(self) -> int:
        """The number of classes, at least two."""
        return len(self.class_names)

    @property
    def output_names(self) -> tuple[str, ...]:
        """One formula a class; for two classes one, of the second class (paper Section IV.C.2)."""
        return self.class_names if self.n_classes > 2 else self.class_names[1:]

    def encode(self, y: Array) -> NDArray[np.float32]:
        """Targets (rows, outputs): one-hot, or one column of 0 and 1 for two classes."""
        if self.n_classes == 2:
            return np.asarray(y, np.float32)[:, None]
        return np.eye(self.n_classes, dtype=np.float32)[y]

    def train_data(self) -> TrainData:
        """The rows to fit on, as training takes them."""
        return TrainData(self.scaling.apply(self.X), self.encode(self.y), None, self.scaling.on_the_fly)

    def validation_data(self) -> TrainData:
        """The rows to choose by."""
        return TrainData(self.scaling.apply(self.X_val), self.encode(self.y_val), None, self.scaling.on_the_fly)

    def scaled(self, X: Array) -> NDArray[np.float32]:
        """Raw inputs (rows, inputs) as formulas of scaled inputs take them."""
        z = (X - self.scaling.shift.astype(np.float32)) / self.scaling.scale.astype(np.float32)
        z[:, ~self.scaling.informative] = 0
        return np.asarray(z, np.float32)

    def expression(self, network: FrozenNetwork) -> Expression:
        """A trained network as formulas of the scaled inputs."""
        return unroll(self.scaling.drop_constant(network), self.input_names, self.output_names)


def class_task(
    X: Array,
    y: Array,
    X_test: Array,
    y_test: Array,
    *,
    input_names: Sequence[str],
    class_names: Sequence[str],
    groups: Array | None = None,
    validation_fraction: float = 0.1,
    random_state: int = 0,
) -> Task:
    """Hold out a part of the rows to choose by, by class, or whole groups where `groups` is given.

    Parameters
    ----------
    X, X_test : (rows, inputs)
    y, y_test : (rows,)
        Classes 0, 1, ... in the order of `class_names`.
    input_names, class_names : sequences of str
    groups : (rows,), optional
        Rows of one group stay together.
    validation_fraction : float
    random_state : int

    Raises
    ------
    SymbolNetError
        If the classes are not 0, 1, ... as many as there are names, or a part would be without a class.
    """
    from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit

    y, y_test = np.asarray(y).astype(np.int64), np.asarray(y_test).astype(np.int64)
    if len(class_names) < 2 or set(np.unique(y).tolist()) != set(range(len(class_names))):
        raise SymbolNetError(
            f"{len(class_names)} class names for the classes {np.unique(y).tolist()[:12]}; "
            "give one name for each of the classes 0, 1, ..."
        )
    splitter: Any = GroupShuffleSplit if groups is not None else StratifiedShuffleSplit
    split = splitter(1, test_size=validation_fraction, random_state=random_state)
    rows, held = next(split.split(np.zeros(len(y)), y, groups))
    rows, held = np.sort(rows), np.sort(held)
    for part, where in ((y[rows], "fit"), (y[held], "choose"), (y_test, "judge")):
        if len(np.unique(part)) < len(class_names):
            raise SymbolNetError(f"the rows to {where} on lack a class; give more rows")
    names = tuple(input_names)
    scaling = scale_inputs(X[rows], names, True)
    return Task(X[rows], y[rows], X[held], y[held], X_test, y_test, names, tuple(class_names), scaling)
