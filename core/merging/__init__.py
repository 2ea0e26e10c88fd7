"""One model out of several: the way between a source and its run, and soups of runs."""
