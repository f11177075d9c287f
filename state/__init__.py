"""What is remembered and declared: the table, plan, verdict, turn record, stores, strategy, errors, settings.

Nothing here imports LangGraph, an audio package or any other package of this project.
"""
