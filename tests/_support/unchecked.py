"""A function as users have it, without the type checks that tests run under: to see what it says of a wrong type."""

import inspect
from collections.abc import Callable
from typing import Any


def unchecked(function: Callable[..., Any]) -> Callable[..., Any]:
    return inspect.unwrap(function)
