"""Formats against exact rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolnet import SymbolNetError
from symbolnet.hardware import FixedPoint, parse_format
from symbolnet.hardware._format import format_for, rounded_shift

formats = st.builds(
    lambda signed, width, fractional, rounding, overflow: FixedPoint(
        signed, width - fractional, fractional, rounding, overflow
    ),
    st.booleans(),
    st.integers(1, 20),
    st.integers(-8, 24),
    st.sampled_from(["round", "truncate"]),
    st.sampled_from(["saturate", "wrap"]),
)


def _expected(value: float, form: FixedPoint) -> int:
    """The definition, in exact arithmetic."""
    scaled = Fraction(value) * Fraction(2) ** form.fractional
    whole = (scaled + Fraction(1, 2)).__floor__() if form.rounding == "round" else scaled.__floor__()
    if form.overflow == "saturate":
        return min(max(whole, form.least), form.most)
    return (whole - form.least) % 2**form.width + form.least


@given(formats, st.floats(-1e6, 1e6))
def test_a_number_becomes_what_exact_arithmetic_says(form: FixedPoint, value: float) -> None:
    assert int(form.integers([value])[0]) == _expected(value, form)


@given(formats, st.integers(-(2**40), 2**40), st.integers(-5, 12))
def test_integers_fit_and_shift_as_numbers_do(form: FixedPoint, integer: int, bits: int) -> None:
    shifted = rounded_shift(np.array([integer]), bits, form.rounding)
    exact = form.with_(integer=form.integer + form.fractional, fractional=0)
    assert int(form.fit(shifted)[0]) == _expected(float(Fraction(integer) / Fraction(2) ** bits), exact)


@given(formats)
def test_a_format_survives_its_text_and_its_json(form: FixedPoint) -> None:
    assert parse_format(str(form)) == form
    assert FixedPoint.from_json(form.to_json()) == form


@given(st.integers(-(2**50), 2**50), st.integers(-(2**50), 2**50), st.integers(-9, 9))
def test_the_narrowest_format_holds_both_ends_and_none_is_narrower(a: int, b: int, fractional: int) -> None:
    low, high = min(a, b), max(a, b)
    form = format_for(low, high, fractional)
    assert form.least <= low
    assert high <= form.most
    if form.width > form.signed:
        narrow = form.with_(integer=form.integer - 1)
        assert low < narrow.least or narrow.most < high or (form.signed and low >= 0)


def test_what_vitis_writes_is_read() -> None:
    assert parse_format("ap_fixed<12,8>") == FixedPoint(True, 7, 4)
    assert parse_format(" ap_ufixed< 8 , 0 , AP_TRN , AP_WRAP > ") == FixedPoint(False, 0, 8, "truncate", "wrap")


@pytest.mark.parametrize("text", ["12,8", "ap_fixed<12>", "ap_fixed<0,0>", "ap_fixed<40,8>", "ap_fixed<8,2,AP_UP>"])
def test_another_text_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(SymbolNetError, match="precision") as caught:
        parse_format(text)
    assert "\n" not in str(caught.value)


def test_nan_is_refused() -> None:
    with pytest.raises(SymbolNetError, match="NaN"):
        FixedPoint(True, 3, 3).integers([1.0, np.nan])
