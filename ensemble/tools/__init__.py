"""One musical verb a file: typed arguments, a contract, and the work."""
