"""The plan of the house holds: who may import whom, and what the pure rooms may not touch."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "maquette"

ALLOWED = {
    "errors": {"core"},  # for core.message, which imports nothing
    "core": {"errors"},
    "show": {"core", "errors"},
    "config": {"languages", "show", "core", "errors"},
    "ops": {"core", "errors"},
    "feeds": {"config", "ops", "show", "core", "errors"},
    "stage": {"ws281x", "config", "ops", "show", "core", "errors"},
    "ws281x": {"ops"},  # a process that may be root: it loads as little as can be
    "retelling": {"languages", "show", "core", "errors"},
    "console": {"languages", "retelling", "config", "ops", "show", "core", "errors"},
    "letters": set(),
    "languages": set(),
    "backup": {"config", "ops", "core", "errors"},
    "installer": {"config", "ops", "core", "errors"},
    "rehearsal": {"letters", "retelling", "feeds", "console", "config", "ops", "show", "core", "errors"},
    "canary": {"retelling", "feeds", "console", "config", "ops", "show", "core", "errors"},
    "legend": {"languages", "letters", "config", "show", "core", "errors"},
    "remote": {"console", "config", "ops", "core", "errors"},
    "identify": {"remote", "stage", "console", "config", "ops", "show", "core", "errors"},
    "doctor": {"stage", "ws281x", "remote", "config", "ops", "show", "core", "errors"},
    "app": {
        "languages",
        "backup",
        "doctor",
        "house",
        "rehearsal",
        "remote",
        "identify",
        "canary",
        "retelling",
        "legend",
        "feeds",
        "stage",
        "console",
        "config",
        "ops",
        "show",
        "core",
        "errors",
    },
    "house": {"feeds", "stage", "console", "config", "ops", "show", "core", "errors"},
    "arguments": set(),
    "cli": {"app", "arguments", "errors"},
    "__main__": {"cli"},
}
"""Room → rooms that it may import, besides itself; every room may import the package's own version."""

IMPURE = {
    "asyncio", "multiprocessing", "os", "pathlib", "queue", "random", "requests", "select", "shutil", "signal", "socket", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib", "gpiozero", "lgpio", "paho", "serial", "starlette", "uvicorn",
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return tuple(found)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_below_it(path):
    here = room(path)
    if here == "__init__":
        assert not imports(path)
        return
    for line, name in imports(path):
        parts = name.split(".")
        if parts[0] == "maquette" and parts[1] not in (here, "__version__"):
            assert parts[1] in ALLOWED[here], f"{path}:{line}: {here} may not import {parts[1]}"


@pytest.mark.parametrize(
    "path",
    [p for p in modules() if room(p) in ("core", "show", "errors")],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_the_pure_rooms_touch_no_machine(path):
    for line, name in imports(path):
        assert name.split(".")[0] not in IMPURE, f"{path}:{line}: {room(path)} is pure and may not import {name}"
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        assert called not in ("open", "print", "input"), f"{path}:{node.lineno}: {called}()"
        assert not called.endswith((".now", ".today", ".utcnow")), (
            f"{path}:{node.lineno}: the wall clock is an argument"
        )
        assert not called.startswith(("np.random.", "numpy.random.")) or "default_rng" in called, (
            f"{path}:{node.lineno}"
        )


def test_starting_the_stage_imports_no_web_and_no_network_library():
    """The first light must not wait for them."""
    code = (
        "import sys, maquette.house\n"
        "heavy = set('requests urllib3 starlette uvicorn websockets paho serial babel PIL fpdf gpiozero lgpio'.split())\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_first_glow_imports_neither_the_check_of_documents_nor_what_computes_light():
    code = (
        "import sys, maquette.cli, maquette.stage.early_light\n"
        "heavy = 'numpy maquette.config.check maquette.config.documents maquette.show.performance maquette.feeds.sources'.split()\n"
        "print(*sorted(set(heavy) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_top_level_is_what_the_plan_says():
    """Read from the disk, for an unpacked archive has no history to ask."""
    root = PACKAGE.parent
    made = {line.strip("/") for line in (root / ".gitignore").read_text().split()}
    names = {path.name for path in root.iterdir() if not path.name.startswith(".")}
    assert names - made == {
        "pyproject.toml", "config.yaml", "maquette", "scenarios", "hardware", "systemd", "tests",
        "README.md", "LICENSE", "CHANGELOG.md", "Makefile", "requirements.txt",
    }  # fmt: skip
