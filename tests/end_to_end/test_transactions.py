"""Bundles of a source client: transactions are all or nothing, of a batch each entry stands for itself
(FHIR.md §1.1, §4, scenario 32)."""
import os
import re
import subprocess
import unittest

from harness import PROGRAM, PROJECT, SAMPLES, Gateway, sample

SYSTEM = "urn:oid:1.2.3"
BROWN = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"


def patient(value, **more):
    return {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": value}], **more}


def observation(subject, **more):
    return {"resourceType": "Observation", "status": "final", "code": {"text": "NK"},
            "subject": {"reference": subject}, **more}


def entry(method, url, resource=None, full_url=None, **conditions):
    made = {"request": {"method": method, "url": url, **conditions}}
    if resource:
        made["resource"] = resource
    if full_url:
        made["fullUrl"] = full_url
    return made


class Bundles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("bundles", change=lambda config: config["access"]["certificates"].append(
            {"subject": "CN=receiver", "role": "source", "scopes": "system/*.cruds"})).start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()

    def post(self, kind, *entries, who="receiver", **headers):
        bundle = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.gateway.fhir("", "POST", bundle, headers, who)

    def transact(self, *entries, **how):
        status, _, answer = self.post("transaction", *entries, **how)
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["type"], "transaction-response")
        return answer["entry"]

    def refuse(self, *entries, kind="transaction", **how):
        status, _, outcome = self.post(kind, *entries, **how)
        self.assertGreaterEqual(status, 400)
        issue = outcome["issue"][0]
        return status, issue["details"].get("coding", [{"code": ""}])[0]["code"], issue.get("expression", [""])[0]

    def key(self, answer):
        return "/".join(answer["response"]["location"].split("/fhir/")[1].split("/")[:2])

    # -- transactions ---------------------------------------------------------------------------
    def test_references_of_a_transaction_lead_to_what_it_created(self):
        url = "http://ehr.example/fhir/Patient/17"
        device = "urn:oid:1.2.840.99"
        answers = self.transact(
            entry("POST", "Patient", patient("T1"), BROWN),
            entry("POST", "Observation", observation(BROWN, device={"reference": device},
                                                     extension=[{"url": "urn:x", "valueUri": BROWN}],
                                                     identifier=[{"value": BROWN}])),
            entry("POST", "Device", {"resourceType": "Device"}, device),
            entry("POST", "Patient", patient("T2"), url),
            entry("POST", "Observation", observation("Patient/17", focus=[{"reference": url}], text={
                "status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{BROWN}">x</a></div>'}),
                "http://ehr.example/fhir/Observation/1"))
        self.assertEqual({a["response"]["status"] for a in answers}, {"201"})
        first, o1, device, second, o2 = map(self.key, answers)
        made = self.gateway.fhir(o1)[2]
        self.assertEqual((made["subject"]["reference"], made["device"]["reference"]), (first, device))
        self.assertEqual(made["extension"][0]["valueUri"], first)
        self.assertEqual(made["identifier"][0]["value"], BROWN, "the value of an identifier is no reference")
        made = self.gateway.fhir(o2)[2]
        self.assertEqual((made["subject"]["reference"], made["focus"][0]["reference"]), (second, second))
        self.assertIn(f'href="{first}"', made["text"]["div"])
        self.assertEqual(len(self.gateway.search("Observation", patient=first)), 1)

    def test_a_relative_reference_is_one_of_the_server_its_entry_comes_from(self):
        self.transact(entry("PUT", "Patient/18", {**patient("OURS"), "id": "18"}))
        a, b = "http://a.example/fhir", "http://b.example/fhir"
        both = (entry("POST", "Patient", patient("A"), a + "/Patient/18"), entry("POST", "Patient", patient("B"), b + "/Patient/18"))
        answers = self.transact(*both, entry("POST", "Observation", observation("Patient/18"), a + "/Observation/1"),
                                entry("POST", "Observation", observation("Patient/18"), b + "/Observation/1"))
        subjects = [self.gateway.fhir(self.key(made))[2]["subject"]["reference"] for made in answers[2:]]
        self.assertEqual(subjects, [self.key(answers[0]), self.key(answers[1])])
        for bare in (None, BROWN, "http://c.example/fhir/Observation/1"):
            got = self.refuse(both[0], entry("POST", "Observation", observation("Patient/18"), bare))
            self.assertEqual(got, (422, "unresolved-reference", "Bundle.entry[1].resource.subject.reference"))

    def test_a_conditional_reference_leads_to_the_one_that_meets_it(self):
        known = self.key(self.transact(entry("POST", "Patient", patient("CR")))[0])
        reference = f"Patient?identifier={SYSTEM}|CR"
        made = self.key(self.transact(entry("POST", "Observation", observation(reference)))[0])
        self.assertEqual(self.gateway.fhir(made)[2]["subject"]["reference"], known)
        for condition, status, code in (("identifier=nobody", 422, "unresolved-reference"),
                                        ("colour=red", 400, "search-unknown-parameter")):
            got = self.refuse(entry("POST", "Patient", patient("CR-not")),
                              entry("POST", "Observation", observation(f"Patient?{condition}")))
            self.assertEqual(got, (status, code, "Bundle.entry[1].resource.subject.reference"))
        private = "Nobody of that name " * 9
        outcome = self.post("transaction", entry("POST", "Observation", observation(private + "?x=y")))[2]
        self.assertNotIn("Nobody", str(outcome), "what stands before the question mark is the client's word")
        self.transact(entry("POST", "Patient", patient("CR")))
        self.assertEqual(self.refuse(entry("POST", "Observation", observation(reference)))[:2], (412, "multiple-matches"))
        self.assertEqual(self.gateway.search("Patient", identifier="CR-not"), [], "nothing of it was stored")

    def test_each_condition_is_asked_once_and_not_too_many_are(self):
        self.transact(entry("POST", "Patient", patient("ONCE")))
        refer = lambda more: entry("POST", "Observation", observation(f"Patient?identifier=ONCE&_id:not=n{more}"))
        self.transact(*[refer(0) for _ in range(250)])
        status, code, place = self.refuse(*[refer(n) for n in range(201)])
        self.assertEqual((status, code, place), (400, "search-too-costly", "Bundle.entry[200].resource.subject.reference"))

    def test_a_condition_is_resolved_in_every_write(self):
        known = self.key(self.transact(entry("POST", "Patient", patient("ALONE")))[0])
        reference = f"Patient?identifier={SYSTEM}|ALONE"
        status, _, made = self.gateway.fhir("Observation", "POST", observation(reference), who="receiver")
        self.assertEqual((status, made["subject"]["reference"]), (201, known))
        answer = self.post("batch", entry("POST", "Observation", observation(reference)),
                           entry("POST", "Observation", observation("Patient?identifier=nobody")))[2]["entry"]
        self.assertEqual([a["response"]["status"] for a in answer], ["201", "422"])
        self.assertEqual(self.gateway.fhir(self.key(answer[0]))[2]["subject"]["reference"], known)
        status, _, outcome = self.gateway.fhir("Observation", "POST", observation("Patient?identifier=nobody"), who="receiver")
        self.assertEqual((status, outcome["issue"][0]["expression"]), (422, ["Observation.subject.reference"]))

    def test_a_peer_that_may_not_search_may_refer_by_condition(self):
        known = self.key(self.transact(entry("POST", "Patient", patient("PEER")), who="gateway")[0])
        made = self.key(self.transact(entry("POST", "Observation", observation(f"Patient?identifier={SYSTEM}|PEER")),
                                      who="gateway")[0])
        self.assertEqual(self.gateway.fhir(made)[2]["subject"]["reference"], known)

    def test_a_reference_that_leads_nowhere_stores_nothing(self):
        status, code, place = self.refuse(entry("POST", "Patient", patient("LOST")),
                                          entry("POST", "Observation", observation("urn:uuid:1")))
        self.assertEqual((status, code, place), (422, "unresolved-reference", "Bundle.entry[1].resource.subject.reference"))
        self.assertEqual(self.gateway.search("Patient", identifier="LOST"), [])

    def test_one_entry_that_fails_takes_all_with_it_and_is_named(self):
        good = entry("POST", "Patient", patient("ROLL"))
        self.gateway.send(sample(1))
        minted = self.gateway.search("Observation", order="F1")[0]
        rows = ((entry("PUT", "Patient/r1", {**patient("x"), "id": "r2"}), 422, "invalid-resource"),
                (entry("PUT", "Patient/r1", {**patient("x"), "id": "r1"}, ifMatch='W/"4"'), 412, "version-mismatch"),
                (entry("POST", "Condition", {"resourceType": "Condition"}), 422, "unknown-type"),
                (entry("DELETE", "Patient/r1"), 422, "method-not-offered"),
                (entry("PUT", "Task/t1", {"resourceType": "Task", "id": "t1"}), 403, "scope-missing"),
                (entry("PATCH", "Patient/r1"), 422, "method-not-offered"),
                (entry("GET", "Patient/nobody"), 422, "unknown-id"),
                (entry("POST", "", {"resourceType": "Bundle", "type": "batch"}), 422, "invalid-resource"),
                (entry("POST", "/", {"resourceType": "Bundle", "type": "batch"}), 422, "method-not-offered"),
                (entry("DELETE", f"Observation/{minted['id']}"), 409, "owned-by-sender"),
                (entry("POST", "Patient", patient("x"), ifMatch='W/"1"'), 422, "invalid-resource"),
                (entry("PUT", "Patient/r1", {**patient("x"), "id": "r1"}, ifNoneExist="identifier=x"), 422, "invalid-resource"),
                (entry("POST", "Patient"), 422, "invalid-resource"))
        for bad, status, code in rows:
            got = self.refuse(good, bad)
            self.assertEqual(got[:2], (status, code), bad)
            self.assertTrue(got[2].startswith("Bundle.entry[1]"), (bad, got))
        self.assertEqual(self.gateway.search("Patient", identifier="ROLL"), [])

    def test_entries_are_done_in_the_order_of_their_methods(self):
        self.transact(entry("PUT", "Observation/old", {**observation("Patient/p"), "id": "old"}))
        answers = self.transact(
            entry("GET", "Patient?identifier=ORDER"),
            entry("PUT", "Patient/order", {**patient("ORDER"), "id": "order"}),
            entry("GET", "Patient/order"),
            entry("DELETE", "Observation/old"))
        self.assertEqual([a["response"]["status"] for a in answers], ["200", "201", "200", "204"])
        self.assertEqual(answers[0]["resource"]["entry"][0]["resource"]["id"], "order", "reads see what was written")
        self.assertEqual(answers[2]["resource"]["id"], "order")
        self.assertEqual(answers[2]["response"]["etag"], 'W/"1"')
        self.assertEqual(self.gateway.fhir("Observation/old")[0], 410)

    def test_conditions_of_entries_hold(self):
        condition = f"identifier={SYSTEM}|NE"
        first = self.transact(entry("POST", "Patient", patient("NE"), BROWN, ifNoneExist=condition),
                              entry("POST", "Observation", observation(BROWN)))
        again = self.transact(entry("POST", "Patient", patient("NE"), BROWN, ifNoneExist=condition),
                              entry("POST", "Observation", observation(BROWN)))
        self.assertEqual([a["response"]["status"] for a in first + again], ["201", "201", "200", "201"])
        self.assertEqual(self.key(again[0]), self.key(first[0]))
        self.assertEqual(self.gateway.fhir(self.key(again[1]))[2]["subject"]["reference"], self.key(first[0]))
        found = self.transact(entry("PUT", f"Patient?{condition}", patient("NE", active=True)),
                              entry("DELETE", "Observation?identifier=never"))
        self.assertEqual([a["response"]["status"] for a in found], ["200", "204"])
        self.assertEqual(self.key(found[0]), self.key(first[0]))
        self.assertEqual(self.refuse(entry("POST", "Patient", patient("TW"), ifNoneExist="identifier=TW"),
                                     entry("POST", "Patient", patient("TW"), ifNoneExist="identifier=TW"))[:2],
                         (422, "invalid-resource"))

    def test_prefer_brings_the_resources_along(self):
        made = entry("POST", "Patient", patient("PRE"))
        self.assertNotIn("resource", self.transact(made)[0])
        self.assertEqual(self.transact(made, Prefer="return=representation")[0]["resource"]["resourceType"], "Patient")

    def test_one_fullurl_names_one_entry(self):
        self.assertEqual(self.refuse(entry("POST", "Patient", patient("a"), BROWN), entry("POST", "Patient", patient("b"), BROWN)),
                         (422, "invalid-resource", "Bundle.entry[1].fullUrl"))

    def test_a_bundle_has_a_thousand_entries_and_not_one_more(self):
        reads = [entry("GET", "metadata")] * 1001
        status, code, _ = self.refuse(*reads)
        self.assertEqual((status, code), (413, "body-too-large"))

    def test_32_the_bundle_of_a_message_changes_nothing_where_the_message_came(self):
        self.gateway.send(sample(5))
        path = os.path.join(SAMPLES, next(n for n in sorted(os.listdir(SAMPLES)) if n.startswith("05-")))
        text = subprocess.run([PROGRAM, "convert", "--mappings", os.path.join(PROJECT, "mappings"), path],
                              capture_output=True, check=True).stdout
        headers = {"Content-Type": "application/fhir+json"}
        status, _, answer = self.gateway.fhir("", "POST", text, headers, "receiver")
        self.assertEqual((status, {e["response"]["status"] for e in answer["entry"]}), (200, {"200"}), answer)
        self.assertEqual({e["response"]["etag"] for e in answer["entry"]}, {'W/"1"'})
        changed = re.sub(rb'"value":(?=\d)', b'"value":1', text, count=1)
        self.assertNotEqual(changed, text)
        status, _, outcome = self.gateway.fhir("", "POST", changed, headers, "receiver")
        issue = outcome["issue"][0]
        self.assertEqual((status, issue["details"]["coding"][0]["code"]), (409, "owned-by-sender"), outcome)
        self.assertTrue(issue["expression"][0].startswith("Bundle.entry["))

    # -- batches --------------------------------------------------------------------------------
    def test_a_batch_of_reads_is_for_everybody_who_may_read(self):
        self.transact(entry("PUT", "Patient/bp", {**patient("BP"), "id": "bp"}))
        status, _, answer = self.post("batch", entry("GET", "Patient/bp"), entry("GET", "Patient?identifier=BP"),
                                      entry("GET", "Patient/nobody"), entry("GET", "Condition/x"),
                                      entry("GET", "Patient/bp", ifNoneMatch='W/"1"'), entry("HEAD", "Patient/bp"),
                                      entry("GET", "Patient?colour=red"),
                                      entry("POST", "Patient/_search?identifier=BP"),
                                      entry("GET", "Patient?_format=ndjson"), who="client")
        self.assertEqual((status, answer["type"]), (200, "batch-response"))
        self.assertEqual([a["response"]["status"] for a in answer["entry"]],
                         ["200", "200", "404", "404", "304", "200", "400", "200", "400"])
        self.assertEqual(answer["entry"][0]["resource"]["id"], "bp")
        self.assertEqual(answer["entry"][1]["resource"]["type"], "searchset")
        self.assertEqual(answer["entry"][2]["response"]["outcome"]["resourceType"], "OperationOutcome")
        self.assertNotIn("resource", answer["entry"][5], "HEAD shows nothing")

    def test_in_a_batch_each_may_what_it_may_alone(self):
        answer = self.post("batch", entry("GET", "Patient?identifier=none"), entry("POST", "Patient", patient("N")),
                           entry("DELETE", "Observation/x"), who="client")[2]
        self.assertEqual([a["response"]["status"] for a in answer["entry"]], ["200", "403", "403"])

    def test_each_write_of_a_batch_stands_for_itself(self):
        answer = self.post("batch", entry("POST", "Patient", patient("B1")),
                           entry("POST", "Patient", patient("B1"), ifNoneExist=f"identifier={SYSTEM}|B1"),
                           entry("PUT", "Condition/x", {"resourceType": "Condition", "id": "x"}),
                           entry("PUT", f"Patient?identifier={SYSTEM}|B1", patient("B1", active=True)),
                           entry("POST", "Observation", observation(BROWN)),
                           entry("PATCH", "Patient/x"), entry("DELETE", "Observation/never"),
                           entry("POST", "/", {"resourceType": "Bundle", "type": "batch"}))[2]
        self.assertEqual([a["response"]["status"] for a in answer["entry"]],
                         ["201", "200", "404", "200", "422", "405", "204", "405"])

    def test_what_a_bundle_asks_for_has_a_limit_in_bytes(self):
        long = "x" * 1_000_000
        self.transact(entry("PUT", "Patient/long", {**patient("LONG"), "id": "long", "name": [{"text": long}]}))
        reads = [entry("GET", "Patient/long")] * 80
        status, code, place = self.refuse(*reads)
        self.assertEqual((status, code), (400, "search-too-costly"))
        answer = self.post("batch", *reads, entry("PUT", "Patient/longer", {**patient("LR"), "id": "longer"}))[2]["entry"]
        said = [a["response"]["status"] for a in answer]
        self.assertEqual(set(said[:60]), {"200"})
        self.assertEqual(said[-2:], ["400", "201"], "what is written is small")

    # -- what goes on -----------------------------------------------------------------------------
    def test_a_deletion_is_forwarded_and_a_bundle_of_a_peer_keeps_its_bytes(self):
        with Gateway("hub") as hub:
            with Gateway("edge", change=lambda config: config["access"]["certificates"].append(
                    {"subject": "CN=receiver", "role": "source", "scopes": "system/*.cruds"}),
                         forward=[hub.as_target()]) as edge:
                from harness import await_true
                edge.fhir("Observation/f1", "PUT", {**observation("Patient/p"), "id": "f1"}, who="receiver")
                await_true("it arrives", lambda: hub.fhir("Observation/f1")[0] == 200)
                edge.fhir("Observation/f1", "DELETE", who="receiver")
                await_true("so does its end", lambda: hub.fhir("Observation/f1")[0] == 410)


if __name__ == "__main__":
    unittest.main()
