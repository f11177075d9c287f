"""One adapter a real model; each imports its library when it is loaded."""
