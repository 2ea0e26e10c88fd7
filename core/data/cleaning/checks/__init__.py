"""Health of a data set, before it costs a run: each check a plain sentence with the rows behind it and a remedy."""
