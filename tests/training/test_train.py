"""Training: populations, resuming, stopping, and data that never fits the mould."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symbolnet._errors import ModelFileError, SymbolNetError
from symbolnet.io import NpyBlocks
from symbolnet.network import Architecture
from symbolnet.objectives import get_loss
from symbolnet.training import BlockFeed, Progress, TrainData, TrainResult, TrainSettings, Trial, history_columns, train

EPOCHS = 60  # four compiled calls of 15 epochs
ARCHITECTURE = Architecture(4, 1, (3,), (2,), (("sin", "tanh", "exp"),), (("*", "/"),))
TRIALS = (Trial(0, 0.6, 0.3, 0.3, 0.5, learning_rate=0.01), Trial(7, 0.8, 0.5, 0.6, 0.0, learning_rate=0.02))


def problem(n: int = 200) -> TrainData:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4)).astype(np.float32)
    return TrainData(X, (X[:, :1] * X[:, 1:2] + 0.5 * X[:, 2:3]).astype(np.float32))


def settings(**changes: object) -> TrainSettings:
    return TrainSettings(**{"loss": get_loss("mse"), "metric": "r2", "max_iter": EPOCHS, "batch_size": 32, **changes})


def run(**changes: object) -> TrainResult:
    data = problem()
    return train(
        ARCHITECTURE,
        changes.pop("trials", TRIALS),
        data,
        data,
        settings(**{k: changes.pop(k) for k in list(changes) if k in ("max_iter", "patience", "time_limit")}),
        **changes,
    )


def weights(result: TrainResult) -> list[bytes]:
    return [a.tobytes() for s in result.final for a in (s.network.layers[0].weight, s.network.output_weight)]


@pytest.fixture(scope="module")
def whole() -> TrainResult:
    return run()


def test_history_has_every_curve_for_every_epoch_and_trial(whole: TrainResult) -> None:
    assert set(whole.history) == set(history_columns())
    assert all(column.shape == (EPOCHS, 2) for column in whole.history.values())
    assert all(np.isfinite(column).all() for column in whole.history.values())


def test_training_lowers_the_loss_and_raises_sparsity(whole: TrainResult) -> None:
    assert (whole.history["loss_error"][-1] < whole.history["loss_error"][0]).all()
    assert (whole.history["sparsity_weight"][-1] > 0).all()


def test_a_second_run_has_the_same_bits(whole: TrainResult) -> None:
    assert weights(run()) == weights(whole)


def test_member_of_a_population_trains_as_it_would_alone(whole: TrainResult) -> None:
    alone = run(trials=TRIALS[1:])
    together = whole.final[1].network.layers[0].weight
    assert alone.history["loss_error"][:3, 0] == pytest.approx(whole.history["loss_error"][:3, 1], rel=1e-3)
    assert together.shape == alone.final[0].network.layers[0].weight.shape


@pytest.mark.parametrize("stop_after", [1, 40])
def test_resumed_run_equals_the_uninterrupted_one(whole: TrainResult, tmp_path: Path, stop_after: int) -> None:
    def stop(progress: Progress) -> bool:
        return progress.epoch >= stop_after

    file = tmp_path / "checkpoint.symbolnet"
    first = run(callback=stop, checkpoint=file)
    assert first.stopped == "callback"
    assert first.n_iter < EPOCHS
    second = run(checkpoint=file, resume=True)
    assert weights(second) == weights(whole)
    for name, column in whole.history.items():
        assert (second.history[name] == column).all()
    assert [s.val_loss for s in second.snapshots] == [s.val_loss for s in whole.snapshots]


def test_checkpoint_of_other_settings_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.symbolnet"
    run(max_iter=2, checkpoint=file, callback=lambda p: True)
    with pytest.raises(ModelFileError, match="other settings"):
        run(trials=TRIALS[:1], checkpoint=file, resume=True)


@pytest.mark.parametrize("max_iter", [11, 14, 30])
def test_a_resumed_run_keeps_to_another_max_iter(tmp_path: Path, max_iter: int) -> None:
    file = tmp_path / "checkpoint.symbolnet"
    assert run(max_iter=20, checkpoint=file, callback=lambda p: True).n_iter == 10
    second = run(max_iter=max_iter, checkpoint=file, resume=True)
    uninterrupted = run(max_iter=max_iter)
    assert second.n_iter == uninterrupted.n_iter == max_iter
    assert weights(second) == weights(uninterrupted)
    assert (second.history["val_loss"] == uninterrupted.history["val_loss"]).all()


def test_a_run_that_ended_can_have_more_epochs(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.symbolnet"
    assert run(max_iter=12, checkpoint=file).stopped == "max_iter"
    again = run(max_iter=12, checkpoint=file, resume=True)
    assert (again.n_iter, again.stopped) == (12, "max_iter")
    assert weights(run(max_iter=20, checkpoint=file, resume=True)) == weights(run(max_iter=20))


def test_a_run_that_had_settled_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.symbolnet"
    trial = Trial(seed=1, weight=0.0, input=0.0, unary=0.0, binary=0.0, learning_rate=1e-12)  # it never learns

    def stopping(max_iter: int, *, resume: bool) -> TrainResult:
        how = settings(max_iter=max_iter, patience=2)
        return train(ARCHITECTURE, [trial], problem(), problem(), how, checkpoint=file, resume=resume)

    first = stopping(30, resume=False)
    assert first.stopped == "early_stopping"
    again = stopping(60, resume=True)
    assert (again.n_iter, again.stopped) == (first.n_iter, "early_stopping")


def test_a_checkpoint_beyond_max_iter_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.symbolnet"
    run(max_iter=20, checkpoint=file, callback=lambda p: True)
    with pytest.raises(ModelFileError, match="has 10 epochs, max_iter is 9; give at least 10"):
        run(max_iter=9, checkpoint=file, resume=True)


@pytest.mark.parametrize("part", ["X", "Y", "weight", "validation"])
def test_checkpoint_of_other_data_is_refused(tmp_path: Path, part: str) -> None:
    file, data = tmp_path / "checkpoint.symbolnet", problem()
    train(ARCHITECTURE, TRIALS[:1], data, data, settings(max_iter=2), checkpoint=file, callback=lambda p: True)
    other = {
        "X": replace(data, X=np.where(np.arange(200)[:, None] == 77, 0, data.X).astype(np.float32)),
        "Y": replace(data, Y=-5 * data.Y),
        "weight": replace(data, weight=np.ones(200, np.float32)),
        "validation": data,
    }[part]
    held_out = problem(100) if part == "validation" else data
    with pytest.raises(ModelFileError, match="the data, its split or its scaling changed"):
        train(ARCHITECTURE, TRIALS[:1], other, held_out, settings(max_iter=2), checkpoint=file, resume=True)


def test_warm_start_goes_on_from_the_given_states(whole: TrainResult) -> None:
    on = run(start=whole.states)
    assert (on.history["val_loss"][0] < 0.5 * whole.history["val_loss"][0]).all()
    assert (on.history["sparsity_weight"][0] >= whole.history["sparsity_weight"][-1] - 0.2).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"trials": TRIALS[:1]}, "n_trials 2, those asked for 1"),
        ({"n_unary": (5,)}, r"n_unary \[3\], those asked for \[5\]"),
        ({"n_inputs": 3}, "inputs 4, those asked for 3"),
        ({"n_outputs": 2}, "outputs 1, those asked for 2"),
        ({"unary_operators": (("sin", "tanh", "cos"),)}, "unary_operators .*'exp'.* those asked for .*'cos'"),
        (
            {
                "n_unary": (3, 3),
                "n_binary": (2, 2),
                "unary_operators": (("sin",),) * 2,
                "binary_operators": (("*",),) * 2,
            },
            r"n_unary \[3\], those asked for \[3, 3\]",
        ),
    ],
)
def test_warm_start_of_another_network_is_one_line(whole: TrainResult, change: dict[str, Any], message: str) -> None:
    data, trials = problem(), change.pop("trials", TRIALS)
    with pytest.raises(SymbolNetError, match=message) as caught:
        train(replace(ARCHITECTURE, **change), trials, data, data, settings(), start=whole.states)
    assert "\n" not in str(caught.value)


def test_time_limit_ends_with_what_there_is() -> None:
    result = run(max_iter=100_000, time_limit=0.01)
    assert result.stopped == "time_limit"
    assert 0 < result.n_iter < 100_000


def test_early_stopping_waits_for_the_targets() -> None:
    unreachable = run(trials=(Trial(0, 0.999, 0.999, 0.999, 0.999),), patience=1)
    assert unreachable.stopped == "max_iter"
    nothing_to_reach = run(trials=(Trial(0, 0.0, 0.0, 0.0, 0.0, learning_rate=1.0),), max_iter=1200, patience=12)
    assert nothing_to_reach.stopped == "early_stopping"


def test_snapshots_go_from_sparse_to_dense(whole: TrainResult) -> None:
    n = [sum((layer.weight != 0).sum() for layer in s.network.layers) for s in whole.snapshots]
    assert n == sorted(n)
    assert len(n) > 1


def test_uint8_is_scaled_on_the_fly() -> None:
    X = np.random.default_rng(0).integers(0, 256, (120, 4)).astype(np.uint8)
    Y = (X[:, :1] / 255).astype(np.float32)
    as_bytes, as_floats = TrainData(X, Y, None, 1 / 255), TrainData((X / 255).astype(np.float32), Y)
    one, other = (train(ARCHITECTURE, TRIALS[:1], d, d, settings(max_iter=3)) for d in (as_bytes, as_floats))
    assert one.history["val_loss"] == pytest.approx(other.history["val_loss"], rel=1e-3)


def test_outliers_never_make_a_nan() -> None:
    data = problem()
    X = data.X.copy()
    X[::17] *= 1e6
    wild = Architecture(4, 1, (4, 4), (2, 2), (("exp", "cosh", "cube", "log"),) * 2, (("*", "/"),) * 2)
    result = train(wild, TRIALS, TrainData(X, data.Y), TrainData(X, data.Y), settings(max_iter=6))
    assert all(np.isfinite(column).all() for column in result.history.values())
    for s in result.final:
        assert all(np.isfinite(layer.weight).all() for layer in s.network.layers)


def test_blocks_from_disk_train_like_arrays(tmp_path: Path) -> None:
    data = problem(300)
    np.save(tmp_path / "X.npy", data.X)
    np.save(tmp_path / "y.npy", data.Y)
    source = NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy")

    def feed() -> BlockFeed:
        return BlockFeed(source, lambda X, y: TrainData(X, y), 70, 32, 0, held_out=np.arange(0, 300, 10))

    result = train(ARCHITECTURE, TRIALS, feed, data, settings())
    assert result.n_iter == EPOCHS
    assert (result.history["loss_error"][-1] < result.history["loss_error"][0]).all()
