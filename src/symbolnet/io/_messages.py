"""What another library's error adds to a one-line message of ours."""

__all__ = ["first_line"]


def first_line(error: BaseException, limit: int = 160) -> str:
    """The first line of an error's text (its class where it has none), without a full stop and not too long."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")[:limit]
