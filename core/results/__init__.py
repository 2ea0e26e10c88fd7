"""Results: what is read from the folders of runs: predictions, comparisons, baselines on the same rows."""
