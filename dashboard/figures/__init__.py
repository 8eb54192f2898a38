"""Pure functions from tables to Plotly figures; nothing here knows of Dash."""
