"""The Talon.One Integration API in Python: typed, safe to repeat, bounded in time."""
