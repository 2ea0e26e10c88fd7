"""Evaluation: metrics with intervals, baselines on the same rows, paired comparison, predictions."""
