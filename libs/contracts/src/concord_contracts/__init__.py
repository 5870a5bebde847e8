"""What the Concord services say to each other."""
