"""The rules planner: musicians' English to a plan, without any model.

tokens (words, phrase tables) -> lexicon (what phrases mean) -> attributes (what a description or clause says) -> the
grammar of edits.
"""
