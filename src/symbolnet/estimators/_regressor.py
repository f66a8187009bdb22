"""The regressor."""

__all__ = ["SymbolNetRegressor"]

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.validation import column_or_1d

from symbolnet._errors import SymbolNetError
from symbolnet.estimators._base import SymbolNetBase
from symbolnet.estimators._checked import refuse_times
from symbolnet.estimators._parameters import PARAMETER_CONSTRAINTS, document
from symbolnet.estimators._targets import Targets, number_targets

Array = NDArray[Any]


@document
class SymbolNetRegressor(RegressorMixin, SymbolNetBase):
    """Regressor made of short formulas: one a target.

    {parameters}

    Attributes
    ----------
    {attributes}

    Examples
    --------
    >>> import numpy as np
    >>> from symbolnet import SymbolNetRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (500, 3))
    >>> model = SymbolNetRegressor(max_iter=50, random_state=0).fit(X, X[:, 0] * X[:, 1])
    >>> model.predict(X).shape
    (500,)
    """

    _metric = "r2"
    _parameter_constraints = PARAMETER_CONSTRAINTS

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _check_y(self, y: Array) -> Array:
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        refuse_times(y)
        if y.dtype.kind not in "biuf":
            try:
                y = np.asarray(y, np.float64)
            except (TypeError, ValueError) as error:
                raise SymbolNetError(
                    f"y holds text ({str(y.ravel()[0])[:40]!r}); a regressor needs numbers, a classifier takes text"
                ) from error
        return y

    def _encode(self, y: Array, loss: Any, standardize: bool) -> Targets:
        if loss.link == "logit":
            raise SymbolNetError(f"loss={loss.name!r} is for classes; give a regressor mse, huber or poisson")
        if loss.link == "log" and y.min() < 0:
            raise SymbolNetError(f"y has the negative value {y.min():.3g}; the Poisson loss needs counts of at least 0")
        standardize = standardize and self.standardize and loss.name in ("mse", "huber")
        names = getattr(self, "_target_names", None)
        return number_targets(y, loss.name, loss.link, standardize=standardize, names=names)

    def predict(self, X: Any, index: int | None = None) -> NDArray[np.float64]:
        """The value of the formulas, (samples,) or (samples, targets); exp of it for the Poisson loss.

        Parameters
        ----------
        X : array-like (samples, inputs)
        index : int, optional
            Row of `equations_`.
        """
        f = self._values(X, index)
        if self.targets_.link == "log":
            f = np.exp(np.minimum(f, 30.0))
        return f[:, 0] if self.targets_.one_dimensional else f

    def score(self, X: Any, y: Any, sample_weight: Any = None, index: int | None = None) -> float:
        """R² of `predict(X, index)`, averaged over targets."""
        from sklearn.metrics import r2_score

        return float(r2_score(y, self.predict(X, index), sample_weight=sample_weight))
