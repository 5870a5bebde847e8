"""Changes of the rule book: how periods are cut, what a change does before it is made, what is recorded of it."""
