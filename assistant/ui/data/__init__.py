"""The tabs of the data page: the table, importing, checks, versions."""
