"""Stored formulas come back equal; hostile ones are refused in one line."""

import io
import json

import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.expression import Expression, unroll
from symbolnet.expression._expression import MOST_WRITTEN, shown
from symbolnet.expression._graph import KINDS

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds)
def test_round_trip_through_json_and_npz(seed, random_network):
    expression = unroll(random_network(seed), ["a", "b", "c", "mass (GeV)"])
    manifest, arrays = expression.to_dict()
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    with np.load(file, allow_pickle=False) as stored:
        again = Expression.from_dict(json.loads(json.dumps(manifest)), dict(stored))
    assert again == expression
    samples = np.random.default_rng(seed).normal(size=(5, 4))
    np.testing.assert_array_equal(again(samples), expression(samples))


def stored() -> tuple[dict, dict]:
    x, y = sympy.symbols("x y")
    formula = 2.0 * sympy.sin(x) + sympy.Max(0, x * y) + x**3 + sympy.exp(-(y**2)) + 1.5
    manifest, arrays = Expression.from_sympy([formula, x], [x, y]).to_dict()
    return json.loads(json.dumps(manifest)), {name: array.copy() for name, array in arrays.items()}


def change(name, value, where=0):
    def apply(manifest, arrays):
        array = arrays[name]
        array[where] = value

    return apply


def replaced(name, make):
    def apply(manifest, arrays):
        arrays[name] = make(arrays[name])

    return apply


def renamed(key, value):
    def apply(manifest, arrays):
        manifest[key] = value

    return apply


HOSTILE = {
    "no format": renamed("format", None),
    "format zero": renamed("format", 0),
    "later format": renamed("format", 99),
    "names not a list": renamed("input_names", "xy"),
    "names not text": renamed("input_names", [1, 2]),
    "too few inputs": renamed("input_names", ["x"]),
    "too many outputs": renamed("output_names", ["a", "b", "c"]),
    "kinds missing": renamed("kinds", None),
    "unknown operator": renamed("kinds", ["const", "input", "sum", "prod", "pow", "system", *KINDS[6:]]),
    "kind out of range": change("kind", 200),
    "array missing": lambda m, a: a.pop("coef"),
    "array of objects": replaced("value", lambda v: v.astype(object)),
    "wrong type": replaced("child", lambda v: v.astype(np.float64)),
    "two dimensions": replaced("coef", lambda v: v[None]),
    "a list": replaced("coef", lambda v: v.tolist()),
    "not finite": change("value", np.nan),
    "infinite coefficient": change("coef", np.inf, -1),
    "zero coefficient": change("coef", 0.0, -1),
    "limit zero": replaced("limit", np.zeros_like),
    "limit nan": replaced("limit", lambda v: v * np.nan),
    "limit missing": replaced("limit", lambda v: np.full_like(v, np.inf)),
    "cycle": replaced("child", lambda v: v * 0 + len(v)),
    "negative child": change("child", -1),
    "huge child": change("child", 2**60),
    "start decreases": change("start", 10**9, 2),
    "start negative": change("start", -5, 1),
    "start short": replaced("start", lambda v: v[:-1]),
    "no nodes": lambda m, a: a.update({k: v[:0] for k, v in a.items()}),
    "output out of range": change("outputs", 10**6),
    "output negative": change("outputs", -1),
    "all are inputs": replaced("kind", lambda v: v * 0 + 1),
    "all are conditions": replaced("kind", lambda v: v * 0 + len(KINDS) - 1),
    "all are powers": replaced("kind", lambda v: v * 0 + 4),
}


@pytest.mark.parametrize("attack", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_file_is_refused(attack):
    manifest, arrays = stored()
    assert Expression.from_dict(manifest, arrays)
    attack(manifest, arrays)
    with pytest.raises(ModelFileError) as caught:
        Expression.from_dict(manifest, arrays)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("junk", [None, [], "text", 3])
def test_junk_instead_of_a_manifest(junk):
    with pytest.raises(ModelFileError):
        Expression.from_dict(junk, {})


@example(31066298)  # an exponent next to zero
@given(st.integers(0, 2**32 - 1))
def test_random_damage_never_crashes(seed):
    """Whatever a byte turns into, the file is refused or gives a formula that evaluates and prints."""
    rng = np.random.default_rng(seed)
    manifest, arrays = stored()
    name = rng.choice(sorted(arrays))
    array = arrays[name]
    raw = bytearray(array.tobytes())
    for _ in range(rng.integers(1, 4)):
        raw[rng.integers(len(raw))] = rng.integers(256)
    arrays[name] = np.frombuffer(bytes(raw), dtype=array.dtype).copy()
    try:
        expression = Expression.from_dict(manifest, arrays)
    except ModelFileError:
        return
    assert expression(np.ones((2, 2))).shape == (2, 2)
    if expression.total_complexity <= MOST_WRITTEN:
        assert len(expression.text()) == 2


def doubling(n, kind=3, children=2):
    """x*x, its square, and so on: a tree of 2**n leaves in n nodes."""
    arrays = {
        "kind": np.array([1] + [kind] * n, dtype=np.uint8),
        "value": np.zeros(n + 1),
        "limit": np.array([np.inf] + [1e12] * n),
        "start": np.array([0, *range(0, children * n + 1, children)], dtype=np.int64),
        "child": np.repeat(np.arange(n), children),
        "coef": np.ones(children * n),
        "outputs": np.array([n]),
    }
    return {"format": 1, "kinds": list(KINDS), "input_names": ["x"], "output_names": ["y"]}, arrays


def test_a_small_file_with_an_astronomical_tree_is_read_but_not_written_out():
    """A network of many layers that nothing pruned is such a one."""
    expression = Expression.from_dict(*doubling(200))
    assert expression.complexity > 1e60
    np.testing.assert_array_equal(expression(np.array([[1.0], [0.5]])), [[1.0], [0.0]])
    assert Expression.from_dict(*expression.to_dict()) == expression
    assert len(expression.python()) + len(expression.c()) < 200_000
    for write in (expression.text, expression.latex, expression.sympy):
        with pytest.raises(SymbolNetError, match=r"too long to be written out; choose a simpler one") as caught:
            write()
        assert "\n" not in str(caught.value)
    assert shown(expression, 3) == [f"({expression.complexity:.3g} nodes, too long to be written out)"]
    with pytest.raises(ModelFileError, match="complexity is not finite"):
        Expression.from_dict(*doubling(400, children=10))


def test_what_could_not_be_read_is_not_saved():
    x = sympy.Symbol("x" * 5000)
    long = Expression.from_sympy([x + 1], [x])
    assert Expression.from_dict(*long.to_dict()) == long
    for formula, cause in ((x**1001, "an exponent is zero or beyond 1000"), (x ** (-2000.5), "an exponent")):
        with pytest.raises(SymbolNetError, match=f"cannot be saved: {cause}") as caught:
            Expression.from_sympy([formula], [x]).to_dict()
        assert "\n" not in str(caught.value)
