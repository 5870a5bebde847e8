"""The registry's addresses, one module for each kind of record. A route parses, calls one function, maps the result."""
