"""Data: any file becomes a stored, split, checked data set."""
