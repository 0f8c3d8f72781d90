"""The local user pool and identity pool, held against Python's clients."""
