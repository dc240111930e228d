"""Examples to learn from and to test with: collect, check, split, freeze; knows nothing of models or pages."""
