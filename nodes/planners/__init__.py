"""Planners: request and table in, plan out. One file a planner."""
