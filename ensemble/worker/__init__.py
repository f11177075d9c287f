"""Models whose packages fight ours, in a process and an environment of their own."""
