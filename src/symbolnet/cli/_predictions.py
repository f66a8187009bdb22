"""Predictions as columns, and the files they go to."""

__all__ = ["prediction_table", "write_predictions"]

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symbolnet._errors import SymbolNetError

_SUFFIXES = (".csv", ".parquet", ".npy")


def prediction_table(
    model: Any, X: Any, index: int | None, config: Mapping[str, Any], *, proba: bool
) -> dict[str, Any]:
    """Columns by name: the prediction (one column a target), then the probability of each class."""
    from symbolnet.estimators._reading import output_names

    if proba and model.targets_.classes is None:
        raise SymbolNetError("--proba: the model is a regressor and has no probabilities; leave --proba out")
    values = model.predict(X, index)
    if values.ndim == 2:
        return {f"prediction_{name}": values[:, k] for k, name in enumerate(output_names(model, config))}
    columns = {"prediction": values}
    if proba:
        probabilities = model.predict_proba(X, index)
        columns |= {f"probability_{label}": probabilities[:, k] for k, label in enumerate(model.classes_)}
    return columns


def write_predictions(out: str, columns: Mapping[str, Any], *, proba: bool) -> None:
    """Write the columns, atomically, in the form that the name of the file asks for."""
    import numpy as np
    import pandas as pd

    from symbolnet.io import atomic_write

    suffix = Path(out).suffix.lower()
    if suffix not in _SUFFIXES:
        raise SymbolNetError(f"{out}: unknown kind of file {suffix!r}; known: {', '.join(_SUFFIXES)}")
    content = io.BytesIO()
    if suffix == ".npy":
        chosen = [values for name, values in columns.items() if not proba or name.startswith("probability_")]
        values = chosen[0] if len(chosen) == 1 else np.column_stack(chosen)
        np.save(content, values.astype(str) if values.dtype == object else values, allow_pickle=False)
    elif suffix == ".parquet":
        pd.DataFrame(dict(columns)).to_parquet(content, index=False)
    else:
        pd.DataFrame(dict(columns)).to_csv(content, index=False)
    atomic_write(out, content.getvalue())
