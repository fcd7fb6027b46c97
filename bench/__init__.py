"""Figures: what the desk costs in time, measured against a peer or a budget in the same run."""
