"""Planners whose behaviour is known beforehand, so that what a study measures can be trusted."""
