"""What each step of a turn does. A node is a function `(state, runtime) -> partial update` named after its file."""
