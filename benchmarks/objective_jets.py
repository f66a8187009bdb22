"""The paper's objective on LHC jets, the setting of its Fig. 7: two layers, u = b = 20, the targets 0.9, 0.75, 0.6,
0.4.

The jets are re-simulated (`lhc_jets_sim`); 20 % of them take no part in the fit. Writes docs/results/fig7_jets.png.
"""

import argparse

from benchmarks._bar import Bar, main
from benchmarks._objective import add_arguments, objective

SETTINGS = {
    "n_layers": 2,
    "n_unary": 20,
    "n_binary": 20,
    "unary_operators": ("sin", "cos", "exp", "gauss", "sinh", "cosh", "tanh"),
    "binary_operators": ("+", "*"),
    "weight_sparsity": 0.9,
    "input_sparsity": 0.75,
    "unary_sparsity": 0.6,
    "binary_sparsity": 0.4,
    "learning_rate": 0.0015,
    "batch_size": 1024,
    "max_iter": 200,
}


def measure(options: argparse.Namespace) -> list[Bar]:
    return objective(options, "re-simulated LHC jets", "lhc_jets_sim", "fig7_jets.png", SETTINGS)


if __name__ == "__main__":
    main(measure, add_arguments)
