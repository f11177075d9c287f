"""A message in plainer words, before it is taken apart; what is said beside an order is left out."""
