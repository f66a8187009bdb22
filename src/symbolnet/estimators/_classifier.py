"""The classifier."""

__all__ = ["SymbolNetClassifier"]

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._base import SymbolNetBase
from symbolnet.estimators._checked import refuse_times
from symbolnet.estimators._parameters import PARAMETER_CONSTRAINTS, document
from symbolnet.estimators._targets import Targets, class_targets, project_to_simplex

Array = NDArray[Any]


@document
class SymbolNetClassifier(ClassifierMixin, SymbolNetBase):
    """Classifier made of short formulas: one a class, or a single one for two classes.

    {parameters}

    Attributes
    ----------
    classes_ : array (classes,)
        The labels, sorted.
    {attributes}

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from symbolnet import SymbolNetClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = SymbolNetClassifier(max_iter=50, random_state=0).fit(X, y)
    >>> model.predict(X[:2]).tolist()
    [0, 0]
    """

    _metric = "accuracy"
    _parameter_constraints = PARAMETER_CONSTRAINTS

    def _check_y(self, y: Array) -> Array:
        y = column_or_1d(y, warn=True)
        refuse_times(y, "give classes as text: y.astype(str)")
        check_classification_targets(y)
        return y

    def _encode(self, y: Array, loss: Any, standardize: bool) -> Targets:  # noqa: ARG002
        if loss.link == "log":
            raise SymbolNetError(f"loss={loss.name!r} is for counts; give a classifier cross_entropy, mse or huber")
        self.classes_ = np.unique(y)
        return class_targets(y, loss.name, loss.link)

    def decision_function(self, X: Any, index: int | None = None) -> NDArray[np.float64]:
        """The value of the formulas: (samples, classes), or for two classes (samples,), positive for the second class.

        Parameters
        ----------
        X : array-like (samples, inputs)
        index : int, optional
            Row of `equations_`.
        """
        f = self._values(X, index)
        if f.shape[1] > 1:
            return f
        return f[:, 0] if self.targets_.link == "logit" else f[:, 0] - 0.5

    def predict(self, X: Any, index: int | None = None) -> Array:
        """The most probable class of each sample, (samples,)."""
        f = self.decision_function(X, index)
        codes = (f > 0).astype(int) if f.ndim == 1 else np.argmax(f, axis=1)
        labels: Array = self.classes_[codes]
        return labels

    def predict_proba(self, X: Any, index: int | None = None) -> NDArray[np.float64]:
        """Probabilities, (samples, classes): sigmoid or softmax of the formulas for the cross-entropy, else their
        projection onto the probability simplex.
        """
        f = self._values(X, index)
        if self.targets_.link == "logit":
            scores = np.column_stack([np.zeros(len(f)), f[:, 0]]) if f.shape[1] == 1 else f
            e = np.exp(scores - scores.max(axis=1, keepdims=True))
            return np.asarray(e / e.sum(axis=1, keepdims=True))
        if f.shape[1] == 1:
            p = np.clip(f[:, 0], 0, 1)
            return np.column_stack([1 - p, p])
        return project_to_simplex(f)

    def score(self, X: Any, y: Any, sample_weight: Any = None, index: int | None = None) -> float:
        """Accuracy of `predict(X, index)`."""
        from sklearn.metrics import accuracy_score

        return float(accuracy_score(y, self.predict(X, index), sample_weight=sample_weight))
