class StackError(RuntimeError):
    """Something of the stack could not be started or did not become ready. The text says what, and what to do."""
