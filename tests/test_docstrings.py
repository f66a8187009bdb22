"""What is public says what it takes."""

import inspect
from importlib import import_module
from typing import Any

import pytest

PACKAGES = [
    "symbolnet",
    "datasets",
    "estimators",
    "expression",
    "hardware",
    "io",
    "network",
    "objectives",
    "operators",
    "pareto",
    "plots",
    "search",
    "training",
]


def public(package: str) -> list[tuple[str, Any]]:
    module = import_module("symbolnet" if package == "symbolnet" else f"symbolnet.{package}")
    found = [(name, getattr(module, name)) for name in module.__all__]
    return [(name, value) for name, value in found if inspect.isfunction(value) or inspect.isclass(value)]


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_document_their_parameters(package: str) -> None:
    for name, value in public(package):
        if inspect.isfunction(value) and inspect.signature(inspect.unwrap(value)).parameters:
            assert "Parameters\n" in (value.__doc__ or ""), f"{package}.{name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_members_have_docstrings(package: str) -> None:
    for name, value in public(package):
        if not inspect.isclass(value) or not value.__module__.startswith("symbolnet"):
            continue
        assert value.__doc__, f"{package}.{name}"
        for key, member in vars(value).items():
            function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
            if inspect.isfunction(function) and not key.startswith("_"):
                assert function.__doc__, f"{package}.{name}.{key}"
