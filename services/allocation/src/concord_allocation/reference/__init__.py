"""Reference figures: what the published tables say a pathway costs, who pays it and what it buys."""
