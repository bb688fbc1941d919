"""Cards: the report cards of other engines as a page."""

from __future__ import annotations

from autograd.classroom.front import STYLE

WIDE = """\
body{max-width:1200px;overflow-wrap:anywhere}
div{overflow-x:auto}table{border-collapse:collapse;min-width:760px;font-size:.85rem}
td,th{border:1px solid var(--line);padding:5px 8px;vertical-align:top;text-align:left}
code{font:.92em ui-monospace,monospace}pre{overflow-x:auto}
"""


def page(text: str) -> str:
    """The page of a text in Markdown, with its tables."""
    import mistune

    body = mistune.create_markdown(escape=False, plugins=["table"])(text)
    body = str(body).replace("<table>", "<div><table>").replace("</table>", "</table></div>")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Report cards</title><style>{STYLE}{WIDE}</style></head>\n"
        f'<body><p><a href="index.html">← the classroom</a></p>{body}</body></html>\n'
    )
