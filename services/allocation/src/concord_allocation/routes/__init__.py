"""The addresses of the service, by what they are about. A route parses, calls, and maps the result."""
