"""Results -> the rows that pages show: filtered, joined, subtracted; no statistics."""
