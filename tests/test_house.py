"""What an import contract cannot say: how the house is kept."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from app.access import ASSETS
from app.config import ROOT

APP, TEMPLATES = ROOT / "app", ROOT / "templates"
MODULES = sorted(APP.rglob("*.py"))
PAGES = sorted(TEMPLATES.rglob("*.*"))
LONGEST = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base2", "lib", "services"}
# What each file of a room may not touch: rules take values; only actions (and what stands beside them) write.
READERS = {"models", "rules", "queries", "messages", "forms", "views", "admin", "manage", "times"}
CLOCKS = {"app/clock.py", "app/scheduler.py"}  # the second watches the clock itself


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call with its name as written: "session.commit", "render_template"."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


# -- routes -----------------------------------------------------------------------------------------------------------


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in ASSETS and not getattr(app.view_functions[rule.endpoint], "access", None)
    ]
    assert silent == []


def test_a_route_that_does_not_say_is_closed(app: Flask) -> None:
    """The control: forgetting it shows nothing to anybody, the administrator included."""
    view = app.view_functions["home.healthz"]
    access = view.access
    del view.access
    try:
        with app.test_client() as client:
            assert client.get("/healthz").status_code == 403
    finally:
        view.access = access
    with app.test_client() as client:
        assert client.get("/healthz").status_code == 200


def test_views_bear_the_name_of_what_they_show(app: Flask) -> None:
    """`templates/<room>/<view>.html`, so that either leads to the other."""
    rooms = {path.parent.name for path in APP.glob("*/__init__.py")}
    strangers = [
        target
        for path in MODULES
        for target in rendered(path)
        if "/" in target and target.split("/")[0] not in rooms | {"errors"}
    ]
    assert strangers == []


# -- templates --------------------------------------------------------------------------------------------------------


def rendered(path: Path) -> Iterator[str]:
    """The templates a module names."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w/]+\.html", node.value):
            yield node.value


def mentioned() -> set[str]:
    """The templates that code or another template names, and those reached by a name made of parts."""
    found = {target for path in MODULES for target in rendered(path)}
    for path in PAGES:
        found |= set(re.findall(r"""(?:extends|include|import|from) "([^"]+)\"""", path.read_text()))
    found |= {name(path).removeprefix("templates/") for path in (TEMPLATES / "errors").glob("[0-9]*.html")}  # by status
    return found | {f"mail/{letter}{ending}" for letter in letters() for ending in (".txt", ".html", ".sms.txt")}


def letters() -> set[str]:
    """ "meetings/promoted": each room's messages say the kind, and it stands in the mail folder of the room."""
    found = set()
    for path in APP.glob("*/messages.py"):
        words = {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        for others in path.parent.glob("*.py"):
            words |= {
                node.value for node in ast.walk(tree(others)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
        found |= {f"{path.parent.name}/{word.rpartition('/')[2]}" for word in words if re.fullmatch(r"[\w/]+", word)}
    return found


def test_every_template_named_exists() -> None:
    assert [target for target in sorted(mentioned()) if target.endswith(".html") and not target.startswith("mail/")
            and not (TEMPLATES / target).exists()] == []  # fmt: skip


def test_every_template_is_used() -> None:
    used = mentioned()
    assert [name(path) for path in PAGES if name(path).removeprefix("templates/") not in used] == []


def test_every_letter_has_a_text_beside_its_html() -> None:
    for html in (TEMPLATES / "mail").glob("*/[a-z]*.html"):
        text = html.with_suffix(".txt").read_text()
        assert "{% block subject %}" in text, name(html)
        assert "{% block body %}" in text, name(html)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an inline style", r"<style|\sstyle\s*="),
        ("an inline script", r"<script(?![^>]*\bsrc=)"),
        ("an inline handler", r"<[^>%]*\son[a-z]+\s*="),
        ("an address without escape", r"javascript:"),
        ("text that is not escaped", r"\|\s*safe\b|autoescape"),
        ("an address from the request's host", r"_external|request\.(?:host|url\b|base_url|url_root)"),
    ],
)
def test_no_template_holds(what: str, pattern: str) -> None:
    pages = [path for path in PAGES if path.suffix == ".html" and path.relative_to(TEMPLATES).parts[0] != "mail"]
    bad = [name(path) for path in pages if re.search(pattern, path.read_text())]
    assert bad == [], what


def test_no_template_filters_a_constant() -> None:
    """Jinja would do it once, while compiling, in the language of whoever came first."""
    constant = re.compile(r"""(?:\{\{|\(|,|=)\s*(?:\d+|"[^"{]*")\s*\|\s*(?!format)[a-z_]+""")
    assert [f"{name(path)}: {found}" for path in PAGES for found in constant.findall(path.read_text())] == []


def test_mail_escapes_too() -> None:
    """Its HTML may be styled inline, as mail programs need; what people typed is escaped all the same."""
    assert [name(path) for path in PAGES if "mail" in path.parts and "|safe" in path.read_text()] == []


def test_every_static_file_is_linked() -> None:
    """Nothing is served that no page asks for, but for the picture in the README."""
    words = "".join(path.read_text() for path in (*PAGES, *MODULES, *ROOT.glob("static/css/*.css"), ROOT / "README.md"))
    files = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    assert files
    assert [name(path) for path in files if path.name not in words] == []


# -- writing ----------------------------------------------------------------------------------------------------------


def test_only_the_ground_commits() -> None:
    commits = {name(path) for path in MODULES for call, _node in calls(path) if call.endswith(".commit")}
    assert commits == {"app/db.py"}


def test_only_actions_write() -> None:
    """No view, form, rule or query opens a transaction, adds or deletes."""
    writes = ("transaction", "session.add", "session.delete", "session.add_all", "session.merge", "insert", "update", "delete")
    wrong = [
        f"{name(path)}:{node.lineno} {call}"
        for path in APP.glob("*/*.py")
        if path.stem in READERS or path.stem.endswith("_admin")
        for call, node in calls(path)
        if call in writes or call.startswith("db.session.add")
    ]
    assert wrong == []


def test_rules_take_values() -> None:
    """No database, no clock, no web."""
    for path in APP.glob("*/rules.py"):
        webs = {module for module in imported(path) if module == "flask" or module.startswith(("flask.", "app.db", "app.web"))}
        assert webs == set(), name(path)
        asked = [call for call, _node in calls(path) if call in {"clock.now", "clock.today"}]
        assert asked == [], name(path)


def test_only_the_clock_tells_the_time() -> None:
    tellers = ("datetime.now", "datetime.utcnow", "date.today", "time.time")
    found = {name(path) for path in MODULES for call, _node in calls(path) if call in tellers}
    assert found == CLOCKS


def test_every_act_leaves_a_trace() -> None:
    """A file that opens a transaction records in the trail; the outbox and the sample data are records themselves."""
    silent = {
        name(path)
        for path in MODULES
        for names in [{call for call, _node in calls(path)}]
        if "transaction" in names and "audit.record" not in names
    }
    assert silent <= {"app/demo.py", "app/demo_feedback.py", "app/demo_dossiers.py", "app/demo_meetings.py",
                      "app/demo_offices.py", "app/demo_promises.py", "app/offices/actions.py",
                      "app/outbox/delivery.py"}  # fmt: skip


# -- the shape of the house -------------------------------------------------------------------------------------------


def test_floors_and_rooms_lean_downward() -> None:
    """The contracts of pyproject.toml."""
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_no_import_inside_a_function() -> None:
    inside = [
        f"{name(path)}:{node.lineno}"
        for path in MODULES
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_no_room_knows_another_through_the_side_door() -> None:
    """From another room: its queries, rules, models and actions; never its views, admin or forms."""
    doors = ("views", "admin", "forms", "agenda_admin")
    wrong = []
    for path in APP.glob("*/*.py"):
        for module in imported(path):
            parts = module.split(".")
            if len(parts) > 2 and parts[0] == "app" and parts[1] != path.parent.name and parts[2] in doors:
                wrong.append(f"{name(path)} imports {module}")
    assert wrong == []


def test_files_stay_small() -> None:
    lengths = {name(path).removeprefix("app/"): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_functions_stay_small() -> None:
    long = [
        f"{name(path)}:{node.name} {(node.end_lineno or 0) - node.lineno + 1}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 45 and name(path) != "app/config.py"
    ]
    assert long == []


def test_every_file_says_what_it_is_for() -> None:
    assert [name(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_no_file_has_a_vague_name() -> None:
    assert [name(path) for path in [*MODULES, *PAGES] if path.stem in VAGUE or path.parent.name in VAGUE] == []


def test_no_setting_is_read_twice() -> None:
    """The environment is read in config.py (and by the scheduler, which asks how it was started)."""
    readers = {name(path) for path in MODULES if re.search(r"os\.environ|getenv", path.read_text())}
    assert readers <= {"app/config.py", "app/scheduler.py"}


def test_nothing_dangerous_is_called() -> None:
    """No text becomes code, a template, SQL or a shell command."""
    forbidden = {"eval", "exec", "compile", "render_template_string", "os.system", "pickle.loads", "yaml.load", "Markup"}
    found = {f"{name(path)} {call}" for path in MODULES for call, _node in calls(path) if call in forbidden}
    assert found <= {"app/web.py Markup", "app/qr.py Markup", "app/markdown.py Markup", "app/reports/charts.py Markup"}
    made = [
        f"{name(path)}:{node.lineno}"
        for path in MODULES
        for call, node in calls(path)
        if call in {"text", "sa.text", "db.text"} and node.args and isinstance(node.args[0], ast.JoinedStr)
    ]
    assert made == []
