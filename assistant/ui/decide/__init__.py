"""The parts of the decide page that stand in tabs of their own."""
