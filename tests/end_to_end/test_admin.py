"""What people look at below /admin/v1/ on the real program: did it arrive, what became of it, is all well (TRUST.md
§4.3, §9). Asked with certificates of a person's role, as commands do, and by a session, as the console does."""
import json
import unittest

from harness import Gateway, code, exchange, sample
from test_people import Browser, invitation, user, with_socket

ROLES = {"client": "operator", "operator": "auditor"}


def with_roles(config):
    with_socket(config)
    for name, role in ROLES.items():
        config["access"]["certificates"].insert(0, {"subject": f"CN={name}", "role": role})


class Administration(unittest.TestCase):
    def setUp(self):
        self.receiver = Gateway("receiver").start()
        self.addCleanup(self.receiver.__exit__)
        self.gateway = Gateway("clinic-a", change=with_roles, forward=[self.receiver.as_target()]).start()
        self.addCleanup(self.gateway.__exit__)

    def ask(self, path, who="client"):
        """(status, JSON)"""
        status, _, text = self.gateway.request("GET", "/admin/v1/" + path, who=who)[:3]
        return status, json.loads(text)

    def test_an_operator_finds_a_message_opens_it_with_a_reason_and_an_auditor_sees_that(self):
        message = sample(1)
        with self.gateway.connect() as s:
            self.assertEqual(code(exchange(s, message)), "AA")
            self.assertEqual(code(exchange(s, message)), "AA")
        fields = message.split(b"\r")[0].split(b"|")
        control_id = fields[9].decode()
        status, listed = self.ask("messages?state=duplicate")
        self.assertEqual(status, 200)
        [line] = listed["items"]
        self.assertEqual((line["control_id"], line["answer"], line["repeats"]), (control_id, "AA", 1))
        self.assertEqual(self.ask("messages?control_id=" + control_id)[1]["items"], [line])
        self.assertEqual(self.ask("messages?sender=nobody")[1]["items"], [])
        arrival = f"messages/{line['arrival']}"
        self.assertTrue(self.ask(arrival)[1]["masked"])
        status, whole = self.ask(arrival + "?reason=fault-finding")
        self.assertEqual(status, 200)
        self.assertEqual(whole["raw"].encode(), message)
        self.assertIn("MSA|AA|" + control_id, whole["acknowledgement"])
        fates = whole["fates"]
        self.assertEqual(len(whole["account"]), fates["mapped"] + fates["set_aside"] + fates["unmapped"])
        named = {path.split("#")[0] for field in whole["account"] for path in field.get("paths", [])}
        self.assertLessEqual(named, {one["reference"] for one in whole["resources"]} | set(whole.get("unchanged", [])))
        self.assertEqual([one["target"] for one in whole["deliveries"]], ["hospital"])
        self.assertEqual(self.ask(arrival, "operator")[0], 403, "an auditor opens no message")
        status, trail = self.ask("audit?kind=content-opened", "operator")
        self.assertEqual(status, 200)
        self.assertEqual([one["detail"].split()[0] for one in trail["items"]], ["HSYSADMIN"])
        self.assertEqual(self.ask("audit")[0], 403)
        self.assertEqual(self.gateway.metric("immunogate_content_opened_total", role="operator"), 1)
        self.assertEqual(self.gateway.verify()[0], 0)

    def test_the_overview_says_how_it_goes_to_a_person_who_is_signed_in(self):
        with self.gateway.connect() as s:
            self.assertEqual(code(exchange(s, sample(1))), "AA")
        status, text, error = user(self.gateway, "add", "anna", "--role", "administrator")
        self.assertEqual(status, 0, error)
        anna = Browser(self.gateway)
        given = {"user": "anna", "invitation": invitation(text), "password": "correct horse battery staple"}
        self.assertEqual(anna.ask("invitation", given)[0], 200)
        status, seen = anna.ask("overview")
        self.assertEqual(status, 200)
        self.assertTrue(seen["store"]["ready"])
        self.assertEqual((seen["instance"], seen["messages"]["last_minute"], seen["answers"]["AA"]), ("clinic-a", 1, 1))
        self.assertGreater(seen["ack_seconds"]["p99"], 0)
        self.assertTrue(all(one["days_left"] >= 0 and one["subject"] for one in seen["certificates"]))
        [target] = anna.ask("targets")[1]["items"]
        self.assertEqual((target["name"], target["kind"], target["circuit"]), ("hospital", "fhir", "closed"))
        sent = [one for one in anna.ask("senders")[1]["items"] if one["messages"]]
        self.assertEqual([one["messages"] for one in sent], [1])
        self.assertEqual(anna.ask("reviews")[0], 200)
        self.assertEqual(anna.ask("messages/1?reason=quality")[1]["error"]["code"], "role")
        self.assertEqual(anna.ask("messages?patient=P0001")[1]["error"]["code"], "role")


if __name__ == "__main__":
    unittest.main()
