r"""Payloads: labels that some language takes for its own, each by the name of what it tries.

Whatever would run says so in one place: a script sets the page's title to LIVE, a request goes to
HOST, which tests let nothing answer.
"""

LIVE = "payload-ran"
HOST = "payload.invalid"
ESC, BEL = "\x1b", "\a"

_RUN = f"document.title='{LIVE}'"

MARKUP = {
    "script": f"<script>{_RUN}</script>",
    "script in capitals": f"<ScRiPt>{_RUN}</sCrIpT >",
    "end of a script": f"</script><script>{_RUN}</script><!--",
    "end of a style": f"</style><script>{_RUN}</script>",
    "end of a title": f"</title></textarea></pre><script>{_RUN}</script>",
    "image": f'<img src=x onerror="{_RUN}">',
    "image elsewhere": f"<img src=https://{HOST}/a.png>",
    "svg": f"<svg onload={_RUN}><script>{_RUN}</script></svg>",
    "svg's set": f"<svg><set attributeName=onmouseover to={_RUN}></svg>",
    "foreign object": f"<foreignObject><iframe srcdoc='<script>{_RUN}</script>'/></foreignObject>",
    "out of a double-quoted attribute": f'" autofocus onfocus="{_RUN}" x="',
    "out of a single-quoted attribute": f"' autofocus onfocus='{_RUN}' x='",
    "out of an attribute without quotes": f"x onmouseover={_RUN} tabindex=1",
    "link": f'<a href="javascript:{_RUN}">click</a>',
    "address": f"javascript:{_RUN}//",
    "base": f"<base href=https://{HOST}/><meta http-equiv=refresh content=0>",
    "entities": "&lt;script&gt; &amp; &#60;b&#62; &#x3c;i&#x3e; &quot; &nbsp;",
    "broken entities": "&;&#;&#x;&#xFFFFFFF;&#0;&AMP&unknown;",
    "start of CDATA": f"<![CDATA[<script>{_RUN}</script>",
    "end of CDATA": f"]]><script>{_RUN}</script>",
    "end of a comment": f"--><script>{_RUN}</script><!--",
    "processing": "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "math": f'<math><maction actiontype=statusline xlink:href="javascript:{_RUN}">x',
    "style": f"<style>*{{background:url(https://{HOST}/)}}</style>",
}
STRINGS = {
    "double quotes": 'a "b" c"',
    "single quotes": "it's 'b'",
    "backticks": f"`${{{_RUN}}}`",
    "braces": "{{7*7}} {%x%} {0} {__class__} %s %(x)s ${x} #{x}",
    "backslashes": "\\ \\n \\\" \\' \\x41 \\u0041 \\",
    "trigraphs": "??/\n#error ??' a*/ /* // \\",
    "end of a block": "*/ int main; /*",
    "three quotes": '""" + __import__("os").abort() + """',
    "prototype": "__proto__",
    "constructor": "constructor",
    "separators": "a\u2028b\u2029c\x85d",
}
MARKDOWN = {
    "markdown link": f"[click](javascript:{_RUN})",
    "markdown image": f"![a](https://{HOST}/a.png)",
    "markdown link by name": f"[a]: https://{HOST}/ 'x'",
    "markdown address": f"<https://{HOST}/>",
    "markdown bare address": f"https://{HOST}/ www.{HOST}",
    "markdown marks": "*a* **b** _c_ ~~d~~ # e | f > g - h",
    "markdown fence": f"```\n<script>{_RUN}</script>\n```",
    "markdown html": f"\n\n<div onclick={_RUN}>\n\n",
}
TEX = {
    "TeX link": rf"\href{{javascript:{_RUN}}}{{x}}",
    "TeX class": rf"\class{{a}}\htmlData{{x=y}}\includegraphics{{https://{HOST}/a}}",
    "TeX input": r"\input{/etc/passwd}",
    "TeX write": r"\immediate\write18{touch x} \openout\csname x\endcsname \def\a{\a}\a",
    "TeX end": r"}\end{document}$\text{",
    "TeX dollars": r"$x$ $$y$$ \(z\) \[w\] $",
    "TeX specials": r"% # & ~ ^ _ { } ^^41 \\",
}
PICTURES = {
    "DOT escapes": r"\N \G \E \L \T \H \l \r \n",
    "DOT label": f"<<B>bold</B>><IMG SRC='https://{HOST}/x'/>",
    "DOT label unclosed": "<b",
    "DOT statement": f'"]; evil [URL="javascript:{_RUN}"]; x ["',
    "DOT record": "{a|<p> b|{c|d}}",
    "mermaid call": '"]; click n0 call alert() %%{init: {"securityLevel":"loose"}}%%',
    "mermaid directive": "%%{init: {'theme':'x'}}%%\nend\nsubgraph",
    "mermaid escapes": "#quot; #9829; `**x**`",
}
TERMINAL = {
    "colours": f"{ESC}[31mred{ESC}[0m",
    "cursor": f"{ESC}[2J{ESC}[1;1H{ESC}c",
    "title": f"{ESC}]0;owned{BEL}",
    "terminal link": f"{ESC}]8;;https://{HOST}/{ESC}\\x{ESC}]8;;{ESC}\\",
    "clipboard": f"{ESC}]52;c;eA=={BEL}",
    "C1 controls": "\x9b31mred\x9d0;x\x9c\x90q\x85",
    "bells and backspaces": "\a\b\b\b\x7f\r\v\f",
    "return": "good\rbad",
}
INVISIBLE = {
    "right to left": "abc\u202edcba\u202c\u2066x\u2069",
    "zero width": "a\u200bb\u200cc\u200dd\u2060e\ufeff",
    "nothing to see": "\u200b\u2060",
    "tags": "a\U000e0041\U000e0042",
    "NUL": "a\x00b\x00",
    "half a character": "a\ud800b\udfff",
    "no character": "a\uffffb\ufdd0c\U0001ffff",
    "newlines": "a\nb\r\nc\n\n\nd\t e",
    "blanks": " \n\t\u3000 ",
    "marks upon marks": "a" + "\u0301" * 40,
    "very long": "long " * 4000,
    "one long word": "w" * 20_000,
}

PAYLOADS = MARKUP | STRINGS | MARKDOWN | TEX | PICTURES | TERMINAL | INVISIBLE
