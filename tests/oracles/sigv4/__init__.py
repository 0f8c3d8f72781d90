"""The local doors, held against Python's signers."""
