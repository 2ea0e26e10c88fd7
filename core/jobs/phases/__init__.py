"""The phases of a run, in order: choosing, preparing, fitting, judging, finishing."""
