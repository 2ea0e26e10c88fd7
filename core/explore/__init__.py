"""Looking at a data set before anything is trained on it: typical words, a map of its texts, search."""
