"""Pages that commands write parts of, each between two marks that a reader does not see."""


def replaced(text, mark, section):
    """A page with another section between `<!-- mark -->` and `<!-- end of mark -->`."""
    before, begin, rest = text.partition(f"<!-- {mark} -->\n")
    _, end, after = rest.partition(f"<!-- end of {mark} -->\n")
    if not begin or not end:
        raise ValueError(f"there is no place for {mark}")
    return before + begin + section + end + after
