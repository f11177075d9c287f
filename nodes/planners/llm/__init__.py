"""Planners that ask a language model: what they share."""
