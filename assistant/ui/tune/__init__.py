"""The parts of the tune page: the form that starts a run, and the runs as they go."""
