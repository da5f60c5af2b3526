"""The maintainer's page in a real browser: what is wrong is refused and nothing is lost, what is right is saved, a conflict is settled."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser import started, window
from tests.console.conftest import Console, running
from tests.console.small_house import AIR, House, scenario


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A check takes as long as it takes on a machine that does other things."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def console(house: House) -> Iterator[Console]:
    with running(store=house.store) as console:
        yield console


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    with window(browser, 1280, 800) as page:
        page.set_default_timeout(30_000)
        page.on("dialog", Dialog.accept)  # the browser asks before an unsaved text is left
        yield page


def opened(page: Page, console: Console, language: str = "en") -> Page:
    page.goto(f"{console.url}/scenarios?lang={language}")
    page.locator("[data-name=air]").click()
    expect(page.locator("#retelling p").first).to_be_attached()
    return page


def test_an_erroneous_text_is_refused_with_line_and_column_and_nothing_is_lost(console, house, desk):
    before = house.text(AIR)
    opened(desk, console, "fr")
    wrong = scenario("L'air").replace("[all]", "[feyzn]")
    desk.locator("#source").fill(wrong)
    problem = desk.locator("#problems [data-code=E204]")
    expect(problem).to_have_attribute("data-code", "E204")
    expect(desk.locator("#numbers b.error")).to_have_text("4")
    desk.locator("#save").click()
    expect(desk.locator("#message")).to_contain_text("Rien n'est enregistré")
    expect(problem).to_contain_text(
        "ligne 4, colonne 23zone inconnue «\u00a0feyzn\u00a0» — vouliez-vous dire «\u00a0feyzin\u00a0»\u00a0?"
    )
    assert problem.locator(".excerpt").inner_text().splitlines()[1].index("^") == 22
    desk.locator("#source").press("Control+Home")
    problem.locator("button").click()
    selected = "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    start, end = desk.evaluate(selected)
    assert wrong[start:end] == "feyzn"
    problem.locator("summary").click()
    expect(problem).to_contain_text("Les zones et les groupes sont les lieux nommés")
    assert house.text(AIR) == before
    desk.reload()
    expect(desk.locator("#source")).to_have_value(wrong)
    expect(desk.locator("#status")).to_contain_text("votre texte d'avant est là")
    assert house.text(AIR) == before


def test_what_is_right_is_retold_played_dry_and_saved_and_the_version_before_comes_back(console, house, desk):
    house.put(AIR, scenario("air"))
    opened(desk, console)
    text = scenario("The air", 'start_on: [{at: "10:30"}]\n').replace("- lights", "- say: Hello\n    lights")
    desk.locator("#source").fill(text)
    expect(desk.locator("#retelling")).to_contain_text("Visitors read: “Hello”")
    desk.locator("#tab_dry_run").click()
    desk.locator("#dry_run").click()
    expect(desk.locator("#dry_run_caption")).to_have_text("Hello")
    drawn = int(desk.locator("#stage").get_attribute("data-drawn") or 0)
    desk.locator("#time").fill("15")
    expect(desk.locator("#clock")).to_have_text("15\u00a0s of 20\u00a0s")
    expect(desk.locator("#stage")).not_to_have_attribute("data-drawn", str(drawn))
    assert house.text(AIR) == scenario("air"), "a dry run writes nothing"
    reloads = house.reloads
    desk.locator("#source").press("Control+s")
    expect(desk.locator("#status")).to_contain_text("Saved · the model plays it")
    assert (house.text(AIR), house.reloads) == (text, reloads + 1)
    expect(desk.locator("[data-name=air] .name")).to_have_text("The air")
    desk.locator("#tab_versions").click()
    desk.get_by_role("button", name=re.compile("^Compare")).click()
    expect(desk.locator("#comparison del").first).to_have_text("- title: air")
    desk.get_by_role("button", name=re.compile("^Take up")).click()
    expect(desk.locator("#source")).to_have_value(scenario("air"))
    assert house.text(AIR) == text, "nothing is saved yet"


def test_a_text_that_somebody_else_changed_meanwhile_is_settled_by_whoever_writes(console, house, desk):
    house.put(AIR, scenario("air"))
    opened(desk, console)
    house.put(AIR, scenario("theirs"))
    desk.locator("#source").fill(scenario("mine"))
    desk.locator("#save").click()
    expect(desk.locator("#conflict_difference del")).to_have_text("- title: theirs")
    expect(desk.locator("#conflict_difference ins")).to_have_text("+ title: mine")
    desk.get_by_role("button", name="Go on writing").click()
    assert house.text(AIR) == scenario("theirs")
    expect(desk.locator("#source")).to_have_value(scenario("mine"))
    desk.locator("#save").click()
    desk.get_by_role("button", name="Save mine").click()
    expect(desk.locator("#status")).to_contain_text("Saved")
    assert house.text(AIR) == scenario("mine")
    house.put(AIR, scenario("theirs again"))
    desk.locator("#source").fill(scenario("mine again"))
    desk.locator("#save").click()
    desk.get_by_role("button", name="Take theirs").click()
    expect(desk.locator("#source")).to_have_value(scenario("theirs again"))
    desk.locator("#source").press("Control+z")
    expect(desk.locator("#source")).to_have_value(scenario("mine again"))


def test_a_scenario_is_made_from_another_one_renamed_and_deleted(console, house, desk):
    house.put(AIR, scenario("air"))
    desk.goto(f"{console.url}/scenarios?lang=en")
    expect(desk.locator("[data-name=air]")).to_be_visible()
    desk.locator("#new").click()
    desk.locator("#naming_field").fill("L'été")
    desk.locator("#naming_yes").click()
    expect(desk.locator("#naming_problem")).to_contain_text("Did you mean “l-ete”?")
    desk.locator("#naming_field").fill("summer")
    desk.locator("#naming_from").select_option("air")
    desk.locator("#naming_yes").click()
    expect(desk.locator("#source")).to_have_value(scenario("air"))
    desk.locator("#save").click()
    expect(desk.locator("#status")).to_contain_text("Saved")
    desk.locator("#rename").click()
    desk.locator("#naming_field").fill("autumn")
    desk.locator("#naming_yes").click()
    expect(desk.locator("#document_file")).to_have_text("scenarios/autumn.yaml")
    assert not (house.folder / "scenarios/summer.yaml").exists()
    desk.locator("#delete").click()
    desk.locator("#sure_yes").click()
    expect(desk.locator("#deleted")).to_be_visible()
    assert not (house.folder / "scenarios/autumn.yaml").exists()


def test_the_page_fits_a_phone_and_tab_leaves_the_text_after_escape(console, house, browser):
    house.put(AIR, scenario("air"))
    with window(browser, 360, 740, has_touch=True) as phone:
        opened(phone, console)
        assert phone.evaluate("document.documentElement.scrollWidth") == 360
        heights = phone.locator("#board button:visible").evaluate_all("all => all.map((b) => b.offsetHeight)")
        assert min(heights) >= 44
        source = phone.locator("#source")
        source.press("Control+End")
        source.press("Tab")
        expect(source).to_have_value(scenario("air") + "  ")
        source.press("Escape")
        source.press("Tab")
        expect(source).not_to_be_focused()
