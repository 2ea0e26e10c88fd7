"""A finished model behind HTTP, in a process of its own."""
