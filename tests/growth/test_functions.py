"""The functions that terms are grown of."""

import numpy as np

from symbolnet.growth._functions import function
from symbolnet.operators import register_operator, unregister_operator


def test_an_operator_registered_anew_is_the_new_one() -> None:
    try:
        for formula, value in (("2*x", 6.0), ("5*x", 15.0)):
            register_operator("anew", sympy=formula, overwrite=True)
            assert function("anew").value(np.array([3.0])) == value
            assert function("anew") is function("anew")
    finally:
        unregister_operator("anew")
