"""Alerts and dashboards: nothing in them is a name that nobody counts, and each alert fires (TRUST.md §8.5, §8.6)."""
import json
import os
import re
import unittest

from common import DEPLOY, HERE, read, said, yaml
from harness import PROJECT, Gateway, code, sample

ALERTS = os.path.join(DEPLOY, "prometheus", "alerts.yml")
BOARDS = [f for f in sorted(os.listdir(os.path.join(DEPLOY, "grafana"))) if f.endswith(".json")]


def counted():
    """The names that something counts: only these stand in the code."""
    return set(re.findall(r'"(immunogate_\w+)"', read(PROJECT, "gateway", "observe", "names.hpp")))


def named(text):
    """Metrics of ours that a query names, without what a histogram adds."""
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in re.findall(r"\bimmunogate_\w+", text)}


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class Alerts(unittest.TestCase):
    def rules(self):
        return [rule for group in yaml(ALERTS)["groups"] for rule in group["rules"]]

    def test_each_fires_on_what_it_is_for_and_is_silent_beside_it(self):
        said("promtool", "check", "rules", ALERTS)
        tests = os.path.join(HERE, "prometheus", "alerts_test.yml")
        said("promtool", "test", "rules", tests)
        fired = {test["name"] for test in yaml(tests)["tests"]}
        self.assertEqual(fired, {rule["alert"] for rule in self.rules()})

    def test_each_has_a_severity_a_summary_and_a_chapter_of_the_runbook(self):
        chapters = {anchor(h) for h in re.findall(r"^## (.+)$", read(DEPLOY, "RUNBOOK.md"), re.M)}
        for rule in self.rules():
            self.assertIn(rule["labels"]["severity"], ("page", "ticket", "security"), rule["alert"])
            self.assertTrue(rule["annotations"]["summary"])
            self.assertIn(rule["annotations"]["runbook_url"].split("#")[1], chapters, rule["alert"])

    def test_none_waits_for_a_metric_that_nobody_counts(self):
        for rule in self.rules():
            self.assertLessEqual(named(rule["expr"]), counted(), rule["alert"])

    def test_the_configuration_of_prometheus_is_one_it_takes(self):
        said("promtool", "check", "config", os.path.join(DEPLOY, "prometheus", "prometheus.yml"))


class Dashboards(unittest.TestCase):
    def test_they_are_as_generated(self):
        said(os.path.join(DEPLOY, "grafana", "generate"), "--check")

    def test_they_show_only_what_is_counted_and_all_of_it(self):
        shown = set()
        for file in BOARDS:
            shown |= named(read(DEPLOY, "grafana", file))
        self.assertEqual(shown, counted())

    def test_every_query_is_promql(self):
        rules = [{"record": f"r:{n}", "expr": t["expr"].replace("$__rate_interval", "5m").replace("$instance", ".*")}
                 for n, t in enumerate(t for file in BOARDS for panel in json.loads(read(DEPLOY, "grafana", file))["panels"]
                                       for t in panel["targets"])]
        path = os.path.join(PROJECT, ".build", "dashboard-rules.yml")
        with open(path, "w") as out:
            json.dump({"groups": [{"name": "dashboards", "rules": rules}]}, out)   # JSON is YAML
        said("promtool", "check", "rules", path)


class Running(unittest.TestCase):
    def test_the_labels_that_alerts_ask_for_are_those_a_gateway_prints(self):
        with Gateway("labels") as gateway:
            self.assertEqual(code(gateway.send(sample(1))), "AA")
            gateway.fhir("Observation", who="operator")
            printed = gateway.operations("/metrics")[1]
        said("promtool", "check", "metrics", input=printed)
        for part in ('immunogate_messages_received_total{listener="mllp:', 'result="AA"', 'immunogate_store_available 1',
                     'immunogate_tls_handshakes_total{door="', 'immunogate_tls_certificate_expiry_timestamp_seconds{name="',
                     'immunogate_fields_total{fate="unmapped"}', "immunogate_commit_seconds_count 1",
                     "immunogate_acknowledgement_seconds_bucket{le="):
            self.assertIn(part, printed)


if __name__ == "__main__":
    unittest.main()
