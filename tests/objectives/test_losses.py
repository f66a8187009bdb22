"""Data losses against scikit-learn, SciPy and hand calculation."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import huber as scipy_huber
from sklearn.metrics import log_loss, mean_poisson_deviance, mean_squared_error

from symbolnet._errors import SymbolNetError, UnknownNameError
from symbolnet.objectives import check_loss, get_loss, loss_names, weighted_mean

RNG = np.random.default_rng(0)
F = RNG.normal(size=(50, 3))
ONE_HOT = np.eye(3)[RNG.integers(0, 3, 50)]


def value(name: str, y: np.ndarray, f: np.ndarray) -> float:
    return float(jnp.mean(get_loss(name).function(jnp.asarray(y), jnp.asarray(f))))


def test_mse() -> None:
    assert value("mse", ONE_HOT, F) == pytest.approx(mean_squared_error(ONE_HOT, F), rel=1e-5)


def test_cross_entropy_of_several_classes() -> None:
    p = np.exp(F) / np.exp(F).sum(1, keepdims=True)
    assert value("cross_entropy", ONE_HOT, F) == pytest.approx(log_loss(ONE_HOT.argmax(1), p), rel=1e-5)


def test_cross_entropy_of_two_classes() -> None:
    y, f = ONE_HOT[:, :1], F[:, :1]
    assert value("cross_entropy", y, f) == pytest.approx(log_loss(y[:, 0], 1 / (1 + np.exp(-f[:, 0]))), rel=1e-5)


def test_huber() -> None:
    expected = scipy_huber(1.0, ONE_HOT * 3 - F).mean()
    assert value("huber", ONE_HOT * 3, F) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("rate", [0.5, 20.0, 1e6])
def test_poisson_is_half_the_deviance(rate: float) -> None:
    y = RNG.poisson(rate, (50, 1)).astype(float)
    f = np.log(rate) + 0.3 * F[:, :1]
    assert value("poisson", y, f) == pytest.approx(mean_poisson_deviance(y, np.exp(f)) / 2, rel=1e-4)


def test_poisson_is_least_at_the_count_and_zero_there() -> None:
    y = jnp.asarray([[1.0], [7.0], [1e5]])
    loss = get_loss("poisson").function
    assert np.abs(np.asarray(loss(y, jnp.log(y)))).max() < 1e-2  # of 1e5 counts, by the rounding of log y
    assert (np.asarray(loss(y, jnp.log(y) + 0.3)) > 0).all()
    assert (np.asarray(loss(y, jnp.log(y) - 0.3)) > 0).all()


@pytest.mark.parametrize("count", [0.0, 1.0, 3.0, 1e4])
@pytest.mark.parametrize("f", [-3.0, 0.5, 9.0])
def test_poisson_has_the_gradient_of_the_likelihood(count: float, f: float) -> None:
    loss = get_loss("poisson").function
    slope = jax.grad(lambda f: loss(jnp.asarray([[count]], jnp.float32), f)[0])(jnp.asarray([[f]], jnp.float32))
    assert float(slope[0, 0]) == pytest.approx(np.exp(f) - count, rel=1e-4)


def test_poisson_pulls_back_from_beyond_its_cap() -> None:
    slope = jax.grad(lambda f: get_loss("poisson").function(jnp.asarray([[5.0]]), f)[0])(jnp.asarray([[40.0]]))
    assert 0 < slope[0, 0] < np.inf


@pytest.mark.parametrize("name", loss_names())
def test_finite_at_extreme_values(name: str) -> None:
    f = jnp.asarray([[1e6, -1e6], [-1e6, 1e6]])
    assert np.isfinite(np.asarray(get_loss(name).function(jnp.asarray([[1.0, 0.0], [1.0, 0.0]]), f))).all()


def test_any_callable() -> None:
    def absolute(y: jnp.ndarray, f: jnp.ndarray) -> jnp.ndarray:
        return jnp.mean(jnp.abs(y - f), axis=1)

    loss = get_loss(absolute)
    assert (loss.name, loss.link) == ("absolute", "identity")
    assert loss.function(jnp.ones((2, 1)), jnp.zeros((2, 1))).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (lambda y, f: np.abs(np.asarray(y) - f).mean(1), "fails when traced \\(TracerArrayConversionError: .*\\)"),
        (lambda y: y, "fails when traced \\(TypeError: .*\\)"),
        (lambda y, f: (y - f) ** 2, "gives float32\\[6, 3\\] for 6 samples"),
        (lambda y, f: jnp.mean((y - f) ** 2, axis=0), "gives float32\\[3\\] for 6 samples"),
        (lambda y, f: jnp.all(y == f, axis=1), "gives bool\\[6\\] for 6 samples"),
        (lambda y, f: [y, f], "gives a list"),
        (lambda y, f: None, "gives a NoneType"),
    ],
)
def test_a_function_that_is_no_loss_is_one_line(function: Any, cause: str) -> None:
    remedy = r"write it with jax.numpy: \(y, f\) of shape \(samples, outputs\) -> \(samples,\)"
    with pytest.raises(SymbolNetError, match=f"^loss '<lambda>' {cause}; {remedy}$"):
        check_loss(get_loss(function), 3)


@pytest.mark.parametrize("outputs", [1, 4])
def test_losses_pass_the_check(outputs: int) -> None:
    for name in loss_names():
        check_loss(get_loss(name), outputs)
    check_loss(get_loss(lambda y, f: ((y - f) ** 4).mean(1)), outputs)


def test_unknown_name_is_one_line_with_the_closest() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown loss 'crossentrpy': did you mean 'crossentropy'\?"):
        get_loss("crossentrpy")


def test_weighted_mean() -> None:
    v, w = jnp.asarray([1.0, 2.0, 6.0]), jnp.asarray([1.0, 1.0, 0.0])
    assert float(weighted_mean(v, None)) == 3.0
    assert float(weighted_mean(v, w)) == 1.5
    assert float(weighted_mean(v, jnp.zeros(3))) == 0.0


def test_a_callable_is_not_taken_for_the_loss_whose_name_it_has() -> None:
    def mse(y: jnp.ndarray, f: jnp.ndarray) -> jnp.ndarray:
        return jnp.mean(jnp.abs(y - f), axis=1)

    assert get_loss(mse).name == "custom mse"
