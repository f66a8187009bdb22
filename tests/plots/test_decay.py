"""Fig. 4 shows Eq. 1."""

import numpy as np
import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.plots import decay_factor_curves


def test_the_curves_are_eq_1() -> None:
    figure = decay_factor_curves(0.8, (0.01, 1.0), title="D")
    lines = {str(line.get_label()): line for line in figure.axes[0].lines}
    s, drawn = lines["d = 1"].get_data()
    s = np.asarray(s)
    below = s < 0.79
    np.testing.assert_allclose(np.asarray(drawn)[below], np.exp(1 - 0.8 / (0.8 - s[below])), rtol=1e-3, atol=1e-6)
    assert (np.asarray(drawn)[s > 0.81] == 0).all()
    assert "target α = 0.8" in lines


@pytest.mark.parametrize("wrong", [{"alpha": 1.0}, {"rates": ()}, {"rates": (0.0,)}])
def test_errors(wrong: dict[str, object]) -> None:
    with pytest.raises(SymbolNetError, match="give 0 < alpha < 1"):
        decay_factor_curves(**wrong)
