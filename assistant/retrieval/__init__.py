"""Documents in, passages and cited answers out; knows nothing of pages, jobs or other features."""
