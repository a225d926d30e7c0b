"""The proof-reader itself: every fault it is there for, it finds; a good page it lets through."""

import pytest

from tests.page import Page

GOOD = """<!doctype html><html lang="vi"><head><title>Đặt hẹn – Hẹn</title></head><body><main><h1>Đặt <b>hẹn</b></h1>
<p>Một người &amp; một chỗ, 1 &lt; 2.</p><a href="#q">Tới ô chữ</a><img src="/a.svg" alt=""><br>
<form method="post" action="/x" novalidate><input type="hidden" name="csrf_token" value="t"><label for="q">Tên</label>
<input id="q" name="q" type="email" required><button>Gửi</button></form></main></body></html>"""


def test_a_good_page_has_no_fault() -> None:
    assert Page(GOOD).problems() == []


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("<!doctype html>", "", "no doctype"),
        ('lang="vi"', 'lang="en"', "html lang"),
        ("<title>Đặt hẹn", "<title>Trang", "does not hold the h1"),
        ("<p>Một", "<h1>Hai</h1><p>Một", "2 h1"),
        ('<label for="q">Tên</label>', "", "no label for q"),
        ('for="q"', 'for="p"', "points nowhere"),
        ('href="#q"', 'href="#"', "goes nowhere"),
        ('href="#q"', 'href="#z"', "points nowhere"),
        (">Tới ô chữ<", "><", "has no words"),
        ("<p>", '<p id="q">', "stands 2 times"),
        ("<p>", '<p style="color:red">', "inline style"),
        ("<p>", '<p onclick="x()">', "onclick"),
        ("</main>", "<script>x()</script></main>", "inline script"),
        ("</main>", "<style>p{}</style></main>", "inline style"),
        ('src="/a.svg"', 'src="https://elsewhere.example/a.svg"', "foreign host"),
        (' alt=""', "", "image without alt"),
        (' action="/x"', "", "does not say its action"),
        ('name="csrf_token" value="t"', 'name="other"', "no csrf_token"),
        (' value="t"', ' value=""', "no csrf_token"),
        (" novalidate", "", "write novalidate"),
        ("<button>Gửi", '<label>Tệp<input type="file" name="f"></label><button>Gửi', "not the file"),
        ("<button>Gửi</button>", "", "has no button"),
        ("<button>Gửi</button>", "<button></button>", "a button without words"),
        ("</p>", "", "closes nothing"),
        ("Một người", "None", "the machine shows through"),
        ("Một người", "{{ name }}", "the machine shows through"),
        ("Một người", "%(count)s", "the machine shows through"),
        ("Một người", "&amp;amp;", "the machine shows through"),
        ("Một người", "&lt;b&gt;Một&lt;/b&gt;", "the machine shows through"),
        ("<br>", '<input type="text" name="z" aria-label="z" value="None">', "the machine shows through"),
    ],
)
def test_each_fault_is_found(was: str, becomes: str, says: str) -> None:
    assert was in GOOD
    problems = Page(GOOD.replace(was, becomes, 1)).problems()
    assert any(says in problem for problem in problems), problems


def test_a_form_is_read_as_a_browser_sends_it() -> None:
    form = Page(
        """<form method="post" action="/x"><input name="a" value="1"><input type="radio" name="b" value="x">
        <input type="radio" name="b"
        value="y" checked><input type="checkbox" name="c" checked><input type="checkbox" name="d"><textarea name="e">\nhai
dòng</textarea><select name="f"><option value="1">Một</option><option value="2">Hai</option></select><select name="g">
        <option value="1">Một</option><option value="2" selected>Hai</option></select><button name="h">Gửi</button></form>"""
    ).form()
    assert form.values() == {"a": ["1"], "b": ["y"], "c": ["on"], "e": ["hai\ndòng"], "f": ["1"], "g": ["2"]}
    assert form.names() == set("abcdefgh")
