"""The HTTP addresses of agreements: each parses, calls one function, answers."""
