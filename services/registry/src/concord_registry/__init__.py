"""Concord registry: who commissions which stage, where, since when, on what authority."""

__version__ = "0.1.0"
