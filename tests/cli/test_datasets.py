"""`symbolnet datasets`."""

from typing import Any

import pytest

from symbolnet.datasets import names


def test_the_list_names_every_data_set(symbolnet: Any) -> None:
    result = symbolnet.ok("datasets")
    lines = result.stdout.splitlines()
    assert lines[2].split() == ["digits", "1347", "450", "64", "10", "scikit-learn"]
    assert [line.split()[0] for line in lines[2 : 2 + len(names())]] == list(names())
    assert max(map(len, lines)) <= 80
    assert [record["name"] for record in symbolnet.json("datasets")] == list(names())


def test_a_description(symbolnet: Any) -> None:
    assert symbolnet.ok("datasets", "digits").stdout == (
        "digits   handwritten digits, 8 x 8 grey pixels from 0 to 16\n"
        "task     classification, 10 classes\n"
        "rows     1347 to train on, 450 to test\n"
        "inputs   64\n"
        "where    scikit-learn\n"
        "source   Alpaydin and Kaynak, UCI; scikit-learn load_digits\n"
        "licence  CC BY 4.0\n"
    )
    assert symbolnet.json("datasets", "MNIST")["n_features"] == 784


def test_get(symbolnet: Any) -> None:
    told = symbolnet.json("datasets", "get", "eql_f1")
    assert (told["n_train"], told["where"]) == (1000, "computed")
    assert symbolnet.ok("datasets", "get", "digits").stdout.startswith("digits: 1347 rows to train on, 450 to test")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["mnst"], "unknown data set 'mnst'; did you mean 'mnist'?"),
        (["get", "mnst"], "unknown data set 'mnst'; did you mean 'mnist'?"),
        (["get"], "datasets get: give a name, or get and a name"),
        (["a", "b"], "datasets a b: give a name, or get and a name"),
    ],
)
def test_refused(symbolnet: Any, words: list[str], line: str) -> None:
    assert symbolnet.refused("datasets", *words) == line
