"""JSON of plain and NumPy values."""

__all__ = ["json_text"]

import json
import math
from collections.abc import Mapping
from typing import Any


def json_text(value: Any) -> str:
    """Indented JSON; what JSON has no word for (NaN, infinity) is null.

    Parameters
    ----------
    value : anything that JSON holds, NumPy scalars and arrays too

    Returns
    -------
    str
    """
    return json.dumps(_plain(value), indent=2, allow_nan=False, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):  # NumPy's arrays and scalars, without importing it
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
