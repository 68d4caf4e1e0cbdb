"""What keeps the command from being started."""


class Failure(Exception):
    """Is told in one message, without a trace: what is wrong, and what to do."""


def visible(text: str) -> str:
    """A text of others with what a terminal would act on written out."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
