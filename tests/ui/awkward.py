"""Customer text that tries to be markup, a link, an icon, a formula or another direction of writing."""

import random

AWKWARD = (
    "cust/1042%3F#a+b$c",
    "**bold** _it_ ~~gone~~ `code`",
    "[link](https://evil.example) ![img](https://evil.example/x.png)",
    "<b>html</b><script>alert(1)</script><img src=x onerror=alert(1)>",
    ":red[red] :material/delete: :smile: :streamlit: :+1: :100: :small[tiny]",
    "$x^2$ $$\\frac{1}{2}$$ costs $5 and $10",
    "https://evil.example www.evil.example a@evil.example mailto:x@evil.example",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "| a | b |",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "&lt;b&gt; &amp; &#42;",
    "back\\slash \\* \\",
    "عميل رقم ١٢ abc",
    "evil\u202etxt.exe \u2066x\u2069 end",
    "👩‍👩‍👧 family, 😀",
    "=cmd()|' /C calc'!A0 +1 @x",
    "line one\nline two\n\n# three\r\n    code",
    "[^1]: note [x] [ref]: https://evil.example",
    "***\n---\n===",
    '14:05:30 and :05: and a:b:c :blue-badge[x] :color[x]{foreground="red"}',
    "%{y} {0} {{x}} ${y}",
    "x" * 255,
    "http:\\\\evil.example ftp://evil.example xmpp:a@b.example",
    "<https://evil.example> <a@evil.example>",
    "::: directive\n::leaf[x]{y}",
    "~sub~ ^sup^ ==mark== ++ins++ H~2~O",
    ":material_delete: :material/star:text",
)

_PIECES = (
    *("**", "_", "`", "~", "[", "](", ")", "!", "<", ">", "$", "\\", "#", "-", ">=", "->", "--", "=", "|", "&", ";"),
    *(":", ":red[", "]", "{", "}", "@", ".", "www", "http", "://", "x", "evil", "example", "1", " ", "smile", "material"),
    *("/", "+", "é", "ש", "\n", "\u200b", "😀", "color", "small", "[^1]", "&amp;", "<b>", "</b>", "streamlit", "\t"),
)


def mixtures(count: int, seed: int = 7) -> list[str]:
    """Random mixtures of pieces that mean something to Markdown; the same for the same seed."""
    generator = random.Random(seed)
    return ["".join(generator.choices(_PIECES, k=generator.randint(2, 14))) for _ in range(count)]
