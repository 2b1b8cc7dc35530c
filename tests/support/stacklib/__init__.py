"""The parts of stack.py: one kind of process or resource per module."""
