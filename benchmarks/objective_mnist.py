"""The paper's objective on MNIST: one layer, u = 20, b = 5, the targets 0.99, 0.95, 0.4, 0.4, Adam 0.005, 180 epochs.

Accuracy is on the last 10,000 of the 60,000 images, which take no part in the fit. Writes
docs/results/fig7_mnist.png.
"""

import argparse

from benchmarks._bar import Bar, main
from benchmarks._objective import add_arguments, objective

SETTINGS = {
    "n_layers": 1,
    "n_unary": 20,
    "n_binary": 5,
    "unary_operators": ("sin", "cos", "gauss", "tanh"),
    "binary_operators": ("+", "*"),
    "weight_sparsity": 0.99,
    "input_sparsity": 0.95,
    "unary_sparsity": 0.4,
    "binary_sparsity": 0.4,
    "learning_rate": 0.005,
    "batch_size": 256,
    "max_iter": 180,
}


def measure(options: argparse.Namespace) -> list[Bar]:
    return objective(options, "MNIST", "mnist", "fig7_mnist.png", SETTINGS)


if __name__ == "__main__":
    main(measure, add_arguments)
