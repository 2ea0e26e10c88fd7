"""Transfer: which source suits a data set, and what a run kept of its source."""
