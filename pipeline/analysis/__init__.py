"""Predictions and tables -> the analyses under results/analysis: one kind a module."""
