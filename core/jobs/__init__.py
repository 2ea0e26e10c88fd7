"""Jobs: the queue, the scheduler that empties it, and the worker that trains."""
