"""Amendments: whatever document of ours is changed, it reads as before but for that value, and every other line stays as it was."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.config.amendment import Amendment, Value, amend, difference, propose, remove
from maquette.config.tree import Node, Source, split_lines
from maquette.config.yaml import read_bytes, read_text
from maquette.errors import AmendmentError
from maquette.ops.state import write_atomically
from tests.config.conftest import registries_for
from tests.words import english

HARDWARE = """\
# What is wired where.
strips:
  river: {driver: ddp, leds: 180}   # along the water
zones:
  rhone:
    leds: [river 0-119, "river 130"]   # seen, not measured
    path: [[1, 2],
           [3, 4]]  # mm
  feyzin:
    leds:
      # the first half
      - river 120-125   # to the bridge
      - 'river 126'
servos:
  needle:
    driver: pca9685
    angle: [-90°, 90°]
    # how far it turns
    pulse:
      - 1000 µs
      - 2000 µs

# the end
"""


def source_of(text: str | bytes) -> Source:
    source, problems = read_bytes(text if isinstance(text, bytes) else text.encode(), "hardware.yaml")
    assert source is not None, problems
    return source


def amended(text: str, path: tuple[str | int, ...], value: Value) -> str:
    return amend(source_of(text), path, value).raw.decode()


def changes(text: str, path: tuple[str | int, ...], value: Value) -> list[str]:
    """The lines of the difference, without its head and the lines that stay."""
    return changed_lines(text, amended(text, path, value))


def changed_lines(before: str, after: str) -> list[str]:
    lines = difference("f", before.encode(), after.encode()).splitlines()
    return [line for line in lines[2:] if line[0] in "+-"]


def without(text: str, path: tuple[str | int, ...]) -> str:
    return remove(source_of(text), path).raw.decode()


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (
            ("zones", "rhone", "leds"),
            ["river 0-99"],
            [
                '-    leds: [river 0-119, "river 130"]   # seen, not measured',
                "+    leds: [river 0-99]   # seen, not measured",
            ],
        ),
        (
            ("zones", "rhone", "leds"),
            ["river 0-119", "river 131", "river 140-135"],
            [
                '-    leds: [river 0-119, "river 130"]   # seen, not measured',
                '+    leds: [river 0-119, "river 131", river 140-135]   # seen, not measured',
            ],
        ),
        (
            ("zones", "feyzin", "leds"),
            ["river 119-125", "river 126", "river 127"],
            [
                "-      - river 120-125   # to the bridge",
                "+      - river 119-125   # to the bridge",
                "+      - river 127",
            ],
        ),
        (("zones", "feyzin", "leds"), ["river 120-125"], ["-      - 'river 126'"]),
        (("zones", "feyzin", "leds", 1), "river 128", ["-      - 'river 126'", "+      - 'river 128'"]),
        (("servos", "needle", "pulse"), ["900 µs", "2000 µs"], ["-      - 1000 µs", "+      - 900 µs"]),
        (
            ("servos", "needle", "angle"),
            ["-80°", "80°"],
            ["-    angle: [-90°, 90°]", "+    angle: [-80°, 80°]"],
        ),
        (("servos", "needle", "inverted"), True, ["+    inverted: true"]),
        (("servos", "needle", "pulse"), ["1000 µs", "2000 µs"], []),
        (
            ("strips", "river", "order"),
            "GRB",
            [
                "-  river: {driver: ddp, leds: 180}   # along the water",
                "+  river: {driver: ddp, leds: 180, order: GRB}   # along the water",
            ],
        ),
        (("strips", "plants"), "12", ['+  plants: "12"']),
        (("title",), "Rhône\u00a0: «\u202fle vieux\u202f»", ['+title: "Rhône\u00a0: «\u202fle vieux\u202f»"']),
        (("title",), "Vallée: le modèle", ['+title: "Vallée: le modèle"']),
    ],
)
def test_only_what_changes_is_written_and_in_the_manner_of_the_document(path, value, expected):
    assert changes(HARDWARE, path, value) == expected


ZONE: Value = {
    "title": {"fr": "Le Gier\u00a0: l'amont", "en": "The Gier"},
    "leds": ["river 149-162"],
    "path": [[1469, 603], [1.5, 2]],
}
ZONE_WRITTEN = """\
  gier:
    title:
      fr: "Le Gier\u00a0: l'amont"
      en: The Gier
    leds: [river 149-162]
    path: [[1469, 603], [1.5, 2]]
"""


def test_a_mapping_is_added_as_a_block_in_blocks_and_in_braces_in_braces():
    new = [f"+{line}" for line in ZONE_WRITTEN.splitlines()]
    assert changes(HARDWARE, ("zones", "gier"), ZONE) == new
    assert amended("a: 1\nzones: {}  # none yet\nb: 2\n", ("zones", "gier"), ZONE) == (
        "a: 1\nzones:  # none yet\n" + ZONE_WRITTEN + "b: 2\n"
    )
    assert amended("zones: {a: {leds: [x]}}\n", ("zones", "b"), {"leds": ["y"], "n": {}}) == (
        "zones: {a: {leds: [x]}, b: {leds: [y], n: {}}}\n"
    )


def test_a_long_path_is_wrapped_under_its_bracket_unless_comments_stand_in_it():
    path = [[1000 + i, 500] for i in range(12)]
    written = amended(HARDWARE, ("zones", "rhone", "path"), path)
    lines = [line for line in written.splitlines() if "[1000, 500]" in line or "[1011, 500]" in line]
    assert lines[0].startswith("    path: [[1000, 500], ")
    assert lines[1].startswith("           [")
    assert lines[1].endswith("[1011, 500]]  # mm")
    assert max(map(len, lines)) <= 115
    assert amended("a: [[1, 2],  # first\n  [3, 4]]\n", ("a",), [[1, 2], [5, 4]]) == "a: [[1, 2],  # first\n  [5, 4]]\n"


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        (
            HARDWARE,
            ("zones", "rhone"),
            HARDWARE.replace(HARDWARE[HARDWARE.index("  rhone") : HARDWARE.index("  feyzin")], ""),
        ),
        ("a:\n  # of b\n  b: 1\n    # in b\n  # of c\n  c: 2\n", ("a", "b"), "a:\n  # of b\n  # of c\n  c: 2\n"),
        ("a:\n  b: 1  # one\nc: 2\n", ("a", "b"), "a:\n  {}\nc: 2\n"),
        ("a: {b: 1, c: 2}\n", ("a", "b"), "a: {c: 2}\n"),
        ("a: {b: 1, c: 2}\n", ("a", "c"), "a: {b: 1}\n"),
        ("a: {b: 1}\n", ("a", "b"), "a: {}\n"),
        ("a: {\n  b: 1,  # one\n  c: 2  # two\n}\n", ("a", "c"), "a: {\n  b: 1  # one\n  # two\n}\n"),
    ],
)
def test_an_entry_is_taken_away_with_what_stands_in_it(text, path, expected):
    assert without(text, path) == expected


def test_what_is_not_there_is_not_taken_away():
    with pytest.raises(AmendmentError) as refused:
        without(HARDWARE, ("zones", "gier"))
    assert "has no place for 'zones.gier'" in english(refused.value.message)


def test_a_flow_mapping_over_several_lines_gets_a_line_more():
    text = "a: {\n  x: 1,  # one\n  y: 2   # two\n}\n"
    assert amended(text, ("a", "z"), 3) == "a: {\n  x: 1,  # one\n  y: 2,   # two\n  z: 3\n}\n"
    text = "a: {\n  x: 1,\n  y: 2,\n}\n"
    assert amended(text, ("a", "z"), 3) == "a: {\n  x: 1,\n  y: 2,\n  z: 3,\n}\n"


def test_comments_between_the_items_of_a_flow_list_stay():
    text = "a: [\n  one,  # 1\n  two,  # 2\n  three # 3\n]\n"
    assert amended(text, ("a",), ["two", "four"]) == "a: [\n  # 1\n  two,  # 2\n  four # 3\n]\n"
    assert amended(text, ("a",), ["one"]) == "a: [\n  one  # 1\n  # 2\n  # 3\n]\n"


def test_line_ends_and_byte_order_marks_stay():
    raw = b"\xef\xbb\xbfa: 1\r\nb: [x]\r\n"
    assert amend(source_of(raw), ("c",), 3).raw == raw + b"c: 3\r\n"
    assert amended("a: 1\nb: 2", ("c",), 3) == "a: 1\nb: 2\nc: 3"
    assert amended("a: 1\nb:   # nothing yet", ("b",), 3) == "a: 1\nb: 3   # nothing yet"


@pytest.mark.parametrize(
    ("text", "path", "value", "said"),
    [
        ("a: {b: 1}", ("x", "y"), 1, "has no place for 'x.y'"),
        ("a: [1]", ("a", 1), 1, "has no place for 'a.1'"),
        ("a: 1", ("a", "b"), 1, "has no place for 'a.b'"),
        ("a: &x [1]\nb: *x", ("a",), [2], "line 1: 'a' is written in a way that is changed by hand only"),
        ("a: &x [1]\nb: *x", ("b",), [2], "changed by hand only"),
        ("a:\n  b: 1  # kept\n", ("a",), 2, "changed by hand only"),
        ("a:\n- 1\n", ("a",), [], "changed by hand only"),
    ],
)
def test_what_cannot_be_changed_in_place_is_refused(text, path, value, said):
    with pytest.raises(AmendmentError) as refused:
        amended(text, path, value)
    assert said in english(refused.value.message)


# -- whatever the document -------------------------------------------------------------------------------------------

words = st.sampled_from(
    ["river 0-119", "22:00", "12", "true", "a b", "é: x", "#fff", "it's", 'say "x"', "-", "~", "", "a, b"]
)
scalars = st.one_of(words, st.integers(-9, 999), st.booleans(), st.floats(-9, 9, allow_nan=False), st.text(max_size=8))
values = st.one_of(scalars, st.lists(scalars, max_size=4), st.lists(st.lists(scalars, max_size=2), max_size=2))
comments = st.sampled_from(["", "", "  # mm, [seen]", " # é: x"])
names = ["a", "b_1", "leds", "pulse"]


def scalar_written(draw, value) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if draw(st.booleans()) and read_text(f"a: [{value}]\n", "")[0] and value.isalpha():
        return value
    single = "'" + value.replace("'", "''") + "'"
    return single if draw(st.booleans()) and value.isprintable() else json.dumps(value)


@st.composite
def flows(draw, depth: int) -> str:
    kind = draw(st.integers(0, 3 if depth else 0))
    if kind < 2:
        return scalar_written(draw, draw(scalars))
    gap = draw(st.sampled_from(["", " ", "\n      ", "  # one, two\n      "]))
    items = draw(st.lists(flows(depth - 1), max_size=3))
    if kind == 3:
        items = [f"{name}: {item}" for name, item in zip(names, items, strict=False)]
    tail = draw(st.sampled_from(["", ","])) if items else ""
    body = f",{gap or ' '}".join(items)
    return ("[{}]" if kind == 2 else "{{{}}}").format(gap + body + tail + gap)


@st.composite
def blocks(draw, indent: int, depth: int) -> str:
    lines = []
    pad = " " * indent
    is_list = indent > 0 and draw(st.booleans())
    for name in names[: draw(st.integers(1, 4))]:
        if draw(st.integers(0, 4)) == 0:
            lines.append(draw(st.sampled_from(["", f"{pad}# a line of its own", "# - not: an item"])))
        head = f"{pad}-" if is_list else f"{pad}{name}:"
        if depth and draw(st.integers(0, 2)) == 0:
            lines += [head + draw(comments), draw(blocks(indent + 2, depth - 1))]
        elif draw(st.integers(0, 5)) == 0:
            header = draw(st.sampled_from(["|", ">-", "|+"]))
            lines.append(f"{head} {header}{draw(comments)}\n{pad}  some text\n{pad}  and more\n")
        else:
            lines.append(f"{head} {draw(flows(2))}{draw(comments)}")
    return "\n".join(lines)


@st.composite
def documents(draw) -> Source:
    text = draw(blocks(0, 2)) + draw(st.sampled_from(["", "\n", "\n\n# the end\n"]))
    raw = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode("utf-8", "replace")
    source, _ = read_bytes(draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + raw, "f.yaml")
    return source if source is not None else source_of("leds: [a]\n")


def places(node: Node, at: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Node | None]]:
    """Every value of a document, and in every mapping a key that is not there."""
    steps: list[tuple[str | int, Node | None]] = [(key, child) for key, (_, child) in (node.entries or {}).items()]
    steps += list(enumerate(node.items or ()))
    if node.entries is not None:
        steps.append(("new", None))
    found = []
    for step, child in steps:
        found.append(((*at, step), child))
        found += [] if child is None else places(child, (*at, step))
    return found


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_an_amended_document_reads_as_before_but_for_that_value_and_no_other_line_changes(data):
    before = data.draw(documents())
    path, node = data.draw(st.sampled_from(places(before.root)))
    value = data.draw(values)
    try:
        after = amend(before, path, value)
    except AmendmentError:
        # Only what stands in a block gives way to nothing but a list.
        assert node is not None
        assert not node.flow
        assert node.entries is not None or node.items is not None
        return
    expected = json.loads(json.dumps(before.root.plain))
    place = expected
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    reread, _ = read_bytes(after.raw, "f.yaml")
    assert reread is not None
    assert json.dumps(reread.root.plain) == json.dumps(expected)
    old, new = (split_lines(source.raw.decode()) for source in (before, after))
    first, end = (len(old), len(old)) if node is None else (node.start.line, node.end.line)
    if node is None:  # one line is new, or one line longer, or has a comma more
        kept = [line for line in old if line in new]
        assert len(kept) >= len(old) - 1
        assert after.raw.startswith(before.raw[:3])
    else:
        assert new[: first - 1] == old[: first - 1]
        assert new[len(new) - (len(old) - end) :] == old[end:]
    assert amend(after, path, value).raw == after.raw


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_added_and_taken_away_again_leaves_the_document_as_it_was(data):
    before = data.draw(documents())
    path = data.draw(st.sampled_from([at for at, node in places(before.root) if node is None]))
    value = data.draw(st.dictionaries(st.sampled_from(names), values, max_size=3))
    after = amend(before, path, value)
    assert json.dumps(remove(after, path).root.plain) == json.dumps(before.root.plain)
    if b"{" not in before.raw:
        assert remove(after, path).raw.rstrip() == before.raw.rstrip()


# -- an installation -------------------------------------------------------------------------------------------------


def test_a_document_is_proposed_checked_and_written(folder):
    config, registries = folder / "config.yaml", registries_for(folder)
    plain = source_of((folder / "hardware.yaml").read_bytes()).root.plain
    zone, document = next(iter(plain["zones"].items()))
    strip = document["leds"][0].split()[0]
    wrong = propose(config, "hardware.yaml", {("zones", zone, "leds"): [f"{strip} 99999"]}, registries)
    assert isinstance(wrong, tuple)
    assert [problem.code for problem in wrong if problem.severity == "error"] == ["E203"]
    right = propose(config, "hardware.yaml", {("zones", zone, "leds"): [f"{strip} 0"]}, registries)
    assert isinstance(right, Amendment)
    assert f"[{strip} 0]" in right.difference
    (folder / "hardware.yaml").chmod(0o640)
    right.write(write_atomically)
    assert (folder / "hardware.yaml").read_bytes() == right.after
    assert (folder / "hardware.yaml").stat().st_mode & 0o777 == 0o640
    with pytest.raises(AmendmentError) as refused:
        right.write(write_atomically)
    assert "has changed since it was read" in english(refused.value.message)
    assert (folder / "hardware.yaml").read_bytes() == right.after
