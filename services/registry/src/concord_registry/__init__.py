"""Concord registry: who commissions which stage, where, since when, on what authority."""
