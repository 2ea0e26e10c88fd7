"""Models: the sources that can be grafted from, and the classifier that grows on them."""
