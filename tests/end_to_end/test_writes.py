"""A source client writes one resource at a time (FHIR.md §1, §1.1, §4)."""
import concurrent.futures
import json
import unittest

from harness import BASE, Gateway, sample

SYSTEM = "urn:oid:1.2.3"


def patient(value, **more):
    return {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": value}], **more}


def result(status="final", value="14.20", subject="Patient/w1", **more):
    text = json.dumps({"resourceType": "Observation", "status": status,
                       "code": {"coding": [{"system": "http://loinc.org", "code": "8112-5"}]},
                       "subject": {"reference": subject},
                       "valueQuantity": {"value": "VALUE", "unit": "%"}, **more})
    return text.replace('"VALUE"', value).encode()


JSON = {"Content-Type": "application/fhir+json"}


def change(config):
    known = config["access"]["certificates"]
    config["access"]["certificates"] = [one for one in known if one["subject"] != "CN=sender"] + [
        {"subject": "CN=receiver", "role": "source",
         "scopes": "system/Observation.cruds?category=laboratory system/Patient.rs"},
        # in place of the one that only reads
        {"subject": "CN=sender", "role": "source",
         "scopes": "system/Observation.cu system/Observation.rs?category=laboratory system/Patient.c "
                   "system/Specimen.c system/Specimen.s?type=x"}]


class Writes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("writes", change=change).start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()

    def ask(self, method, path, body=None, who="gateway", **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if isinstance(body, bytes):
            headers |= JSON
        return self.gateway.fhir(path, method, body, headers, who)

    def code(self, outcome):
        return outcome["issue"][0]["details"]["coding"][0]["code"]

    # -- create ---------------------------------------------------------------------------------
    def test_a_created_resource_gets_an_id_and_says_where_it_is(self):
        status, headers, body = self.ask("POST", "Patient", {**patient("C1"), "id": "mine"})
        self.assertEqual((status, headers["etag"]), (201, 'W/"1"'), body)
        self.assertNotEqual(body["id"], "mine")
        self.assertEqual(headers["location"],
                         f"https://127.0.0.1:{self.gateway.ports['https']}/fhir/Patient/{body['id']}/_history/1")
        self.assertIn("last-modified", headers)
        path = headers["location"].split("/fhir/")[1]
        self.assertEqual(self.ask("GET", path, who="client")[2], body)
        self.assertEqual(self.gateway.search("Patient", identifier=f"{SYSTEM}|C1")[0]["id"], body["id"])

    def test_the_digits_that_were_sent_are_served(self):
        for value in ("14.20", "5.10", "0.000", "1e-7", "12345678901234567.10"):
            status, headers, _ = self.ask("POST", "Observation", result(value=value))
            self.assertEqual(status, 201)
            _, _, data = self.gateway.request("GET", "/fhir/" + headers["location"].split("/fhir/")[1])
            self.assertIn(f'"value":{value},'.encode(), data)

    def test_prefer_says_how_much_comes_back(self):
        for wanted, shown in (("minimal", None), ("representation", "Patient"),
                              ("OperationOutcome", "OperationOutcome")):
            status, headers, body = self.ask("POST", "Patient", patient("PR"), Prefer=f"return={wanted}")
            self.assertEqual(status, 201)
            self.assertEqual(body and body["resourceType"], shown)
            self.assertEqual(headers["preference-applied"], f"return={wanted}")
        self.assertNotIn("preference-applied", self.ask("POST", "Patient", patient("PR"))[1])

    def test_what_is_no_fhir_is_refused_with_its_path(self):
        for body, path in (({"resourceType": "Patient", "name": []}, "Patient.name"),
                           ({"resourceType": "Patient", "name": [{}]}, "Patient.name[0]"),
                           ({"resourceType": "Patient", "active": None}, "Patient.active"),
                           ({"resourceType": "Observation"}, "Patient.resourceType")):
            status, _, outcome = self.ask("POST", "Patient", body)
            self.assertEqual((status, self.code(outcome)), (422, "invalid-resource"), body)
            self.assertEqual(outcome["issue"][0]["expression"], [path])
        status, _, outcome = self.ask("POST", "Patient", b'{"resourceType": "Patient",')
        self.assertEqual((status, self.code(outcome)), (400, "json-malformed"))
        self.assertIn("line 1", outcome["issue"][0]["details"]["text"])

    def test_if_none_exist_creates_once(self):
        condition = f"identifier={SYSTEM}|ONCE"
        status, first, body = self.ask("POST", "Patient", patient("ONCE"), If_None_Exist=condition)
        self.assertEqual(status, 201, body)
        status, again, _ = self.ask("POST", "Patient", patient("ONCE", active=True), If_None_Exist=condition)
        self.assertEqual((status, again["location"]), (200, first["location"]))
        self.ask("POST", "Patient", patient("ONCE"))
        status, _, outcome = self.ask("POST", "Patient", patient("ONCE"), If_None_Exist=condition)
        self.assertEqual((status, self.code(outcome), outcome["issue"][0]["code"]),
                         (412, "multiple-matches", "multiple-matches"))
        for wrong in ("_count=1", "identifer=x"):
            self.assertEqual(self.ask("POST", "Patient", patient("X"), If_None_Exist=wrong)[0], 400, wrong)

    def test_of_many_that_create_the_same_at_once_one_does(self):
        def create(_):
            return self.ask("POST", "Patient", patient("RACE"), If_None_Exist=f"identifier={SYSTEM}|RACE")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(create, range(24)))
        self.assertEqual(sorted(status for status, _, _ in answers), [200] * 23 + [201])
        self.assertEqual(len(self.gateway.search("Patient", identifier=f"{SYSTEM}|RACE")), 1)

    # -- update ---------------------------------------------------------------------------------
    def test_an_update_makes_a_version_and_an_equal_one_none(self):
        body = {**patient("U1"), "id": "u1"}
        self.assertEqual(self.ask("PUT", "Patient/u1", body)[0], 201)
        status, headers, _ = self.ask("PUT", "Patient/u1", {**body, "active": True})
        self.assertEqual((status, headers["etag"]), (200, 'W/"2"'))
        status, headers, _ = self.ask("PUT", "Patient/u1", {**body, "active": True})
        self.assertEqual((status, headers["etag"]), (200, 'W/"2"'))
        self.assertEqual(self.ask("GET", "Patient/u1/_history", who="client")[2]["total"], "2")

    def test_conditions_on_the_version_hold(self):
        body = {**patient("U2"), "id": "u2"}
        self.assertEqual(self.ask("PUT", "Patient/u2", body, If_Match="*")[0], 412)
        self.assertEqual(self.ask("PUT", "Patient/u2", body, If_None_Match="*")[0], 201)
        status, _, outcome = self.ask("PUT", "Patient/u2", {**body, "active": True}, If_None_Match="*")
        self.assertEqual((status, self.code(outcome)), (412, "exists"))
        status, _, outcome = self.ask("PUT", "Patient/u2", {**body, "active": True}, If_Match='W/"7"')
        self.assertEqual((status, self.code(outcome)), (412, "version-mismatch"))
        self.assertNotIn("expression", outcome["issue"][0], "there is no Bundle")
        self.assertEqual(self.ask("PUT", "Patient/u2", {**body, "active": True}, If_Match='"1"')[0], 200)
        self.assertEqual(self.ask("PUT", "Patient/u2", {**body, "active": False}, If_Match="*")[0], 200)

    def test_of_concurrent_updates_of_one_version_one_wins_and_no_number_is_missing(self):
        body = {**patient("U3"), "id": "u3"}
        self.ask("PUT", "Patient/u3", body)
        for version in range(1, 5):
            def put(n):
                return self.ask("PUT", "Patient/u3", {**body, "multipleBirthInteger": 100 * version + n},
                                If_Match=f'W/"{version}"')[0]
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                self.assertEqual(sorted(pool.map(put, range(16))), [200] + [412] * 15)
        history = self.ask("GET", "Patient/u3/_history", who="client")[2]
        self.assertEqual([e["resource"]["meta"]["versionId"] for e in history["entry"]], list("54321"))

    def test_a_conditional_update_finds_creates_or_says_why_not(self):
        path = f"Patient?identifier={SYSTEM}|CU"
        status, first, body = self.ask("PUT", path, patient("CU"))
        self.assertEqual(status, 201, body)
        status, headers, again = self.ask("PUT", path, patient("CU", active=True))
        self.assertEqual((status, headers["etag"], again["id"]), (200, 'W/"2"', body["id"]))
        status, _, outcome = self.ask("PUT", path, {**patient("CU"), "id": "another"})
        self.assertEqual(status, 400, outcome)
        status, _, made = self.ask("PUT", f"Patient?identifier={SYSTEM}|CU2", {**patient("CU2"), "id": "cu2"})
        self.assertEqual((status, made["id"]), (201, "cu2"))
        self.assertEqual(self.ask("PUT", f"Patient?identifier={SYSTEM}|CU3", {**patient("CU3"), "id": "cu2"})[0], 409)
        self.ask("POST", "Patient", patient("CU"))
        status, _, outcome = self.ask("PUT", path, patient("CU"))
        self.assertEqual((status, self.code(outcome)), (412, "multiple-matches"))
        self.assertEqual(self.ask("PUT", "Patient", patient("CU"))[0], 400, "without a condition")

    def test_a_conditional_update_is_decided_anew_where_what_it_made_means_another_now(self):
        path = f"Patient?identifier={SYSTEM}|MOVED"
        made = self.ask("PUT", path, patient("MOVED"))[2]["id"]
        self.ask("PUT", f"Patient/{made}", {**patient("ELSEWHERE"), "id": made})
        status, _, again = self.ask("PUT", path, patient("MOVED"))
        self.assertEqual(status, 201, again)
        self.assertNotEqual(again["id"], made)

    def test_a_result_does_not_go_back_from_final_to_preliminary(self):
        self.assertEqual(self.ask("PUT", "Observation/s1", result("final", id="s1"))[0], 201)
        status, _, outcome = self.ask("PUT", "Observation/s1", result("preliminary", id="s1"))
        self.assertEqual((status, self.code(outcome)), (422, "status-regression"))
        self.assertEqual(outcome["issue"][0]["code"], "business-rule")
        self.assertEqual(self.ask("PUT", "Observation/s1", result("corrected", "14.3", id="s1"))[0], 200)

    def test_a_condition_that_is_none_of_the_method_is_refused(self):
        body = {**patient("NC"), "id": "nc"}
        for method, path, sent, headers in (
                ("PUT", "Patient/nc", body, {"If_None_Match": 'W/"3"'}), ("PUT", "Patient/nc", body, {"If_None_Exist": "_id=x"}),
                ("POST", "Patient", body, {"If_Match": 'W/"1"'}), ("POST", "Patient", body, {"If_None_Match": "*"}),
                ("DELETE", "Observation/nc", None, {"If_None_Match": "*"})):
            status, _, outcome = self.ask(method, path, sent, **headers)
            self.assertEqual((status, self.code(outcome)), (422, "invalid-resource"), (method, headers))
            self.assertEqual(outcome["issue"][0]["location"], [f"http.{next(iter(headers)).replace('_', '-')}"])
        self.assertEqual(self.gateway.search("Patient", identifier="NC"), [])

    # -- delete ---------------------------------------------------------------------------------
    def test_what_was_deleted_is_gone_and_its_versions_are_not(self):
        self.ask("PUT", "Observation/d1", result(id="d1"))
        status, headers, body = self.ask("DELETE", "Observation/d1")
        self.assertEqual((status, headers["etag"], body), (204, 'W/"2"', None))
        status, headers, outcome = self.ask("GET", "Observation/d1", who="client")
        self.assertEqual((status, headers["etag"], self.code(outcome)), (410, 'W/"2"', "resource-deleted"))
        self.assertEqual(self.ask("GET", "Observation/d1/_history/2", who="client")[0], 410)
        status, headers, body = self.ask("GET", "Observation/d1/_history/1", who="client")
        self.assertEqual((status, headers["etag"], body["valueQuantity"]["value"]), (200, 'W/"1"', "14.20"))
        history = self.ask("GET", "Observation/d1/_history", who="client")[2]["entry"]
        self.assertEqual([e["request"]["method"] for e in history], ["DELETE", "PUT"])
        self.assertNotIn("resource", history[0])
        self.assertEqual(self.gateway.search("Observation", _id="d1"), [])
        self.assertEqual(self.ask("DELETE", "Observation/d1")[0], 204, "again: nothing more happens")
        self.assertEqual(self.ask("GET", "Observation/d1", who="client")[1]["etag"], 'W/"2"')
        status, headers, _ = self.ask("PUT", "Observation/d1", result(id="d1"))
        self.assertEqual((status, headers["etag"]), (201, 'W/"3"'), "it comes back as the next version")
        self.assertEqual(self.gateway.verify()[0], 0)

    def test_a_deletion_heeds_its_conditions(self):
        self.ask("PUT", "Observation/d2", result(id="d2"))
        self.assertEqual(self.ask("DELETE", "Observation/d2", If_Match='W/"2"')[0], 412)
        status, headers, outcome = self.ask("DELETE", "Observation/d2", If_Match='W/"1"',
                                            Prefer="return=OperationOutcome")
        self.assertEqual((status, outcome["resourceType"]), (200, "OperationOutcome"))
        self.assertEqual(self.ask("DELETE", "Observation/never")[0], 204)
        for path in ("Observation/d2", "Observation/never", "Observation?identifier=never"):
            for version in ('W/"1"', "*"):
                status, _, outcome = self.ask("DELETE", path, If_Match=version)
                self.assertEqual((status, self.code(outcome)), (412, "version-mismatch"), path)

    def test_a_conditional_deletion_takes_back_one(self):
        identified = {"identifier": [{"system": SYSTEM, "value": "CD"}]}
        path = f"Observation?identifier={SYSTEM}|CD"
        self.assertEqual(self.ask("DELETE", path)[0], 204)
        for id in ("cd1", "cd2"):
            self.ask("PUT", f"Observation/{id}", result(id=id, **identified))
        status, _, outcome = self.ask("DELETE", path)
        self.assertEqual((status, self.code(outcome)), (412, "multiple-matches"))
        self.ask("DELETE", "Observation/cd1")
        self.assertEqual(self.ask("DELETE", path)[0], 204)
        self.assertEqual(self.ask("GET", "Observation/cd2", who="client")[0], 410)
        self.assertEqual(self.ask("DELETE", "Observation")[0], 400, "without a condition")

    def test_what_is_never_deleted_says_so(self):
        for type in ("Patient", "Practitioner", "Provenance", "Binary", "Task"):
            status, headers, outcome = self.ask("DELETE", f"{type}/x")
            self.assertEqual((status, self.code(outcome)), (405, "method-not-offered"), type)
            self.assertTrue(headers["allow"].startswith("GET, HEAD"), type)
            self.assertNotIn("DELETE", headers["allow"])
            self.assertEqual(self.ask("DELETE", f"{type}?identifier=x")[0], 405)

    # -- who may --------------------------------------------------------------------------------
    def test_what_a_laboratory_sent_belongs_to_it(self):
        self.gateway.send(sample(1))
        found = self.gateway.search("Observation", code="http://loinc.org|8112-5", order="F1")[0]
        path = f"Observation/{found['id']}"
        for method, body in (("DELETE", None), ("PUT", {**found, "status": "amended"})):
            for who in ("gateway", "operator"):
                status, _, outcome = self.ask(method, path, body, who=who)
                self.assertEqual((status, self.code(outcome)), (409, "owned-by-sender"), (method, who))
                self.assertIn("NORTHLIS", outcome["issue"][0]["details"]["text"])
        self.assertIn("order F1", self.ask("DELETE", path)[2]["issue"][0]["details"]["text"])
        self.assertEqual(self.ask("GET", path, who="client")[0], 200)

    def test_who_is_no_source_lets_nothing_in(self):
        for method, path, body in (("POST", "Observation", result()), ("PUT", "Observation/n1", result(id="n1")),
                                   ("DELETE", "Observation/n1", None),
                                   ("PUT", "Observation?identifier=x", result())):
            status, _, outcome = self.ask(method, path, body, who="operator")
            self.assertEqual(status, 403, (method, path))
            self.assertIn("role source needed", outcome["issue"][0]["details"]["text"])
            status, _, outcome = self.ask(method, path, body, who="client")   # .rs
            self.assertEqual((status, self.code(outcome)), (403, "scope-missing"))

    def test_out_of_scope_is_as_if_it_were_not_there(self):
        survey = {"category": [{"coding": [{"code": "survey"}]}]}
        laboratory = {"category": [{"coding": [{"code": "laboratory"}]}]}
        self.ask("PUT", "Observation/o1", result(id="o1", **survey))
        self.assertEqual(self.ask("PUT", "Observation/o1", result(id="o1", **laboratory), who="receiver")[0], 404)
        self.assertEqual(self.ask("DELETE", "Observation/o1", who="receiver")[0], 204)
        self.assertEqual(self.ask("GET", "Observation/o1", who="client")[0], 200, "it still stands")
        self.assertEqual(self.ask("POST", "Observation", result(**laboratory), who="receiver")[0], 201)
        self.assertEqual(self.ask("POST", "Observation", result(**survey), who="receiver")[0], 403)

    def test_a_condition_that_is_met_shows_only_what_may_be_read(self):
        for id, category, shown in (("e1", "survey", None), ("e2", "laboratory", "e2")):
            self.ask("PUT", f"Observation/{id}", result(id=id, category=[{"coding": [{"code": category}]}]))
            status, headers, body = self.ask("POST", "Observation", result(), who="sender", If_None_Exist=f"_id={id}")
            self.assertEqual((status, headers["etag"], body and body["id"]), (200, 'W/"1"', shown))
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [
                {"request": {"method": "POST", "url": "Observation", "ifNoneExist": f"_id={id}"},
                 "resource": json.loads(result())}]}
            body = self.ask("POST", "", bundle, who="sender", Prefer="return=representation")[2]
            self.assertEqual(body["entry"][0].get("resource", {}).get("id"), shown)

    def test_a_condition_is_tested_on_what_a_client_may_search_or_change(self):
        known = self.ask("POST", "Patient", patient("SEEN"))[2]["id"]
        self.ask("PUT", "Specimen/seen", {"resourceType": "Specimen", "id": "seen"})
        status, _, outcome = self.ask("POST", "Patient", patient("x"), who="sender", If_None_Exist=f"_id={known}")
        self.assertEqual((status, self.code(outcome)), (403, "scope-missing"))
        self.assertEqual(self.ask("POST", "Observation", result(subject=f"Patient?_id={known}"), who="sender")[0], 403)
        status, _, made = self.ask("POST", "Specimen", {"resourceType": "Specimen"}, who="sender", If_None_Exist="_id=seen")
        self.assertEqual(status, 201, "what lies out of reach is as if it were not there")


if __name__ == "__main__":
    unittest.main()
