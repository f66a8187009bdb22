"""The run-time type checker of the tests: beartype, with an int taken for a float as static checkers do (PEP 484)."""

from beartype import BeartypeConf, beartype

typecheck = beartype(conf=BeartypeConf(is_pep484_tower=True))
