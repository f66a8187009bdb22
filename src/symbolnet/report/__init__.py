"""One HTML page about a fitted model, complete in one file: formulas, front, inputs, training, metrics."""

from symbolnet.report._report import Subject, report_page

__all__ = ["Subject", "report_page"]
