"""The shares in the matrix are those of scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as by_sklearn

from symbolnet._errors import SymbolNetError
from symbolnet.plots import confusion_matrix


def test_shares_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    y, predicted = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    figure = confusion_matrix(y, predicted, list("abcd"), title="c")
    shown = np.asarray(figure.axes[0].images[0].get_array())
    np.testing.assert_allclose(shown, 100 * by_sklearn(y, predicted, normalize="true"))
    assert figure.axes[0].texts[0].get_text() == f"{shown[0, 0]:.0f}"


def test_errors() -> None:
    with pytest.raises(SymbolNetError, match="give one of each a row"):
        confusion_matrix([0, 1], [0], ["a", "b"])
    with pytest.raises(SymbolNetError, match="name every class"):
        confusion_matrix([0, 2], [0, 1], ["a", "b"])
