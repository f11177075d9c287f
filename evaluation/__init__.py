"""How conversations are run, judged and logged."""
