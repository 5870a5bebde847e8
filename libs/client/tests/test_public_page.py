"""What an answer holds is text on a page, never markup."""

from concord_client.show.public_page import Section, as_html, as_markdown

HOSTILE = Section(1, "<script>x</script> & [y](z) \x1b[31m", ("*bold* `code`",), ("# no heading\n- no item",))


def test_html_and_markdown_show_what_was_said_as_it_was_said() -> None:
    page = as_html([HOSTILE])
    assert "<script>" not in page
    assert "&lt;script&gt;x&lt;/script&gt; &amp; [y](z)" in page
    assert "\x1b" not in page
    text = as_markdown([HOSTILE])
    assert text == (
        "# \\<script\\>x\\</script\\> & \\[y\\](z) \\[31m\n\n\\*bold\\* \\`code\\`\n\n- \\# no heading - no item\n"
    )
