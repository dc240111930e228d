"""What lasts: project folders, their databases and files; knows nothing of advice, models or pages."""
