"""A target that is down, slow, flapping, wrong: nothing is lost, reordered within a patient, or delivered twice
with a different result (TRUST.md P8, P13; T10). Prints its figures."""
import json
import os
import subprocess
import unittest

from fault_target import FaultTarget, compare
from harness import PROGRAM, Gateway, await_true, certificates, code, exchange, own_environment, sample

PATIENTS, ROUNDS = 12, 6


def result(patient, round):
    """Round after round the same order of a patient: preliminary, then corrections."""
    text = sample(1).decode()
    text = text.replace("P0001", f"P7{patient:03d}").replace("|ORD1|F1|", f"|ORD7{patient}|F7{patient}|")
    text = text.replace("|N1001|", f"|N7{patient:03d}{round:02d}|").replace("||14.2|", f"||{10 + round}.{patient}0|")
    text = text.replace("20250324101500", f"2025032410{15 + round:02d}00")
    if round:
        text = text.replace("|||F|", "|||C|").replace("|H|||F", "|H|||C").replace("|N|||F", "|N|||C")
    return text.encode()


def send_all(gateway, rounds=range(ROUNDS), patients=range(PATIENTS)):
    with gateway.connect() as s:
        for round in rounds:
            for patient in patients:
                answer = code(exchange(s, result(patient, round)))
                assert answer == "AA", answer


def pending(gateway):
    return gateway.metric("immunogate_outbox_pending", target="hospital")


def dead(gateway):
    return gateway.metric("immunogate_dead_letters", target="hospital")


def outbox(gateway, *words, who="operator"):
    ca = certificates()
    door = ["--url", f"https://127.0.0.1:{gateway.ports['https']}", "--cert", f"{ca}/{who}.pem", "--key",
            f"{ca}/{who}-key.pem", "--ca", f"{ca}/ca.pem"] if who else ["--config", f"{gateway.folder}/config.json"]
    run = subprocess.run([PROGRAM, "outbox", *words, *door], capture_output=True, text=True, env=own_environment(),
                         timeout=60)
    return run.returncode, run.stdout, run.stderr


def with_people(config):
    config["access"]["certificates"] = [grant for grant in config["access"]["certificates"]
                                        if grant["subject"] not in ("CN=operator", "CN=sender")]
    config["access"]["certificates"] += [{"subject": "CN=operator", "role": "operator"},
                                         {"subject": "CN=sender", "role": "operator"}]
    config["operations"]["socket"] = os.path.join(config["store"]["folder"], "commands.sock")


class Faults(unittest.TestCase):
    def settle(self, gateway, target, seconds=240):
        await_true("the outbox is empty", lambda: pending(gateway) == 0, seconds)
        lost, reordered, different = compare(gateway, target)
        posts = sum(1 for r in target.requests if r[0] == "POST")
        print(f"\nP13 {self.id().rsplit('.', 1)[1]}: lost={len(lost)} reordered={len(reordered)} "
              f"different={len(different)} of={len(target.history)} resources, {posts} requests, "
              f"faults={dict(target.faults)}", flush=True)
        self.assertEqual((lost, reordered, different), ([], [], []))
        self.assertEqual(gateway.count("Observation?"), PATIENTS * 4)
        there = sum(1 for reference in target.history if reference.startswith("Observation/"))
        self.assertEqual(there, PATIENTS * 4)

    def test_flapping_with_every_fault_in_turn(self):
        faults = ("500", "half", "slow", "503", "gone", "429", "before", "412", "500", "half")
        plan = lambda bundle, number: faults[number // 3 % len(faults)] if number % 3 == 1 else None
        with FaultTarget(plan) as target, Gateway(forward=[target.as_target(batch_messages=1)]) as gateway:
            send_all(gateway)
            self.settle(gateway, target)
            self.assertGreater(len(target.faults), 5)
            self.assertEqual(dead(gateway), 0)

    def test_down_for_long_then_a_wrong_certificate_then_a_redirect_then_refused(self):
        target = FaultTarget()
        with Gateway(forward=[target.as_target()]) as gateway:
            send_all(gateway, range(3))
            self.assertEqual(pending(gateway), PATIENTS * 3)
            target.wrong = True
            target.up()
            log = lambda: gateway.log_text().count("outbox.target_wrong")
            await_true("the wrong certificate is noticed", lambda: log() >= 1, 120)
            self.assertEqual(target.requests, [], "not a byte went to who is not believed")
            self.assertEqual(gateway.metric("immunogate_circuit_state", target="hospital"), 2)
            send_all(gateway, range(3, ROUNDS))
            target.down()
            target.wrong = False
            target.plan = lambda bundle, number: {0: "redirect", 1: "401"}.get(number)
            with target:
                self.settle(gateway, target)
            self.assertEqual(dead(gateway), 0)
            self.assertEqual(gateway.metric("immunogate_circuit_state", target="hospital"), 0)
            self.assertEqual(gateway.log_text().count("outbox.target_away"),
                             gateway.log_text().count("outbox.target_back"), "both ends of an outage are logged")

    def test_a_message_that_is_refused_is_a_dead_letter_until_it_is_healed_or_retried(self):
        refused = lambda bundle, number: "422" if any(
            e["resource"].get("valueQuantity", {}).get("value") in ({"#": "12.30"}, {"#": "15.50"})
            for e in bundle["entry"]) else None
        with FaultTarget(refused) as target, Gateway(forward=[target.as_target()], change=with_people) as gateway:
            send_all(gateway)
            await_true("the outbox is empty", lambda: pending(gateway) == 0, 120)
            # Patient 3's third version was healed by its fourth; patient 5's last one was not.
            self.assertEqual(gateway.metric("immunogate_superseded_total", target="hospital"), 1)
            status, text, _ = outbox(gateway, "list", "--json")
            letters = [json.loads(line) for line in text.splitlines()]
            self.assertEqual((status, len(letters)), (0, 1), text)
            self.assertIn("scripted 422", letters[0]["answer"])
            self.assertEqual(outbox(gateway, "list", who=None)[0], 0, "over the socket")
            number = str(letters[0]["delivery"])
            self.assertEqual(outbox(gateway, "retry", number)[0], 2, "without a reason")
            target.plan = lambda bundle, number: None
            status, text, error = outbox(gateway, "retry", number, "--reason", "mended there", who=None)
            self.assertEqual((status, text), (0, "1 sent once more\n"), error)
            self.settle(gateway, target)
            self.assertEqual(outbox(gateway, "list")[1], "none dead letters\n")
            self.assertEqual(gateway.verify()[0], 0)

    def test_a_kill_between_answer_and_record_delivers_nothing_else(self):
        with FaultTarget(lambda bundle, number: "slow" if number % 4 == 0 else None) as target:
            with Gateway(forward=[target.as_target(batch_messages=4)]) as gateway:
                for round in range(ROUNDS):
                    send_all(gateway, [round])
                    gateway.kill()
                    gateway.start()
                self.settle(gateway, target)


class People(unittest.TestCase):
    def test_threat_22_only_people_with_the_role_decide_and_a_hundred_and_one_need_two(self):
        with FaultTarget(lambda bundle, number: "422") as target, \
                Gateway(forward=[target.as_target()], change=with_people) as gateway:
            send_all(gateway, range(1), range(101))
            await_true("all are dead", lambda: dead(gateway) == 101, 120)
            self.assertEqual(outbox(gateway, "list", who="client")[0], 2, "no person")
            status, text, error = outbox(gateway, "discard", "--target", "hospital", "--reason", "sent by hand")
            self.assertEqual(status, 0, error)
            word = text.split()[-1]
            self.assertIn("await a second person", text)
            self.assertEqual(dead(gateway), 101)
            self.assertEqual(outbox(gateway, "agree", word)[0], 2, "the same person")
            self.assertEqual(outbox(gateway, "agree", word, who="sender")[1], "101 discarded\n")
            self.assertEqual(dead(gateway), 0)
            self.assertEqual(gateway.verify()[0], 0)


class Targets(unittest.TestCase):
    def test_several_targets_each_get_what_they_want_and_none_holds_up_another(self):
        away, folder = FaultTarget(name="away"), None
        with FaultTarget(name="all") as everything, FaultTarget(name="flow") as some:
            gateway = Gateway()
            folder = os.path.join(gateway.folder, "sink")
            os.mkdir(folder)
            gateway.forward = [everything.as_target(), away.as_target(),
                               some.as_target(only="Observation?code=http://loinc.org|2342-4"),
                               {"name": "files", "directory": folder}]
            with gateway:
                send_all(gateway, range(2), range(3))
                for name in ("all", "files"):
                    await_true(f"all at {name}", lambda: gateway.metric(
                        "immunogate_deliveries_total", target=name, result="delivered") == 6)
                self.assertEqual(gateway.metric("immunogate_outbox_pending", target="away"), 6)
                self.assertEqual([r for r in some.requests if r[0] == "POST"], [])
                files = sorted(os.listdir(folder))
                self.assertEqual(files, [f"{n:020d}.ndjson" for n in range(1, 7)])
                with open(os.path.join(folder, files[0])) as lines:
                    kinds = [json.loads(line)["resourceType"] for line in lines]
                self.assertIn("Observation", kinds)
                self.assertNotIn("Bundle", kinds)

    def test_a_loop_is_stopped_and_counted(self):
        first, second = Gateway("clinic-a"), Gateway("clinic-b")
        first.forward = [{**second.as_target("to-b"), "instance": "clinic-b"}]
        second.forward = [{**first.as_target("to-a"), "instance": "clinic-a"}]
        with first, second:
            self.assertEqual(code(first.send(sample(1))), "AA")
            await_true("the result at the other", lambda: second.count("Observation?") == 4)
            self.assertEqual(second.metric("immunogate_loop_stopped_total", target="to-a"), 1)

    def test_a_hub_sends_on_each_patient_in_its_own_order(self):
        with FaultTarget(lambda bundle, number: "500" if number % 5 == 2 else None, name="end") as end:
            hub = Gateway("hub", forward=[end.as_target(batch_messages=3)])
            with hub, Gateway("source", forward=[hub.as_target("hub")]) as source:
                send_all(source)
                await_true("all went to the hub",
                           lambda: source.metric("immunogate_outbox_pending", target="hub") == 0, 120)
                await_true("all went on", lambda: hub.metric("immunogate_outbox_pending", target="end") == 0, 240)
                self.assertEqual(compare(hub, end), ([], [], []))
                self.assertEqual(hub.verify()[0], 0)
                self.assertTrue(all(r[3] == "source, hub" for r in end.requests if r[0] == "POST"))


if __name__ == "__main__":
    unittest.main()
