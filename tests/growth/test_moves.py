"""Larger formulas that are proposed."""

from symbolnet.growth._moves import _undoes_itself
from symbolnet.growth._tree import Call, Power, Sum, Term


def test_what_undoes_itself_is_not_proposed() -> None:
    exponential = Call("exp", Sum(0.0, False, (Term(2.0, True, (Power(0, 1.0),)),)))
    logarithm = Call("log", Sum(0.0, False, (Term(1.0, False, (exponential, exponential)),)))
    shifted = Call("log", Sum(1.0, True, (Term(1.0, False, (exponential,)),)))
    assert _undoes_itself(logarithm)
    assert not _undoes_itself(exponential)
    assert not _undoes_itself(shifted)
