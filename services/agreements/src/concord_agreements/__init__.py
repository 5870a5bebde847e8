"""Concord agreements: drafted, approved, signed, activated, ended."""
