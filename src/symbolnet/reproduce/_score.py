"""What formulas are worth on the rows to choose by and on those to judge on, the same for every method."""

__all__ = ["Judge"]

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet.baselines import Task
from symbolnet.expression import Expression

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Judge:
    """Metrics of formulas, computed from the formulas in float64.

    Attributes
    ----------
    task : Task
    metric : {"accuracy", "auc"}
        What models are chosen by.
    """

    task: Task
    metric: str

    def point(self, expression: Expression, X_val: Array, X_test: Array, **about: Any) -> dict[str, Any] | None:
        """One row of the results; None if the formula is not finite on these rows.

        Parameters
        ----------
        expression : Expression
        X_val, X_test : (rows, inputs)
            As the expression takes them.
        about : settings that the model came from
        """
        values = expression(X_val), expression(X_test)
        if not all(np.isfinite(v).all() for v in values):
            return None
        chosen_by = self.metrics(values[0], self.task.y_val)[self.metric]
        return self.row(expression, chosen_by, self.metrics(values[1], self.task.y_test), **about)

    @staticmethod
    def row(expression: Expression, val_score: float, metrics: dict[str, Any], **about: Any) -> dict[str, Any]:
        """Complexity, the score to choose by (the larger the better) and the metrics on the test part."""
        return {
            "complexity": float(expression.complexity),
            "total_complexity": int(expression.total_complexity),
            "n_inputs": int(expression.n_inputs),
            "val_score": float(val_score),
            **metrics,
            **about,
        }

    def metrics(self, values: Array, y: Array, *, logits: bool = False) -> dict[str, Any]:
        """Accuracy, the area under the ROC curve (one against the rest, mean over classes) and that of each class.

        Parameters
        ----------
        values : (rows, outputs)
            Of the formulas; or log-odds with `logits`, whose probabilities the areas are then computed from.
        y : (rows,)
        logits : bool
        """
        from sklearn.metrics import roc_auc_score

        codes = self.predict(values, logits=logits)
        scores = self.scores(values, logits=logits)
        if scores.shape[1] == 1:
            areas = [float(roc_auc_score(y == 1, scores[:, 0]))]
        else:
            areas = [float(roc_auc_score(y == k, scores[:, k])) for k in range(scores.shape[1])]
        return {"accuracy": float(np.mean(codes == y)), "auc": float(np.mean(areas)), "auc_per_class": areas}

    @staticmethod
    def scores(values: Array, *, logits: bool = False) -> Array:
        """What ROC curves are drawn from: the formulas' values, or for several log-odds their softmax."""
        if not logits or values.shape[1] == 1:
            return np.asarray(values, np.float64)
        e = np.exp(np.asarray(values, np.float64) - values.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    @staticmethod
    def predict(values: Array, *, logits: bool = False) -> Array:
        """The class of each row."""
        if values.shape[1] == 1:
            return np.asarray(values[:, 0] > (0.0 if logits else 0.5)).astype(np.int64)
        return np.asarray(values.argmax(axis=1))
