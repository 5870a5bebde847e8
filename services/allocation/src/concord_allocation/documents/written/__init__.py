"""Programmes as other solvers write them, read strictly: what is not understood is refused at its line."""
