"""What a user of the estimators relies on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sympy
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from unchecked import unchecked

from symbolnet import SymbolNetClassifier, SymbolNetRegressor, load
from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.estimators import evaluate, network_values
from symbolnet.io import NpyBlocks

PAPER = {"weight_sparsity": 0.5, "input_sparsity": 0.2, "unary_sparsity": 0.2, "binary_sparsity": 0.2}
SMALL = {"n_unary": 4, "n_binary": 2, "max_iter": 20, "random_state": 0}
SHORT = {**PAPER, **SMALL}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def classes(n: int = 240, k: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.arange(n) % k
    return rng.normal(size=(n, 4)) + 2 * np.eye(4)[y], np.array(["red", "green", "blue"])[y]


def numbers(n: int = 240) -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(1).uniform(-2, 2, (n, 4))
    return X, 100 + 50 * X[:, 0] * X[:, 1]


@pytest.fixture(scope="module")
def classifier() -> SymbolNetClassifier:
    return SymbolNetClassifier(**SHORT).fit(*classes())


@pytest.fixture(scope="module")
def regressor() -> SymbolNetRegressor:
    return SymbolNetRegressor(**{**SHORT, "max_iter": 100}).fit(*numbers())


def final_row(model: Any) -> int:
    return int(np.flatnonzero(model.equations_["final"])[0])


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_formula_equals_network_on_unseen_data(kind: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    X = classes()[0] if kind == "classifier" else numbers()[0]
    unseen = np.random.default_rng(9).normal(size=(50, 4)) * 3
    network = network_values(model, unseen, trained_on=X)
    formula = model.expression(final_row(model))(unseen)
    assert np.abs(formula - network).max() <= 1e-12 * max(1.0, np.abs(network).max())


def test_equations_table(classifier: SymbolNetClassifier) -> None:
    table = classifier.equations_
    assert {"complexity", "total_complexity", "n_inputs", "loss", "accuracy", "score", "equations", "pareto"} <= set(
        table
    )
    assert table["complexity"].is_monotonic_increasing
    assert table["complexity"][0] == 1  # the constant model
    assert table[table["pareto"]]["loss"].is_monotonic_decreasing
    assert np.isfinite(table.select_dtypes("number").to_numpy(float)).all()
    for row, equations in enumerate(table["equations"]):
        counts = [sum(1 for _ in sympy.preorder_traversal(e)) for e in classifier.sympy(row)]
        assert table["complexity"][row] == np.mean(counts)
        assert len(equations) == 3


def test_classifier_predicts_labels_and_probabilities(classifier: SymbolNetClassifier) -> None:
    X, y = classes()
    assert classifier.score(X, y) > 0.6
    p = classifier.predict_proba(X)
    assert p.sum(1) == pytest.approx(1)
    assert (p >= 0).all()
    assert (classifier.classes_[p.argmax(1)] == classifier.predict(X)).all()
    assert classifier.decision_function(X).shape == (240, 3)


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
def test_two_classes_need_one_formula(loss: str) -> None:
    X, y = classes(k=2)
    model = SymbolNetClassifier(**SHORT, loss=loss).fit(X, y)
    assert model.expression().n_outputs == 1
    assert model.decision_function(X).shape == (240,)
    p = model.predict_proba(X)
    assert ((p[:, 1] > 0.5) == (model.predict(X) == model.classes_[1])).all()
    assert model.score(X, y) > 0.8


def test_regressor_answers_in_the_units_of_y(regressor: SymbolNetRegressor) -> None:
    X, y = numbers()
    assert regressor.score(X, y) > 0.3
    assert regressor.expression()(X)[:, 0] == pytest.approx(regressor.predict(X))


def test_several_targets() -> None:
    X, y = numbers()
    model = SymbolNetRegressor(**SHORT).fit(X, np.column_stack([y, X[:, 2]]))
    assert model.predict(X).shape == (240, 2)
    assert len(model.equations_["equations"][0]) == 2


@pytest.mark.parametrize("loss", ["huber", "poisson", lambda y, f: ((y - f) ** 4).mean(1)])
def test_other_losses(loss: Any) -> None:
    X, y = numbers()
    y = np.round(np.exp(y / 100))
    model = SymbolNetRegressor(**SHORT, loss=loss).fit(X, y)
    assert np.isfinite(model.predict(X)).all()
    if loss == "poisson":
        assert (model.predict(X) > 0).all()


@pytest.mark.parametrize("how", [{"max_complexity": 5}, SHORT])
def test_a_loss_written_with_numpy_is_refused_in_one_line(how: dict[str, Any]) -> None:
    with pytest.raises(SymbolNetError, match=r"^loss '<lambda>' fails when traced .*; write it with jax\.numpy: .*$"):
        SymbolNetRegressor(**how, loss=lambda y, f: np.square(np.asarray(y) - f).mean(1)).fit(*numbers())


def test_every_row_can_predict(classifier: SymbolNetClassifier) -> None:
    X, y = classes()
    for row in range(len(classifier.equations_)):
        assert len(classifier.predict(X, index=row)) == len(y)
    with pytest.raises(SymbolNetError, match="index 99 is not a row of equations_; give 0 to"):
        classifier.predict(X, index=99)


@pytest.mark.parametrize("index", ["a", 1.5, [0]])
def test_a_row_is_a_whole_number(classifier: SymbolNetClassifier, index: Any) -> None:
    with pytest.raises(SymbolNetError, match=f"index {re.escape(repr(index))} is not a row of equations_; give 0 to"):
        classifier.expression(index)
    assert classifier.expression(np.int64(0)) == classifier.expression(0)


def test_budget_is_kept_with_the_papers_objective_too() -> None:
    model = SymbolNetClassifier(max_complexity=30, **SHORT).fit(*classes())
    assert (model.equations_["complexity"] <= 30).all()


@pytest.mark.parametrize("budget", [1, 12.5])
def test_max_complexity_is_a_promise(budget: float) -> None:
    model = SymbolNetClassifier(max_complexity=budget, random_state=0, time_limit=2.0).fit(*classes())
    counted = [
        np.mean([sum(1 for _ in sympy.preorder_traversal(e)) for e in model.sympy(row)])
        for row in range(len(model.models_))
    ]
    assert max(counted) <= budget
    assert counted == model.equations_["complexity"].tolist()


def test_a_regression_by_budget_finds_the_formula() -> None:
    X, y = numbers(600)
    model = SymbolNetRegressor(max_complexity=15, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.999
    assert set(model.selected_features_) == {"x0", "x1"}
    assert list(model.history_) == ["examined", "complexity", "loss"]
    assert len(model.history_) == model.n_iter_
    assert np.isfinite(model.history_.to_numpy()).all()


def test_probabilities_by_budget_are_not_too_certain() -> None:
    """Few rows that a short formula separates: the shares of the classes alone have a log loss of 0.66."""
    X, y = load_breast_cancer(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, stratify=y, random_state=2)
    model = SymbolNetClassifier(max_complexity=20, random_state=2).fit(X, y)
    assert log_loss(y_test, model.predict_proba(X_test)) < 0.3
    assert model.score(X_test, y_test) > 0.9


def test_a_loss_of_counts_is_none_of_classes() -> None:
    with pytest.raises(SymbolNetError, match="'poisson' is for counts"):
        SymbolNetClassifier(loss="poisson", **SHORT).fit(*classes())


def test_latex_table(classifier: SymbolNetClassifier) -> None:
    table = classifier.latex_table()
    assert table.count("\\\\") >= 3
    assert "tabular" in table
    assert "Class & Expression & Complexity" in table


def test_outputs_have_the_names_of_the_targets(tmp_path: Path) -> None:
    X, y = numbers(60)
    two = np.column_stack([y, X[:, 0]])
    quick = {"max_complexity": 3, "random_state": 0, "time_limit": 1.0}
    for target, names in [
        (pd.DataFrame(two, columns=["mass", "p_t"]), ("mass", "p_t")),
        (pd.Series(y, name="mass"), ("mass",)),
        (pd.DataFrame(two), ("y0", "y1")),
        (pd.Series(y), ("y",)),
        (two, ("y0", "y1")),
    ]:
        model = SymbolNetRegressor(**quick).fit(X, target)
        assert model.expression().output_names == names
        assert model.predict(X).shape == np.shape(target)
    model.fit(X, pd.DataFrame(two, columns=["mass", "p_t"])).save(tmp_path / "m.symbolnet")
    table = load(tmp_path / "m.symbolnet").latex_table()
    assert "Output & Expression & Complexity" in table
    assert r"$\mathrm{mass}$ & $" in table
    assert SymbolNetRegressor(**SHORT).fit(X, pd.Series(y, name="mass")).expression().output_names == ("mass",)


def test_complexity_is_in_the_costs_that_were_given(tmp_path: Path) -> None:
    X, y = numbers(200)
    table = {"sin": 8, "constant": 0.5, "*": 2}
    model = SymbolNetRegressor(max_complexity=12, complexity_of_operators=table, random_state=0, time_limit=1.0).fit(
        X, y
    )
    rows = model.equations_
    assert rows["complexity"].max() <= 12
    assert list(rows["complexity"]) == [model.expression(k).cost(table) for k in range(len(rows))]
    assert list(rows["nodes"]) == [model.expression(k).complexity for k in range(len(rows))]
    model.save(tmp_path / "m.symbolnet")
    pd.testing.assert_frame_equal(load(tmp_path / "m.symbolnet").equations_, rows)
    found = evaluate(model, X, y)
    assert found["mean_complexity"] == model.expression().cost(table)
    assert found["mean_nodes"] == model.expression().complexity


def test_the_papers_objective_counts_in_costs_too() -> None:
    model = SymbolNetClassifier(**SHORT, complexity_of_operators="xcvu9p").fit(*classes())
    rows = model.equations_
    assert list(rows["complexity"]) == [model.expression(k).cost("xcvu9p") for k in range(len(rows))]
    assert rows["complexity"].is_monotonic_increasing
    assert "nodes" in rows
    assert model._limit == rows.loc[rows["final"], "complexity"].max()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"complexity_of_operators": "xcvu9"}, "unknown preset 'xcvu9'; did you mean 'xcvu9p'"),
        ({"complexity_of_operators": {"sine": 2}}, "unknown name 'sine'; did you mean 'sin'"),
        ({"max_complexity": 0.5}, "max_complexity is 0.5; a constant costs 1 node, so give at least 1"),
        ({"max_complexity": 4, "complexity_of_operators": {"constant": 5}}, "a constant costs 5, so give at least 5"),
        ({"max_luts": 9, "clock_ns": 0.2}, "clock_ns is 0.2, shorter than a level of logic; give 1 or more"),
        ({"max_luts": 9, "max_latency_ns": 2}, "max_latency_ns is 2, less than one cycle of clock_ns=5; allow more"),
        ({"max_latency_ns": 20}, "max_latency_ns is given without max_luts; give both"),
        ({"max_luts": 9, "weight_sparsity": 0.5}, "max_luts searches by budget, weight_sparsity trains the paper's"),
    ],
)
def test_wrong_costs_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SymbolNetError, match=message):
        SymbolNetClassifier(**settings).fit(*classes())


@pytest.mark.parametrize("settings", [{"max_luts": np.inf}, {"max_luts": -3}, {"max_luts": "many"}, {"clock_ns": 0}])
def test_wrong_limits_on_circuits_are_refused(settings: dict[str, Any]) -> None:
    name = next(iter(settings))
    with pytest.raises(ValueError, match=f"'{name}' parameter of SymbolNetClassifier must be") as caught:
        SymbolNetClassifier(**settings).fit(*classes())
    assert "\n" not in str(caught.value)


def test_names_of_features_reach_the_formulas() -> None:
    X, y = classes()
    frame = pd.DataFrame(X, columns=["mass", "pt (GeV)", "eta", "phi"])
    model = SymbolNetClassifier(**SHORT).fit(frame, y)
    assert set(model.selected_features_) <= set(frame.columns)
    assert {str(s) for e in model.sympy() for s in e.free_symbols} <= {"mass", "pt (GeV)", "pt_GeV", "eta", "phi"} | {
        str(s) for s in sympy.symbols("x0:4")
    }


def test_uint8_equals_floats_of_the_same_scale() -> None:
    X = np.random.default_rng(0).integers(0, 256, (240, 4)).astype(np.uint8)
    y = X[:, 0] > 127
    one = SymbolNetClassifier(**SHORT).fit(X, y)
    other = SymbolNetClassifier(**SHORT, standardize=False).fit(X / 255, y)
    assert one.expression(final_row(one))(X) == pytest.approx(other.expression(final_row(other))(X / 255), abs=1e-3)


def test_constant_columns_are_never_used() -> None:
    X, y = classes()
    X[:, 1] = 7.0
    assert "x1" not in SymbolNetClassifier(**SHORT).fit(X, y).selected_features_


def test_history_and_sparsity(classifier: SymbolNetClassifier) -> None:
    assert len(classifier.history_) == classifier.n_iter_ == 20
    assert set(classifier.sparsity_["type"]) == {"weight", "input", "unary", "binary"}


def test_a_time_limit_too_short_for_a_formula_is_said_plainly() -> None:
    line = (
        "no formula of the inputs was found within time_limit=1e-09 s, so a constant is all there is; allow more time"
    )
    with pytest.warns(ConvergenceWarning, match=f"^{line}$"):
        model = SymbolNetRegressor(max_complexity=5, time_limit=1e-9, random_state=0).fit(*numbers())
    assert model.expression().n_inputs == 0


def test_missed_targets_are_said_plainly() -> None:
    model = SymbolNetClassifier(**{**SHORT, "weight_sparsity": 0.99, "max_iter": 2})
    with pytest.warns(ConvergenceWarning, match=r"trial 0: weight sparsity is 0\.\d+ after 2 epochs, target 0\.99"):
        model.fit(*classes())


def test_a_population_fills_one_table() -> None:
    model = SymbolNetClassifier(**SHORT, n_trials=3).fit(*classes())
    assert set(model.equations_[model.equations_["final"]]["trial"]) == {0, 1, 2}


def test_warm_start_goes_on() -> None:
    X, y = numbers()
    model = SymbolNetRegressor(**SHORT, warm_start=True).fit(X, y)
    before = model.history_["val_loss"].iloc[-1]
    model.fit(X, y)
    assert model.history_["val_loss"].iloc[0] < model.history_["val_loss"].iloc[-1] + before


def test_weights_change_the_fit() -> None:
    X, y = classes(k=2)
    weight = np.where(y == "red", 100.0, 0.01)
    model = SymbolNetClassifier(**SHORT).fit(X, y, sample_weight=weight)
    assert (model.predict(X) == "red").mean() > 0.55


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_a_saved_model_answers_the_same(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    model = request.getfixturevalue(kind)
    X = classes()[0]
    model.save(tmp_path / "m.symbolnet")
    again = load(tmp_path / "m.symbolnet")
    assert (again.predict(X) == model.predict(X)).all()
    pd.testing.assert_frame_equal(again.equations_, model.equations_)
    pd.testing.assert_frame_equal(again.history_, model.history_)
    assert again.get_params()["n_unary"] == model.n_unary
    assert again.best_index_ == model.best_index_


def test_a_damaged_model_is_one_line(classifier: SymbolNetClassifier, tmp_path: Path) -> None:
    file = tmp_path / "m.symbolnet"
    classifier.save(file)
    content = file.read_bytes()
    for cut in (0, 10, len(content) // 2, len(content) - 5):
        file.write_bytes(content[:cut])
        with pytest.raises(ModelFileError) as caught:
            load(file)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", [None, 3])
def test_a_path_that_is_none(classifier: SymbolNetClassifier, path: Any) -> None:
    for use in (classifier.save, unchecked(load)):
        with pytest.raises(SymbolNetError, match=f"^{path} is no path; give the name of a file"):
            use(path)


@pytest.mark.parametrize("kind", [SymbolNetClassifier, SymbolNetRegressor])
@pytest.mark.parametrize("method", ["expression", "sympy", "latex", "latex_table", "circuit"])
def test_nothing_is_shown_before_a_fit(kind: type, method: str) -> None:
    with pytest.raises(NotFittedError):
        getattr(kind(), method)()


def test_run_folder_and_resume(tmp_path: Path) -> None:
    X, y = classes()
    whole = SymbolNetClassifier(**SHORT, run_dir=tmp_path / "a").fit(X, y)
    assert {"config.json", "model.symbolnet", "history.csv", "equations.csv"} <= {
        f.name for f in (tmp_path / "a").iterdir()
    }
    part = SymbolNetClassifier(**SHORT, run_dir=tmp_path / "b", time_limit=1e-9).fit(X, y)
    assert part.stopped_ == "time_limit"
    again = SymbolNetClassifier(**SHORT, run_dir=tmp_path / "b", resume=True).fit(X, y)
    assert again.expression(final_row(again)) == whole.expression(final_row(whole))
    assert (load(tmp_path / "b").predict(X) == whole.predict(X)).all()
    with pytest.raises(
        SymbolNetError, match="holds a run already; choose a new folder, or go on with it by resume=True"
    ):
        SymbolNetClassifier(**SHORT, run_dir=tmp_path / "a").fit(X, y)


def test_blocks_from_disk(tmp_path: Path) -> None:
    X, y = numbers(400)
    np.save(tmp_path / "X.npy", X.astype(np.float32))
    np.save(tmp_path / "y.npy", y)
    model = SymbolNetRegressor(**SHORT).fit(NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy"))
    assert np.isfinite(model.predict(X)).all()


# --- wrong input ---------------------------------------------------------------------------------------------------

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"unary_operators": ("sni",)}, r"did you mean 'sin'\?"),
    ({"unary_operators": ("*",)}, "takes 2 argument"),
    ({"binary_operators": ("sin",)}, "takes 1 argument"),
    ({"unary_operators": (3,)}, "operator 3 is not a name"),
    ({"unary_operators": [["sin", None]]}, "operator None is not a name"),
    ({"unary_operators": ("sin", 3), **dict.fromkeys(PAPER), "max_complexity": 5}, "operator 3 is not a name"),
    ({"run_dir": 3}, "'run_dir' parameter of SymbolNetClassifier must be .* Got 3 instead"),
    ({"resume": True}, "resume=True goes on with the run in run_dir, and run_dir is None; give the folder"),
    ({"weight_sparsity": 1.0}, r"\[0(\.0)?, 1(\.0)?\)"),
    ({"input_sparsity": -0.1}, r"\[0(\.0)?, 1(\.0)?\)"),
    ({"n_unary": 0, "n_binary": 0}, "at least one node"),
    ({"n_unary": [3, 4]}, "has 2 entries for n_layers=1"),
    ({"loss": "sme"}, "did you mean"),
    ({"max_iter": 0}, "max_iter"),
    ({"model_selection": "bets"}, "model_selection"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_wrong_parameters(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        SymbolNetClassifier(**{**SHORT, **change}).fit(*classes())
    assert "\n" not in str(caught.value)


def spoiled(value: float) -> tuple[np.ndarray, np.ndarray]:
    X, y = classes()
    X[3, 1] = value
    return X, y


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda: spoiled(np.nan), "NaN"),
        (lambda: spoiled(np.inf), "infinity"),
        (lambda: spoiled(1e308), "too large"),
        (lambda: (classes()[0], np.full(240, "red")), "only one class"),
        (lambda: (classes()[0], classes()[1][:100]), "inconsistent numbers of samples"),
        (lambda: (np.full((240, 4), "text"), classes()[1]), "convert"),
    ],
)
def test_wrong_data(data: Callable[[], tuple[Any, Any]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SymbolNetClassifier(**SHORT).fit(*data())


def test_regression_of_text_is_refused() -> None:
    with pytest.raises(ValueError, match="y holds text"):
        SymbolNetRegressor(**SHORT).fit(*classes())


def test_outliers_and_degenerate_columns_end_finite() -> None:
    X, y = numbers()
    X[::13] *= 1e6
    X = np.column_stack([X, X[:, 0], np.full(len(X), 3.0)])
    operators = {"unary_operators": ("exp", "cosh", "cube", "log"), "binary_operators": ("*", "/")}
    model = SymbolNetRegressor(**{**SHORT, **operators, "learning_rate": 0.5}).fit(X, y)
    assert np.isfinite(model.predict(X)).all()
    assert np.isfinite(model.equations_.select_dtypes("number").to_numpy(float)).all()


class Recorder:
    """A scikit-learn callback that notes the validation loss of each epoch and stops after some."""

    def __init__(self, stop_after: int) -> None:
        self.stop_after = stop_after
        self.losses: list[float] = []

    def setup(self, estimator: Any, context: Any) -> None: ...

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None: ...

    def on_fit_task_end(self, estimator: Any, context: Any, *, metadata: Any = None) -> bool:
        if metadata is not None:
            self.losses.append(metadata["val_loss"])
        return len(self.losses) >= self.stop_after

    def teardown(self, estimator: Any, context: Any) -> None: ...


@pytest.mark.parametrize("how", [{**SHORT, "max_iter": 300}, {"max_complexity": 20, "random_state": 0}])
def test_scikit_learn_callbacks_see_progress_and_may_stop(how: dict[str, Any]) -> None:
    recorder = Recorder(stop_after=2)
    model = SymbolNetClassifier(**how).set_callbacks(recorder).fit(*classes())
    assert model.stopped_ == "callback"
    assert len(recorder.losses) >= 2
    assert np.isfinite(recorder.losses).all()
    assert len(model.equations_) >= 1


# --- LUTs -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def known_front(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], None]:
    """A function that puts formulas in place of the search for them, and shortens that for precision."""
    import symbolnet.estimators._budget as budget
    import symbolnet.hardware._within as within
    from symbolnet.budget import FrontModel
    from symbolnet.expression import Expression

    monkeypatch.setattr(within, "_QUICK", 30)
    monkeypatch.setattr(within, "_LONG", 40)

    def put(rows: list[str]) -> None:
        names = [f"x{k}" for k in range(4)]
        made = [Expression.from_sympy([sympy.sympify(text) for text in row.split("; ")], names) for row in rows]

        def front(*_: Any, max_complexity: float, **__: Any) -> tuple[FrontModel, ...]:
            return tuple(FrontModel(e, e.complexity, 1.0) for e in made if e.complexity <= max_complexity)

        monkeypatch.setattr(budget, "fit_front", front)

    return put


CLASS_ROWS = [
    "0.1; 0.2; 0.3",
    "x2; x1; x0",
    "x2 + 0.1; tanh(x1 + x0); 1.2*x0",
    "tanh(x2 - x1)*x0; exp(x1*x2); sin(x1*x0)",
]


def test_max_luts_is_a_promise(known_front: Callable[[list[str]], None], tmp_path: Path) -> None:
    from symbolnet.hardware import emulate, export, score_of_model, synthesise

    known_front(CLASS_ROWS)
    X, y = classes()
    model = SymbolNetClassifier(max_luts=60, clock_ns=4.0, max_complexity=4, random_state=0).fit(X, y)
    table = model.equations_
    assert (table["luts"] <= 60).all()
    assert (table["complexity"] <= 4).all()
    assert (table["luts"][0], table["counted_by"][0]) == (0, "no logic")  # the constant
    assert model.best_index_ == table["circuit_accuracy"].argmax() > 0
    assert np.isfinite(table.select_dtypes("number").to_numpy(float)).all()
    circuit = model.circuit()
    assert circuit.program is not None
    # 240 rows: all of them serve to choose the precision.
    assert score_of_model(model, y)(emulate(circuit.program, X)) == circuit.score > 0.7
    bundle = export(model.expression(), tmp_path / "b", precision=circuit.program, clock_ns=4.0)
    found = synthesise(bundle, dsp=False)
    assert (found.lut, found.latency_ns) == (circuit.luts, circuit.latency_ns)
    model.save(tmp_path / "m")
    again = load(tmp_path / "m")
    assert again.circuit().to_json() == circuit.to_json()
    pd.testing.assert_frame_equal(again.equations_, table)


def test_a_regressor_within_luts(known_front: Callable[[list[str]], None]) -> None:
    known_front(["3.0", "3 + tanh(x0 - x1)"])
    X = np.random.default_rng(1).uniform(-2, 2, (300, 4))
    y = 3 + np.tanh(X[:, 0] - X[:, 1])
    model = SymbolNetRegressor(max_luts=60, random_state=0).fit(X, y, np.where(X[:, 0] > 0, 2.0, 1.0))
    best = model.equations_.loc[model.best_index_]
    assert 0 < best["luts"] <= 60
    assert 0.9 < best["circuit_r2"] < best["r2"]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (
            ["3.0", "x0*x1"],
            r"max_luts=1: the smallest circuit takes about \d+, so a constant is all there is; allow more",
        ),
        (["3.0"], "no formula of the inputs was found, so a constant is all there is"),
    ],
)
def test_where_nothing_fits_the_constant_is_left(
    rows: list[str], line: str, known_front: Callable[[list[str]], None]
) -> None:
    known_front(rows)
    X, y = numbers()
    with pytest.warns(ConvergenceWarning, match=line):
        model = SymbolNetRegressor(max_luts=1, random_state=0).fit(X, y)
    assert model.equations_["luts"].tolist() == [0]
    assert np.unique(model.predict(X)).size == 1


def test_the_complexity_that_luts_may_pay_for() -> None:
    from symbolnet.estimators._circuits import complexity_budget

    def budget(n_outputs: int, **settings: Any) -> float:
        return complexity_budget(SymbolNetClassifier(**settings), n_outputs)

    assert budget(5, max_luts=300) == 60
    assert budget(5, max_luts=300, max_complexity=20) == 20
    assert budget(5, max_luts=1) == budget(1, max_luts=1) == 12
    assert budget(1, max_luts=1e9) == 400
    assert budget(5, max_luts=300, complexity_of_operators=dict.fromkeys(("constant", "variable", "+", "*"), 3)) == 180
    assert budget(5, max_complexity=7.5) == 7.5


def test_a_fit_without_luts_has_no_circuit(classifier: SymbolNetClassifier) -> None:
    assert "luts" not in classifier.equations_
    with pytest.raises(SymbolNetError, match="this fit has no circuits; fit with max_luts"):
        classifier.circuit()
