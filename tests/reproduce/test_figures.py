"""Figures that show a part say so themselves."""

from symbolnet.reproduce._figures import _title


def test_a_network_that_is_cut_down_says_which_formulas_are_left() -> None:
    assert _title("MNIST", ["2", "4"], 10) == "MNIST\nshown: 2 of its 10 formulas, of 2, 4"
    assert _title("MNIST", ["0", "1"], 2) == "MNIST"
