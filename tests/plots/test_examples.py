"""Pictures of the data show the rows they are given."""

import numpy as np
import pytest

from symbolnet._errors import SymbolNetError
from symbolnet.plots import example_images, feature_distributions
from symbolnet.plots._examples import class_histograms


def test_distributions_have_area_one_and_a_line_a_class() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(500, 5)), rng.integers(0, 3, 500)
    X[:, 4] = 1.0  # constant
    figure = feature_distributions(X, y, list("abcde"), ["g", "q", "t"], title="jets")
    assert [axes.get_title("left") for axes in figure.axes[:5]] == list("abcde")
    assert all(len(axes.patches) == 3 for axes in figure.axes[:5])
    numbers = class_histograms(X, y, list("abcde"), ["g", "q", "t"])
    area = (
        ((numbers["high"] - numbers["low"]) * numbers["density"]).groupby([numbers["feature"], numbers["class"]]).sum()
    )
    assert area.between(0.95, 1.0 + 1e-9).all()


@pytest.mark.parametrize(("shape", "per_class"), [((4, 3), 1), ((2, 2, 3), 2)])
def test_images_are_the_first_of_their_class(shape: tuple[int, ...], per_class: int) -> None:
    X = np.random.default_rng(0).integers(0, 256, (12, 12)).astype(np.uint8)
    y = np.arange(12) % 3
    figure = example_images(X, y, shape, ["a", "b", "c"], per_class=per_class)
    drawn = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title("left") for axes in drawn] == [name for name in "abc" for _ in range(per_class)]
    np.testing.assert_allclose(
        np.asarray(drawn[-1].images[0].get_array()), X[2 + 3 * (per_class - 1)].reshape(shape) / X.max()
    )


def test_errors() -> None:
    with pytest.raises(SymbolNetError, match=r"give \(rows, features\)"):
        feature_distributions(np.zeros((3, 2)), [0, 1], ["a", "b"], ["c"])
    with pytest.raises(SymbolNetError, match="of that product"):
        example_images(np.zeros((3, 5)), [0, 1, 0], (2, 2), ["a", "b"])
