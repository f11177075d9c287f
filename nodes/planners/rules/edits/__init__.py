"""Matchers: each knows one kind of instruction and says which steps it is. Their order is in `matchers.py`."""
