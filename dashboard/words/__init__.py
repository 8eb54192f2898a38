"""What the pages say: sentences computed from results, and fixed texts of the Help page."""
