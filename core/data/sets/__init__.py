"""Sets: stored, content-addressed, immutable data sets and their versions."""
