"""What every request meets: headers, compression, limits, errors, static files."""
