"""The local user pool, identity pool and STS, held against Python's clients."""
