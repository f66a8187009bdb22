"""The page holds what the model says, loads nothing, and cannot be broken by a name."""

import base64
import shlex
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning

from symbolnet import SymbolNetClassifier, SymbolNetRegressor
from symbolnet._errors import SymbolNetError
from symbolnet.estimators import evaluate
from symbolnet.report import Subject, report_page

VOID = {"meta", "img", "br", "link", "wbr"}
Fitted = tuple[Any, Any, Any]


class Page(HTMLParser):
    """Text, addresses and headings of a page; fails on a tag that is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.addresses += [given[name] or "" for name in ("src", "href") if name in given]
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def images(self) -> list[str]:
        """The pictures, as the SVG that they are."""
        start = "data:image/svg+xml;base64,"
        return [base64.b64decode(a.removeprefix(start)).decode() for a in self.addresses if a.startswith(start)]


@pytest.fixture(scope="module")
def classes() -> Fitted:
    X, y = load_iris(return_X_y=True, as_frame=True)
    model = SymbolNetClassifier(n_unary=4, n_binary=2, weight_sparsity=0.5, max_iter=5, random_state=0)
    with pytest.warns(ConvergenceWarning):  # five epochs reach no target
        return model.fit(X, y), X, y


@pytest.fixture(scope="module")
def values() -> Fitted:
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    return SymbolNetRegressor(max_complexity=9, random_state=0, time_limit=10).fit(X, y), X, y


def test_the_page_is_complete_in_itself(classes: Fitted) -> None:
    model, X, y = classes
    page = Page(report_page(model, X, y))
    assert all(a.startswith(("data:image/svg+xml", "#")) for a in page.addresses)
    assert "script" not in page.tags
    assert {a[1:] for a in page.addresses if a.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert all("<svg" in image for image in page.images())


def test_it_says_what_the_model_says(classes: Fitted) -> None:
    model, X, y = classes
    page, expression = Page(report_page(model, X, y)), model.expression()
    exact = evaluate(model, X, y)
    assert f"150 rows: accuracy {exact['accuracy']:.4f}, AUC {exact['auc']:.4f}" in page.text
    assert page.tags.count("math") >= expression.n_outputs
    for line, nodes in zip(expression.text(), expression.complexities, strict=True):
        assert line in page.text
        assert f"{nodes} nodes" in page.text
    for source in (expression.python(), expression.c()):
        assert " ".join(source.split()) in page.text
    for k, row in model.equations_.iterrows():
        assert (f"row-{k}" in page.ids) == row["pareto"]
    assert "weight 0.5" in page.text
    assert len(page.images()) == 5  # front, inputs, ROC, confusion, curves


def test_a_page_of_a_regression(values: Fitted) -> None:
    model, X, y = values
    page, exact = Page(report_page(model, X, y, index=1)), evaluate(model, X, y, 1)
    assert f"442 rows: R² {exact['r2']:.4f}, RMSE {exact['rmse']:.5g}" in page.text
    assert "Row 1 of the models" in page.text
    assert "models examined" in page.text
    assert "training" not in page.ids  # a fit by budget has no curves of Fig. 7
    assert len(page.images()) == 3  # front, inputs, predictions
    assert report_page(model, index=1) == report_page(model, index=1 - len(model.models_))


def test_the_same_model_gives_the_same_page(values: Fitted) -> None:
    model, X, y = values
    assert report_page(model, X, y) == report_page(model, X, y)


def test_a_constant_uses_no_input(values: Fitted) -> None:
    page = Page(report_page(values[0], index=0))
    assert "The formula is a constant and uses no input." in page.text


def test_a_row_with_fewer_digits(values: Fitted) -> None:
    model, X, y = values
    page = Page(report_page(model, X, y, digits=2))
    assert "Constants are shown with 2 digits" in page.text
    rounded = evaluate(model, X, y)
    assert f"all {rounded['mean_complexity']:.1f}" in page.text


def test_names_cannot_break_the_page() -> None:
    hostile = ["<script>alert(1)</script>", 'a"b', "c&d", "e</pre>f"]
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(80, 4)), columns=hostile)
    y = np.where(X.sum(axis=1) > 0, "<b>yes</b>", "</section>no")
    model = SymbolNetClassifier(n_unary=2, n_binary=1, max_iter=2, random_state=0).fit(X, y)
    subject = Subject("<run>", {"data": "<data>.csv", "target": ["</title>"], "task": "classification"}, "<rows>")
    page = Page(report_page(model, X, y, subject=subject))
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert "for <data>.csv" in page.text
    assert "'<data>.csv' --target '</title>'" in page.text


def test_images_and_many_inputs() -> None:
    X = np.random.default_rng(0).normal(size=(60, 64))
    model = SymbolNetRegressor(n_unary=4, n_binary=0, max_iter=2, random_state=0).fit(X, X[:, 0])
    index = int(np.argmax(model.equations_["n_inputs"]))
    as_image = Page(report_page(model, index=index, subject=Subject(image=(8, 8))))
    assert "pixels" in "".join(as_image.images())
    listed = Page(report_page(model, index=index))
    assert len(listed.images()) == len(as_image.images()) - 1
    assert "x63" in listed.text


def test_the_command_fits_the_same_again(classes: Fitted) -> None:
    from symbolnet.cli._settings import from_options

    model = classes[0]
    page = Page(report_page(model, subject=Subject(config={"data": "my iris.csv", "target": ["kind"], "task": None})))
    command = next(words for words in page.words if words.startswith("symbolnet fit"))
    words = shlex.split(command)
    assert words[:5] == ["symbolnet", "fit", "my iris.csv", "--target", "kind"]
    assignments = [words[k + 1] for k, word in enumerate(words) if word == "--set"]
    again = from_options(
        assignments, None, max_complexity=None, target=(), task=None, known=SymbolNetClassifier._get_param_names()
    )
    assert SymbolNetClassifier(**again.parameters).get_params() == model.get_params()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"index": 999}, "is not a row of equations_"),
        ({"X": np.zeros((3, 4))}, "X and y belong together"),
        ({"X": np.zeros((3, 4)), "y": np.array([0, 1])}, "one target for each row"),
        ({"X": np.zeros((2, 4)), "y": np.array([0, 9])}, "the model does not know"),
        ({"subject": Subject(image=(3, 3))}, "shape"),
    ],
)
def test_what_does_not_fit_is_refused(classes: Fitted, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SymbolNetError, match=message):
        report_page(classes[0], **arguments)
