"""Alerts: one per code and subject, and only changes are news."""

from dataclasses import replace

from maquette.core.alerts import Alert, Alerts, Severity

STALE = Alert("feed_stale", "river", arguments=(("age", "2 h"),))


def test_an_alert_is_news_once():
    alerts = Alerts()
    assert alerts.apply(STALE)
    assert not alerts.apply(STALE)
    assert alerts.standing == (STALE,)


def test_an_alert_that_says_something_else_is_news_and_keeps_its_place():
    alerts = Alerts()
    alerts.apply(STALE)
    alerts.apply(Alert("output_closed", "plants", Severity.ERROR))
    worse = replace(STALE, severity=Severity.ERROR)
    assert alerts.apply(worse)
    assert [alert.code for alert in alerts.standing] == ["feed_stale", "output_closed"]
    assert alerts.standing[0] == worse


def test_one_code_may_stand_for_several_subjects():
    alerts = Alerts()
    assert alerts.apply(STALE)
    assert alerts.apply(replace(STALE, subject="air"))
    assert len(alerts.standing) == 2


def test_an_alert_that_is_over_leaves_and_only_the_first_time_is_news():
    alerts = Alerts()
    alerts.apply(STALE)
    assert alerts.apply(Alert("feed_stale", "river", over=True))
    assert not alerts.apply(Alert("feed_stale", "river", over=True))
    assert alerts.standing == ()
