"""Questions a plan can be asked: targets, frontiers, ranges, other plans, offers. One module for each."""
