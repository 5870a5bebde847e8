"""The only place with queries. Functions take the transaction of the caller and give plain values; none commits."""
