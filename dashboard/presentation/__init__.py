"""Slides and the ready-made story, for the Present page."""
