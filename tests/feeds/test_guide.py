"""The guide of feeds: what it shows is taken as it stands there."""

import json
import os
import re
from dataclasses import replace

import pytest
import yaml

from maquette.config.documents import ComputedDocument, UseDocument
from maquette.console.commands import Refusal
from maquette.console.pushes import read_push
from maquette.core.exhibition import FeedCard, ValueCard
from maquette.feeds.sample import CATALOGUE
from maquette.feeds.sources import FEED_DOCUMENTS
from tests.console.fake_territory import make_exhibition
from tests.feeds import guide

GUIDE = (CATALOGUE / "README.md").read_text(encoding="utf-8")
BLOCKS = [yaml.load(block, yaml.BaseLoader) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
SHOWN = {name: feed for block in BLOCKS for name, feed in block.get("feeds", {}).items()}


def model(feed):
    if "use" in feed:
        return UseDocument
    return ComputedDocument if feed["kind"] == "computed" else FEED_DOCUMENTS[feed["kind"]]


def test_the_tables_of_the_guide_are_those_of_the_ready_made_feeds():
    if os.environ.get("MAQUETTE_UPDATE_GUIDE"):
        guide.GUIDE.write_text(guide.with_tables(GUIDE), encoding="utf-8")
    text = guide.GUIDE.read_text(encoding="utf-8")
    assert text == guide.with_tables(text)
    assert {path.stem for path in CATALOGUE.glob("*.yaml")} <= set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE))


@pytest.mark.parametrize("name", SHOWN)
def test_a_feed_that_the_guide_shows_is_a_feed(name):
    feed = SHOWN[name]
    assert model(feed).model_validate_json(json.dumps(feed), strict=False)


@pytest.mark.parametrize("options", [block for block in BLOCKS if "feeds" not in block], ids=str)
def test_options_that_the_guide_shows_alone_go_with_a_feed(options):
    FEED_DOCUMENTS["http_json"].model_validate_json(json.dumps({**SHOWN["offers"], **options}), strict=False)


@pytest.mark.parametrize("auth", re.findall(r"^\| `(\{kind: .*?\})` \|", GUIDE, re.MULTILINE))
def test_every_way_to_be_known_goes_with_a_feed(auth):
    feed = {**SHOWN["offers"], "auth": yaml.load(auth, yaml.BaseLoader)}
    FEED_DOCUMENTS["http_json"].model_validate_json(json.dumps(feed), strict=False)


def test_what_the_guide_pushes_is_taken():
    documents = {
        name: model(feed).model_validate_json(json.dumps(feed), strict=False)
        for name, feed in SHOWN.items()
        if feed.get("kind") == "push"
    }
    exhibition = replace(
        make_exhibition(),
        feeds=tuple(FeedCard(name, {}, None, feed.pushed, feed.keyed) for name, feed in documents.items()),
        values=tuple(ValueCard(feed, name, {}, None) for feed, d in documents.items() for name in d.values),
    )
    shown = re.findall(r"curl -d '(.*?)'.*?/api/feeds/(\w+)", GUIDE, re.DOTALL)
    assert {feed for _, feed in shown} == set(documents)
    for body, feed in shown:
        assert not isinstance(read_push(exhibition, feed, json.loads(body), 0.0), Refusal)
