"""What leaves Graft: a report of a result as one file."""
