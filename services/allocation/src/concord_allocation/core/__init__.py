"""The optimiser: pure functions from a problem document to an answer or a refusal; README.md names the steps."""
