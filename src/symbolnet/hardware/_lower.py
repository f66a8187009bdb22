"""From a formula to a program: the one entrance to both semantics."""

__all__ = ["check_alive", "check_saturation", "lower"]

import warnings

import numpy as np
from numpy.typing import ArrayLike

from symbolnet._errors import SymbolNetError
from symbolnet.expression import Expression
from symbolnet.hardware._emulate import saturated_share, share_outside
from symbolnet.hardware._format import FixedPoint
from symbolnet.hardware._fused import lower_fused
from symbolnet.hardware._precision import Precision, prepare
from symbolnet.hardware._program import Program, Semantics

LARGEST_SATURATED = 0.01
"""The share of validation samples that may saturate at an input port."""


def lower(
    expression: Expression,
    X: ArrayLike | None = None,
    *,
    precision: Precision | FixedPoint | None = None,
    semantics: Semantics = "fused",
) -> Program:
    """Return the fixed-point program of a formula.

    Parameters
    ----------
    expression : Expression
        Of raw inputs, in the user's units.
    X : array, (n_samples, n_inputs), optional
        Data that ranges are taken from. Without it, all that the input format can hold is taken to occur alike, which
        spends bits on what never happens; formats that follow from ranges then need a `FixedPoint`.
    precision : Precision or FixedPoint, optional
        The bits of everything; or one format for all inputs, outputs and, in ``hls4ml`` semantics, everything else.
    semantics : {"fused", "hls4ml"}

    Raises
    ------
    SymbolNetError
        If the formula has no hardware form at this precision; if more than 1 % of the samples saturate at an input.

    Warns
    -----
    UserWarning
        If the format wraps where it overflows.
    """
    if isinstance(precision, FixedPoint):
        if precision.overflow == "wrap":
            warnings.warn(f"{precision} wraps: a number out of range turns up elsewhere; use AP_SAT", stacklevel=2)
        bits = min(precision.width, 9)
        precision = Precision(bits, bits, 2, min(precision.width, 16), precision.width, ports=precision)
    if semantics == "hls4ml":
        from symbolnet.hardware._hls4ml import lower_hls4ml

        if precision is None or precision.ports is None:
            raise SymbolNetError("hls4ml semantics has one format for everything; give --precision 'ap_fixed<16,6>'")
        program = lower_hls4ml(expression, precision.ports, X)
    else:
        precision = Precision() if precision is None else precision
        samples = np.asarray(X) if X is not None else _anything(expression, precision)
        program = lower_fused(*prepare(expression, samples, precision.squares), precision)
    check_alive(program)
    if X is not None:
        if precision.ports is None:
            check_saturation(program, X)
        else:
            _check_used(expression, precision.ports, X)
    return program


def _check_used(expression: Expression, form: FixedPoint, X: ArrayLike) -> None:
    """Raise if an input of the formula is mostly outside the one format that was given.

    It need not be a port: where all its samples saturate, the lowering takes it for a constant.
    """
    samples = np.asarray(X)
    for column in expression.used_inputs:
        share = share_outside(samples[:, column], form)
        if share > LARGEST_SATURATED:
            raise _saturated(expression.input_names[column], form, share, samples[:, column])


def _anything(expression: Expression, precision: Precision) -> np.ndarray:
    if precision.ports is None:
        raise SymbolNetError("formats follow from the range of data; give data, or a format such as ap_fixed<12,8>")
    form, rng = precision.ports, np.random.default_rng(0)
    integers = rng.integers(form.least, form.most, (4096, len(expression.input_names)), endpoint=True)
    return form.floats(integers)


def check_alive(program: Program) -> None:
    """Raise if nothing is left that depends on an input."""
    if not program.inputs:
        raise SymbolNetError("at this precision the formula is a constant, so there is no circuit; give more bits")


def check_saturation(program: Program, X: ArrayLike) -> None:
    """Raise if more than 1 % of the samples are outside the format of an input port."""
    shares = saturated_share(program, X)
    if len(shares) and shares.max() > LARGEST_SATURATED:
        port = int(np.argmax(shares))
        column, form = program.columns[port], program.input_formats[port]
        raise _saturated(program.input_names[column], form, float(shares[port]), np.asarray(X)[:, column])


def _saturated(name: str, form: FixedPoint, share: float, values: np.ndarray) -> SymbolNetError:
    low, high = float(values.min()), float(values.max())
    remedy = "a signed format" if low < 0 and not form.signed else "more integer bits"
    return SymbolNetError(
        f"input {name!r} is outside {form} in {100 * share:.1f} % of the samples "
        f"(it goes from {low:.4g} to {high:.4g}); give {remedy}, or --precision auto"
    )
