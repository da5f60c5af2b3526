"""Topics and payloads of a broker."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maquette.feeds.messages import decode, filter_of, is_offline, is_pattern, match
from maquette.feeds.picks import read_number


@pytest.mark.parametrize(
    ("pattern", "topic", "key"),
    [
        ("zigbee2mqtt/{key}", "zigbee2mqtt/salon", "salon"),
        ("tele/{key}/SENSOR", "tele/quai/SENSOR", "quai"),
        ("{key}", "a", "a"),
        ("a/+/{key}/#", "a/b/c/d/e", "c"),
        ("a/{key}/#", "a/b", "b"),
        ("a/+", "a/", None),
        ("#", "a/b", None),
        ("a/#", "a", None),
        ("a", "a", None),
    ],
)
def test_a_topic_of_a_pattern_says_its_key(pattern, topic, key):
    found = match(pattern, topic)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    ("pattern", "topic"),
    [
        ("zigbee2mqtt/{key}", "zigbee2mqtt/salon/availability"),
        ("zigbee2mqtt/{key}", "zigbee2mqtt"),
        ("a/{key}", "a/"),
        ("a/{key}", "a/" + "k" * 201),
        ("a/#", "b/c"),
        ("a", "a/b"),
    ],
)
def test_another_topic_is_none_of_it(pattern, topic):
    assert match(pattern, topic) is None


@pytest.mark.parametrize(
    "text", ["", "a/#/b", "a/b+", "{key}/{key}", "a/{keys}", "a/{key}x", "a#", "a\nb", "a\0", "a" * 1001]
)
def test_what_no_broker_would_take_is_no_pattern(text):
    assert not is_pattern(text)


levels = st.lists(st.text(st.characters(exclude_characters="/+#{}", categories=["L", "N"]), min_size=1), min_size=1)


@given(levels, st.data())
def test_a_pattern_made_of_a_topic_matches_it_and_so_does_the_broker_s_filter(topic, data):
    kept = data.draw(st.lists(st.sampled_from(["same", "+"]), min_size=len(topic), max_size=len(topic)))
    pattern = [level if keep == "same" else "+" for level, keep in zip(topic, kept, strict=True)]
    place = data.draw(st.integers(0, len(topic) - 1))
    pattern[place] = "{key}"
    found = match("/".join(pattern), "/".join(topic))
    assert found is not None
    assert found.key == topic[place]
    assert is_pattern("/".join(pattern))
    assert match(filter_of("/".join(pattern)), "/".join(topic)) is not None


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b'{"temperature": 21.5}', {"temperature": 21.5}),
        (b"21.5", 21.5),
        (b" 21.5\n", 21.5),
        (b"ON", "ON"),
        (b"nan", "nan"),
        (b"", None),
        (b"\xff\xfe", None),
        (b'{"half": ', '{"half":'),
        (b"[" * 30_000, "[" * 30_000),
    ],
)
def test_a_message_is_json_or_the_text_itself(payload, said):
    assert decode(payload) == said


@pytest.mark.parametrize(
    "text", ["nan", "NaN", "unknown", "unavailable", "21,5", "ON", "true", "null", "Infinity", "021", ""]
)
def test_a_text_that_is_no_number_is_none(text):
    assert read_number(decode(text.encode())) is None


@given(st.binary())
@example(b"9" * 5000)
@example(b'{"state": {"state": "offline"}}')
def test_no_bytes_make_it_fail(payload):
    decode(payload)
    assert is_offline(payload) in (True, False)


@pytest.mark.parametrize("payload", [b"offline", b"Offline", b'{"state": "offline"}', b'{"state":"offline"}'])
def test_a_sensor_may_say_that_it_is_away(payload):
    assert is_offline(payload)


@pytest.mark.parametrize("payload", [b"online", b"Online", b'{"state":"online"}', b"", b"1", b'{"state": 0}', b"off"])
def test_else_it_is_there(payload):
    assert not is_offline(payload)
