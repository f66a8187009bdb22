"""Products of powers: each once, with its values, as far as the grammar goes."""

import numpy as np
import pytest

from symbolnet.growth._functions import grammar
from symbolnet.growth._products import products
from symbolnet.growth._tree import Power
from symbolnet.growth._values import make_rows


@pytest.mark.parametrize("binary", [("+",), ("+", "*"), ("+", "*", "/")])
def test_values_are_those_of_numpy_and_no_product_is_there_twice(binary: tuple[str, ...]) -> None:
    x = np.random.default_rng(0).uniform(0.5, 2, (4, 30))
    made = products(make_rows(x, x[0], np.ones(30)), grammar(("sqrt", "square"), binary))
    names = set()
    for factors, value in zip(made.factors, made.value, strict=True):
        powers = {f.column: f.exponent for f in factors if isinstance(f, Power)}
        names.add(tuple(sorted(powers.items())))
        np.testing.assert_allclose(value, np.prod([x[k] ** e for k, e in powers.items()], axis=0))
        assert len(powers) == 1 or "*" in binary
        assert min(powers.values()) > 0 or "/" in binary
    assert len(names) == len(made.factors)
    three = any(len(factors) == 3 for factors in made.factors)
    assert three == ("*" in binary)


def test_roots_of_negative_inputs_and_infinite_values_are_left_out() -> None:
    x = np.stack([np.linspace(-1, 1, 21), np.linspace(1, 2, 21)])
    made = products(make_rows(x, x[0], np.ones(21)), grammar(("sqrt",), ("+", "*", "/")))
    assert np.isfinite(made.value).all()
    rooted = [f.column for part in made.factors for f in part if isinstance(f, Power) and f.exponent == 0.5]
    assert set(rooted) == {1}
