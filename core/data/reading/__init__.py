"""Reading: any file becomes named columns in batches, with what was set aside and why."""
