"""Training: the loop as a generator of events, its batches, checkpoints and devices."""
