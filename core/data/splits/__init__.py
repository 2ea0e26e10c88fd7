"""Splits: which rows teach, which choose, which judge."""
