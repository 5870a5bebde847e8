"""What a person reads: answers of the services as tables of at most 100 columns, whether on a screen or piped."""
