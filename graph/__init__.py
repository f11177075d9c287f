"""How a turn is conducted: the graph, its routes and the Python API."""
