"""Results go on to the hospital: over HTTPS with client certificates, in order, through restarts."""
import contextlib
import sqlite3
import unittest

from harness import Gateway, await_true, code, sample, samples


def bodies(gateway):
    """Every Observation as it is served, without what each gateway gives itself."""
    found = {}
    for resource in gateway.search("Observation", _count="1000"):
        resource["meta"].pop("versionId"), resource["meta"].pop("lastUpdated")
        found[resource["id"]] = resource
    return found


class Forward(unittest.TestCase):
    def test_everything_arrives_at_the_receiver_as_it_is_here(self):
        with Gateway("receiver") as receiver, Gateway("sender", forward=[receiver.as_target()]) as gateway:
            for message in samples():
                self.assertEqual(code(gateway.send(message)), "AA")
            await_true("60 Observations at the receiver", lambda: receiver.count("Observation?") == 60)
            await_true("the outbox is empty",
                       lambda: gateway.metric("immunogate_outbox_pending", target="hospital") == 0)
            self.assertEqual(bodies(gateway), bodies(receiver))
            self.assertEqual(receiver.search("Observation", order="F8", code="http://loinc.org|8112-5")[0]
                             ["valueQuantity"]["value"], "12.9")
            self.assertEqual(gateway.stop(), 0)
            self.assertEqual(receiver.stop(), 0)
            for one in (gateway, receiver):
                self.assertEqual(one.verify()[0], 0, one.verify()[1])

    def test_a_target_that_is_down_only_fills_the_outbox(self):
        receiver = Gateway("receiver")
        with Gateway("sender", forward=[receiver.as_target()]) as gateway:
            for message in samples():
                self.assertEqual(code(gateway.send(message)), "AA")
            self.assertGreater(gateway.metric("immunogate_outbox_pending", target="hospital"), 0)
            self.assertEqual(gateway.operations("/readyz")[0], 200)
            with receiver:
                await_true("60 Observations at the receiver", lambda: receiver.count("Observation?") == 60)

    def test_what_was_marked_as_delivered_behind_the_gateways_back_is_found(self):
        receiver = Gateway("receiver")  # never started
        with Gateway("sender", forward=[receiver.as_target()]) as gateway:
            for number in (1, 2, 3):
                self.assertEqual(code(gateway.send(sample(number))), "AA")
            self.assertEqual(gateway.stop(), 0)
            status, text = gateway.verify()
            self.assertEqual(status, 0, text)
            with contextlib.closing(sqlite3.connect(gateway.store)) as db, db:
                db.execute("UPDATE delivery SET state = 3, head = 0 WHERE sequence = 1")
            status, text = gateway.verify()
            self.assertEqual(status, 1, text)
            self.assertIn("delivery 1: the audit does not tell of its state", text)

    def test_the_outbox_survives_a_restart_of_either_side(self):
        receiver = Gateway("receiver")
        with Gateway("sender", forward=[receiver.as_target()]) as gateway:
            self.assertEqual(code(gateway.send(sample(8))), "AA")
            gateway.kill()
            gateway.start()
            receiver.start()
            await_true("the preliminary result", lambda: receiver.count("Observation?order=F8") == 2)
            receiver.kill()
            self.assertEqual(code(gateway.send(sample(9))), "AA")
            receiver.start()
            await_true("the correction", lambda: receiver.count("Observation?order=F8&status=corrected") == 1)
            receiver.__exit__()

    def test_a_resend_is_not_forwarded_again(self):
        with Gateway("receiver") as receiver, Gateway("sender", forward=[receiver.as_target()]) as gateway:
            gateway.send(sample(1))
            await_true("the result", lambda: receiver.count("Observation?") == 4)
            gateway.send(sample(1))
            gateway.send(sample(1).replace(b"N1001", b"N1002"))   # another message, the same content
            await_true("the outbox is empty",
                       lambda: gateway.metric("immunogate_outbox_pending", target="hospital") == 0)
            for o in receiver.search("Observation"):
                self.assertEqual(o["meta"]["versionId"], "1")


class Loop(unittest.TestCase):
    def test_what_came_from_a_target_is_not_sent_back_to_it(self):
        first, second = Gateway("clinic-a"), Gateway("clinic-b")
        first.forward = [{**second.as_target("to-b"), "instance": "clinic-b"}]
        second.forward = [{**first.as_target("to-a"), "instance": "clinic-a"}]
        with first, second:
            self.assertEqual(code(first.send(sample(1))), "AA")
            await_true("the result at the other", lambda: second.count("Observation?") == 4)
            own = sample(5)
            self.assertEqual(code(second.send(own)), "AA")   # what did not come from there is
            await_true("the other's own result",
                       lambda: second.metric("immunogate_deliveries_total", target="to-a", result="delivered") == 1)
            # The target's answer is counted before it is recorded.
            await_true("nothing else waits", lambda: second.metric("immunogate_outbox_pending", target="to-a") == 0)


class Receiving(unittest.TestCase):
    def test_a_transaction_posted_twice_changes_nothing_the_second_time(self):
        import json, os, subprocess
        from harness import PROGRAM, PROJECT, SAMPLES, own_environment
        bundle = subprocess.run(
            [PROGRAM, "convert", "--mappings", os.path.join(PROJECT, "mappings"),
             os.path.join(SAMPLES, "05-th1-th2-intracellular-sn.hl7")],
            capture_output=True, env=own_environment(), check=True).stdout
        with Gateway("receiver") as gateway:
            for wanted in ("201", "200"):
                status, _, response = gateway.fhir("", "POST", bundle, {"Content-Type": "application/fhir+json"}, who="gateway")
                self.assertEqual(status, 200, response)
                self.assertEqual({e["response"]["status"][:3] for e in response["entry"]}, {wanted})
                self.assertEqual({e["response"]["etag"] for e in response["entry"]}, {'W/"1"'})
            broken = json.loads(bundle)
            broken["entry"][4]["resource"].pop("resourceType")
            status, _, outcome = gateway.fhir("", "POST", broken, who="gateway")
            self.assertEqual(status, 422, outcome)
            self.assertIn("Bundle.entry[4]", json.dumps(outcome))

    def test_only_a_source_may_write(self):
        with Gateway("receiver") as gateway:
            patient = {"resourceType": "Patient", "id": "x1", "active": True}
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": patient, "request": {"method": "PUT", "url": "Patient/x1"}}]}
            self.assertEqual(gateway.fhir("", "POST", bundle, who="client")[0], 403)
            self.assertEqual(gateway.fhir("Patient/x1", "PUT", patient, who="gateway")[0], 201)
            self.assertEqual(gateway.fhir("Patient/x1", "PUT", patient, who="gateway")[0], 200)
            patient["active"] = False
            status, headers, _ = gateway.fhir("Patient/x1", "PUT", patient, {"If-Match": 'W/"7"'}, who="gateway")
            self.assertEqual(status, 412)
            status, headers, _ = gateway.fhir("Patient/x1", "PUT", patient, {"If-Match": 'W/"1"'}, who="gateway")
            self.assertEqual((status, headers["etag"]), (200, 'W/"2"'))
            patient["active"] = True
            past, future = "Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 06 Nov 2099 08:49:37 GMT"
            for since, wanted in ((past, 412), (future, 200), ("yesterday", 200)):
                status, _, _ = gateway.fhir("Patient/x1", "PUT", patient, {"If-Unmodified-Since": since}, who="gateway")
                self.assertEqual(status, wanted, since)

    def test_a_type_that_is_not_served_is_not_kept_either(self):
        with Gateway("receiver") as gateway:
            def put(type):
                return {"resource": {"resourceType": type, "id": "z1", "active": True},
                        "request": {"method": "PUT", "url": f"{type}/z1"}}
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [put("Patient"), put("Medication")]}
            status, _, outcome = gateway.fhir("", "POST", bundle, who="gateway")
            self.assertEqual(status, 422, outcome)
            self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], "unknown-type")
            self.assertEqual(outcome["issue"][0]["expression"], ["Bundle.entry[1].request.url"])
            self.assertEqual(gateway.fhir("Patient/z1")[0], 404)
            _, _, answer = gateway.fhir("", "POST", {**bundle, "type": "batch"}, who="gateway")
            self.assertEqual([e["response"]["status"] for e in answer["entry"]], ["201", "404"])

    def test_each_entry_of_a_batch_stands_for_itself(self):
        with Gateway("receiver") as gateway:
            def put(id, **request):
                return {"resource": {"resourceType": "Patient", "id": id, "active": True},
                        "request": {"method": "PUT", "url": f"Patient/{id}", **request}}
            batch = {"resourceType": "Bundle", "type": "batch"}
            status, _, answer = gateway.fhir("", "POST", batch, who="gateway")
            self.assertEqual((status, answer["type"], "entry" in answer), (200, "batch-response", False))
            batch["entry"] = [put("b1"), put("b2", ifMatch='W/"7"'), put("b3")]
            status, _, answer = gateway.fhir("", "POST", batch, who="gateway")
            self.assertEqual((status, answer["type"]), (200, "batch-response"))
            self.assertEqual([e["response"]["status"] for e in answer["entry"]], ["201", "412", "201"])
            self.assertEqual(answer["entry"][1]["response"]["outcome"]["resourceType"], "OperationOutcome")
            self.assertEqual([gateway.fhir(f"Patient/{id}")[0] for id in ("b1", "b2", "b3")], [200, 404, 200])


if __name__ == "__main__":
    unittest.main()
