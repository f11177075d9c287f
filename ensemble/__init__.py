"""Who plays: tools (one musical verb each), the built-in band, the listener, and the seams for real models."""
