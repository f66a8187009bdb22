"""What a notebook shows of a fitted estimator."""

import numpy as np
import pytest

from symbolnet import SymbolNetClassifier, SymbolNetRegressor


@pytest.mark.parametrize("kind", [SymbolNetClassifier, SymbolNetRegressor])
def test_a_fitted_estimator_and_its_formula_have_a_form_for_notebooks(kind: type) -> None:
    X = np.random.default_rng(0).normal(size=(80, 2))
    y = X[:, 0] * X[:, 1]
    model = kind(max_complexity=9, time_limit=5, random_state=0)
    assert f"{kind.__name__}(max_complexity=9" in model._repr_html_()
    model.fit(X, y > 0 if kind is SymbolNetClassifier else y)
    shown = model._repr_mimebundle_()
    assert "text/plain" in shown
    for name in ("Fitted attributes", "equations_", "best_index_", "selected_features_"):
        assert name in shown["text/html"]
    assert model.expression()._repr_latex_().startswith(r"$$\begin{aligned}")
