"""The quantised and pruned network of the paper's Table IV, trained with HGQ2 in a Python of the user's choice."""

__all__ = ["HGQ_PYTHON", "HgqData", "HgqNetwork", "HgqSettings", "find_hgq_python", "fit_hgq"]

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbolnet._errors import SymbolNetError

HGQ_PYTHON = "SYMBOLNET_HGQ_PYTHON"
"""The environment variable that names a Python with HGQ2."""

_NEEDED = ("hgq", "keras", "jax", "numpy")
_REMEDY = "run: pip install 'symbolnet[hgq]', or name a Python that has it with --hgq-python PATH"
_WORKER = Path(__file__).with_name("_hgq_worker.py")


@dataclass(frozen=True)
class HgqSettings:
    """How the network is trained; the precision is the paper's, 6 bits for weights and activations.

    Attributes
    ----------
    hidden : tuple of int
    inputs : (sign, integer, fractional)
        Bits of every input.
    sparsity, output_sparsity : float
        Share of the weights to prune: of each layer, and of the last one.
    logit_scale : float
        What the outputs are multiplied by in the loss alone; weights below 1 leave the logits too small without it.
    epochs, batch_size : int
    learning_rate : float
        Of Adam at the start; it falls to zero along a cosine.
    random_state : int
    """

    hidden: tuple[int, ...] = (64, 32, 32)
    inputs: tuple[int, int, int] = (1, 2, 3)
    sparsity: float = 0.9
    output_sparsity: float = 0.7
    logit_scale: float = 4.0
    epochs: int = 60
    batch_size: int = 1024
    learning_rate: float = 0.005
    random_state: int = 0


@dataclass(frozen=True, eq=False)
class HgqData:
    """Rows to fit on, to choose the epoch by, and to judge on.

    Attributes
    ----------
    X, X_val, X_test : int arrays, (rows, inputs)
        Integers at the input ports, in units of 2**-fractional.
    y, y_val : int arrays, (rows,)
        Classes 0, 1, ...
    n_classes : int
    """

    X: NDArray[Any]
    y: NDArray[Any]
    X_val: NDArray[Any]
    y_val: NDArray[Any]
    X_test: NDArray[Any]
    n_classes: int


@dataclass(frozen=True, eq=False)
class HgqNetwork:
    """A trained network in integers.

    Attributes
    ----------
    weights, biases : tuples of int64 array
        Of each layer, (inputs, outputs) and (outputs,), in units of 2**-weight_fractional.
    weight_fractional : int
    activation : (sign, integer, fractional)
        Bits of the hidden layers' outputs, which round to nearest and saturate.
    inputs : (sign, integer, fractional)
    scores : float32 array, (test rows, outputs)
        Log-odds that Keras computes on the test rows, without `logit_scale`.
    about : mapping
        The epoch chosen, seconds, versions; where da4ml is there, also the LUTs that it guesses for the circuit that
        HGQ2 itself makes ("da4ml_luts") and the test rows, of the first 2,000, in which that differs from Keras.
    """

    weights: tuple[NDArray[np.int64], ...]
    biases: tuple[NDArray[np.int64], ...]
    weight_fractional: int
    activation: tuple[int, int, int]
    inputs: tuple[int, int, int]
    scores: NDArray[np.float32]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n_weights(self) -> int:
        """Weights that are not zero; biases are not counted."""
        return sum(int(np.count_nonzero(weight)) for weight in self.weights)

    @property
    def sparsity(self) -> float:
        """Share of the weights that are zero."""
        return 1 - self.n_weights / sum(weight.size for weight in self.weights)


def find_hgq_python(given: str | None = None) -> str:
    """Return a Python that has HGQ2: the one given, else that of `SYMBOLNET_HGQ_PYTHON`, else this one.

    Parameters
    ----------
    given : str, optional
        Path of an interpreter.

    Returns
    -------
    str

    Raises
    ------
    SymbolNetError
        If it has not.
    """
    named = given or os.environ.get(HGQ_PYTHON)
    python = named or sys.executable
    look = f"import importlib.util as u; print(*[n for n in {_NEEDED!r} if u.find_spec(n) is None])"
    try:
        done = subprocess.run([python, "-c", look], capture_output=True, text=True, check=False)
    except OSError as error:
        raise SymbolNetError(f"--hgq-python {python}: cannot be run ({error.strerror}); give a Python") from error
    if done.returncode != 0:
        raise SymbolNetError(f"--hgq-python {python}: is no Python; give the path of one")
    missing = done.stdout.split()
    if missing and named:
        raise SymbolNetError(
            f"{python} lacks {', '.join(missing)}; run: {python} -m pip install HGQ2 jax, or leave --hgq-python out"
        )
    if missing:
        raise SymbolNetError(f"HGQ2 is not installed ({', '.join(missing)} missing); {_REMEDY}")
    return python


def fit_hgq(
    data: HgqData,
    settings: HgqSettings,
    *,
    python: str | None = None,
    report: Callable[[str], None] | None = None,
) -> HgqNetwork:
    """Train the network in a process of its own, so that Keras and its settings touch nothing here.

    Parameters
    ----------
    data : HgqData
    settings : HgqSettings
    python : str, optional
        As for `find_hgq_python`.
    report : callable, optional
        Gets a line about each epoch.

    Raises
    ------
    SymbolNetError
        If there is no HGQ2, or the training fails.
    """
    found = find_hgq_python(python)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = {
            "hidden": list(settings.hidden),
            "inputs": list(settings.inputs),
            "n_outputs": data.n_classes if data.n_classes > 2 else 1,
            "sparsity": settings.sparsity,
            "output_sparsity": settings.output_sparsity,
            "logit_scale": settings.logit_scale,
            "epochs": settings.epochs,
            "batch_size": min(settings.batch_size, len(data.X)),
            "learning_rate": settings.learning_rate,
            "seed": settings.random_state,
        }
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        np.savez(
            folder / "data.npz", X=data.X.astype(np.int16), y=data.y.astype(np.int64),
            X_val=data.X_val.astype(np.int16), y_val=data.y_val.astype(np.int64), X_test=data.X_test.astype(np.int16),
        )  # fmt: skip
        _run(found, folder, report or (lambda _: None))
        return _read(folder, settings)


def _run(python: str, folder: Path, report: Callable[[str], None]) -> None:
    # On the CPU: the network is small, and JAX would take a GPU's memory from this process.
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}
    with (folder / "errors.txt").open("w+", encoding="utf-8", errors="replace") as errors:
        child = subprocess.Popen(
            [python, str(_WORKER), str(folder)], env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            assert child.stdout is not None
            for line in child.stdout:
                report(line.rstrip())
            status = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            if child.stdout is not None:
                child.stdout.close()
        if status != 0 or not (folder / "network.json").is_file():
            errors.seek(0)
            last = ([line.strip() for line in errors if line.strip()] or ["it said nothing"])[-1]
            raise SymbolNetError(f"HGQ2 failed under {python} (status {status}): {last[:300]}")


def _read(folder: Path, settings: HgqSettings) -> HgqNetwork:
    about = json.loads((folder / "network.json").read_text(encoding="utf-8"))
    with np.load(folder / "network.npz", allow_pickle=False) as arrays:
        n = len(settings.hidden) + 1
        sign, integer, fractional = about.pop("activation")
        return HgqNetwork(
            tuple(arrays[f"weight{k}"] for k in range(n)),
            tuple(arrays[f"bias{k}"] for k in range(n)),
            int(about.pop("weight_fractional")),
            (int(sign), int(integer), int(fractional)),
            settings.inputs,
            arrays["scores"],
            about,
        )
