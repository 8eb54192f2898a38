"""Pure functions from values to Dash components; nothing here reads files."""
