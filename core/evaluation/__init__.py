"""How good answers are: arrays in, numbers and sentences out. What needs files stands in ``core.results``."""
