"""Scores to pages: a static folder of HTML that an analyst opens from a file share."""

from engine.report.writing import write_report

__all__ = ["write_report"]
