"""A FHIR client queries: FHIR.md's scenarios on the twelve samples, sent once in order."""
import email.utils
import json
import unittest

from harness import BASE, MRN, OnSamples, exchange, sample

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def context_of(observation):
    """The parts of its cycle context."""
    return next((e["extension"] for e in observation["extension"] if e["url"].endswith("/cycle-context")), [])


class Search(OnSamples):
    def values(self, **parameters):
        return sorted(r.get("valueQuantity", {}).get("value", "-") for r in self.gateway.search("Observation", **parameters))

    def identifier_of(self, observation):
        _, _, patient = self.gateway.fhir(observation["subject"]["reference"])
        return patient["identifier"][0]["value"]

    def test_01_the_search_this_gateway_exists_for(self):
        status, _, bundle = self.gateway.fhir(
            f"Observation?patient.identifier={MRN}%7CP0001&code={LOINC}%7C8112-5&cycle-day=ge19&cycle-day=le23"
            "&sample-type=peripheral-blood&_sort=-date")
        self.assertEqual(status, 200, bundle)
        self.assertEqual(len(bundle["entry"]), 1)
        self.assertNotIn("total", bundle)
        o = bundle["entry"][0]["resource"]
        self.assertEqual(o["valueQuantity"]["value"], "14.2")
        self.assertEqual(o["interpretation"][0]["coding"][0]["code"], "H")
        self.assertEqual(o["effectiveDateTime"], "2025-03-22T09:30:00-05:00")
        self.assertIn({"system": f"{BASE}/CodeSystem/cycle-day", "code": "cd-21"}, o["meta"]["tag"])
        self_link = next(l["url"] for l in bundle["link"] if l["relation"] == "self")
        for part in ("patient.identifier=", "code=", "cycle-day=ge19", "cycle-day=le23", "sample-type=", "_sort="):
            self.assertIn(part, self_link)

    def test_02_the_corrected_value_stands_alone(self):
        status, _, bundle = self.gateway.fhir(f"Observation?code={LOINC}%7C8112-5&_total=accurate")
        self.assertEqual(bundle["total"], "4")
        self.assertEqual(sorted(e["resource"]["valueQuantity"]["value"] for e in bundle["entry"]),
                         ["12.9", "14.2", "14.6", "9.4"])

    def test_03_cycle_days_as_a_range(self):
        self.assertEqual(len(self.values(**{"cycle-day": ["ge19", "le23"]})), 9)
        self.assertEqual(len(self.values(**{"cycle-day": ["ge19", "le23"], "sample-type": "plasma"})), 6)
        self.assertEqual(len(self.values(**{"cycle-day": ["ge19", "le23"], "cycle-source:not": "derived-lmp"})), 6)
        self.assertEqual(self.values(**{"cycle-day": "22"}), [])

    def test_03_a_range_of_days_is_of_these_two_patients(self):
        found = self.gateway.search("Observation", **{"cycle-day": ["ge19", "le23"]})
        days = {(self.identifier_of(o), part["valueInteger"]) for o in found for part in context_of(o)
                if part["url"] == "day"}
        self.assertEqual(days, {("P0001", "21"), ("P0006", "20")})

    def test_04_no_day_is_unknown_or_not_applicable(self):
        tag = f"{BASE}/CodeSystem/cycle-day"
        self.assertEqual(self.gateway.count(f"Observation?_tag={tag}%7Cnot-applicable&category=laboratory"), 3)
        self.assertEqual(self.gateway.count(f"Observation?_tag={tag}%7Cunknown&category=laboratory"), 17)
        self.assertEqual(self.gateway.count("Observation?category=laboratory&cycle-day:missing=true"), 20)
        for unknown in ("unknown", "not-applicable"):
            self.assertEqual(self.gateway.count(f"Observation?_tag={tag}%7C{unknown}&cycle-day=ge0"), 0)

    def test_05_an_offset_from_the_lh_surge(self):
        found = self.gateway.search("Observation", **{"cycle-anchor": "lh-surge", "cycle-offset": "7"})
        self.assertEqual(len(found), 6)
        self.assertEqual({self.identifier_of(o) for o in found}, {"P0003"})
        together = self.gateway.search("Observation", **{"cycle-anchor-offset": "lh-surge$7"})
        self.assertEqual([o["id"] for o in together], [o["id"] for o in found])
        self.assertEqual(self.gateway.count("Observation?cycle-anchor-offset=lh-surge$8,hcg-trigger$7"), 0)
        self.assertEqual(self.values(**{"code-cycle-day": f"{LOINC}|8112-5$21,{LOINC}|9728-7$9"}), ["14.2", "260"])
        self.assertEqual([part for o in found for part in context_of(o) if part["url"] == "day"], [])
        dated = self.gateway.search("Observation", code="histologic-dating")
        self.assertEqual([o["valueString"] for o in dated], ["POD 7 (day 21)"])
        self.assertEqual(self.gateway.count("Observation?code=histologic-dating&cycle-day=21"), 0)

    def test_06_phases_are_stated_or_anchored_never_inferred(self):
        found = self.gateway.search("Observation", **{"cycle-phase": "progesterone-exposed"})
        self.assertEqual([self.identifier_of(o) for o in found], ["P0004"] * 4)
        found = self.gateway.search("Observation", **{"cycle-phase": "luteal"})
        self.assertEqual({self.identifier_of(o) for o in found}, {"P0003"})
        self.assertEqual(len(found), 6)

    def test_07_sample_types(self):
        for kind, number in (("endometrium", 10), ("peripheral-blood", 25), ("serum-or-plasma", 2), ("not-a-specimen", 1)):
            self.assertEqual(self.gateway.count(f"Observation?sample-type={kind}"), number, kind)
        self.assertEqual(self.gateway.count(f"Observation?sample-type=endometrium&code={LOINC}%7C8112-5"), 0)

    def test_a_layer_of_the_endometrium(self):
        layer = f"{BASE}/CodeSystem/endometrial-compartment"
        self.assertEqual(self.values(compartment=f"{layer}|stroma-functionalis"), ["6.8"])
        self.assertEqual(self.values(compartment="STRFUN"), ["6.8"])
        self.assertEqual(self.values(compartment="stroma"), ["38"])
        self.assertEqual(self.values(compartment="basalis"), [])

    def test_08_a_number_is_as_precise_as_it_is_written(self):
        code = {"code": f"{LOINC}|8112-5"}
        self.assertEqual(self.values(**code, **{"value-quantity": f"14|{UCUM}|%"}), ["14.2"])
        self.assertEqual(len(self.values(**code, **{"value-quantity": f"gt12|{UCUM}|%"})), 3)
        self.assertEqual(self.values(**code, **{"value-quantity": f"ap14|{UCUM}|%"}), ["12.9", "14.2", "14.6"])
        self.assertEqual(self.values(**code, **{"value-quantity": f"14.20|{UCUM}|%"}), ["14.2"])

    def test_09_10_numbers_are_asked_in_any_unit_of_their_kind_and_come_as_they_were_written(self):
        for code, asked, value, unit in (("9728-7", "gt300|{}|/uL", "0.312", "10*9/L"),
                                         ("27161-9", "gt2.5|{}|pg/mL", "2.6", "ng/L")):
            found = self.gateway.search("Observation", code=f"{LOINC}|{code}", **{"value-quantity": asked.format(UCUM)})
            self.assertEqual([(o["valueQuantity"]["value"], o["valueQuantity"]["code"]) for o in found], [(value, unit)])
        self.assertEqual(self.gateway.count(f"Observation?value-quantity=gt0.1%7C{UCUM}%7CkPa&code={LOINC}%7C9728-7"), 0)

    def test_a_unit_that_is_none_is_refused_with_the_remedy(self):
        status, _, outcome = self.gateway.fhir(f"Observation?value-quantity=gt0.1%7C{UCUM}%7Cpercent")
        self.assertEqual(status, 400, outcome)
        issue = outcome["issue"][0]
        self.assertEqual((issue["code"], issue["details"]["coding"][0]["code"]),
                         ("not-supported", "search-unit-unknown"))
        self.assertIn("unit", issue["diagnostics"])

    def test_an_estimate_is_rounded_so_that_nobody_takes_it_for_a_count(self):
        total = lambda query: self.gateway.fhir("Observation?_count=3" + query)[2].get("total")
        self.assertEqual((total(""), total("&_total=none")), (None, None))
        self.assertEqual((total("&_total=accurate"), total("&_total=estimate")), (str(self.gateway.count("Observation?")),) * 2,
                         "below a hundred there is nothing to round")

    def test_every_page_names_the_first(self):
        first = f"Observation?code={LOINC}%7C8112-5&_count=1"
        _, _, page = self.gateway.fhir(first)
        links = {l["relation"]: l["url"] for l in page["link"]}
        self.assertEqual(links["first"], links["self"])
        _, _, second = self.gateway.fhir(links["next"].split("/fhir/")[1])
        self.assertEqual({l["relation"]: l["url"] for l in second["link"]}["first"], links["first"])
        self.assertNotEqual(second["entry"], page["entry"])

    def test_what_a_client_holds_already_is_not_sent_again(self):
        o = self.gateway.search("Observation", order="F8")[0]
        path = f"Observation/{o['id']}"
        _, headers, _ = self.gateway.fhir(path)
        changed = headers["last-modified"]
        earlier = email.utils.formatdate(email.utils.parsedate_to_datetime(changed).timestamp() - 1, usegmt=True)
        later = email.utils.formatdate(email.utils.parsedate_to_datetime(changed).timestamp() + 60, usegmt=True)
        for name, value, wanted in (("If-None-Match", "*", 304), ("If-Modified-Since", later, 304),
                                    ("If-Modified-Since", changed, 304), ("If-Modified-Since", earlier, 200),
                                    ("If-Modified-Since", "yesterday", 200)):
            self.assertEqual(self.gateway.fhir(path, headers={name: value})[0], wanted, (name, value))

    def test_there_is_no_smart_configuration_and_the_answer_says_what_to_use(self):
        status, _, outcome = self.gateway.fhir(".well-known/smart-configuration", who=None)
        self.assertEqual(status, 404)
        self.assertEqual(outcome["resourceType"], "OperationOutcome")
        self.assertIn("certificate", outcome["issue"][0]["diagnostics"])

    def test_11_a_comparator_matches_only_what_is_certain(self):
        found = self.gateway.search("Observation", **{"value-quantity": f"lt1|{UCUM}|%"})
        self.assertEqual([o["valueQuantity"]["comparator"] for o in found], ["<"])
        self.assertEqual(self.values(code="th2-il4-cd4-pct", **{"value-quantity": f"gt0.2|{UCUM}|%"}), [])

    def test_12_a_component_is_asked_by_its_own_value(self):
        pair = "Observation?component-code-value-quantity="
        self.assertEqual(self.gateway.count(f"{pair}{LOINC}%7C8462-4$ge90"), 0)
        self.assertEqual(self.gateway.count(f"{pair}{LOINC}%7C8480-6$ge130"), 1)

    def test_13_a_code_of_a_component_is_none_of_the_result(self):
        self.assertEqual(self.gateway.count(f"Observation?code={LOINC}%7C8480-6"), 0)
        self.assertEqual(self.gateway.count(f"Observation?combo-code={LOINC}%7C8480-6"), 1)

    def test_14_a_code_with_its_value(self):
        found = self.gateway.search("Observation", **{"code-value-quantity": f"{LOINC}|8112-5$gt12|{UCUM}|%",
                                                      "sample-type": "peripheral-blood"})
        self.assertEqual(sorted(o["valueQuantity"]["value"] for o in found), ["12.9", "14.2", "14.6"])
        self.assertEqual([self.identifier_of(o) for o in found if not o.get("interpretation")], ["P0007"])

    def test_42_by_the_interpretation_of_the_laboratory(self):
        found = self.gateway.search("Observation", interpretation="H", _sort="date")
        found = [o for o in found if self.identifier_of(o).startswith("P0")]  # others came while pages were read
        self.assertEqual([o["valueQuantity"]["value"] for o in found], ["17.4", "14.2", "18.6", "2.6", "12.9", "128"])

    def test_what_fhir_has_and_no_index_is_refused_as_such(self):
        status, _, outcome = self.gateway.fhir("Patient?phonetic=x")
        self.assertEqual((status, outcome["issue"][0]["code"]), (400, "not-supported"))
        self.assertIn("not indexed", json.dumps(outcome))

    def test_every_parameter_of_the_capability_statement_answers(self):
        _, _, statement = self.gateway.fhir("metadata")
        values = {"number": "1", "quantity": "1", "date": "2025", "uri": "urn:a", "composite": "a$1"}
        for resource in statement["rest"][0]["resource"]:
            if resource["type"] == "AuditEvent":  # an auditor's: test_audit
                continue
            for parameter in resource.get("searchParam", []):
                query = f"{resource['type']}?{parameter['name']}={values.get(parameter['type'], 'a')}&_count=1"
                if parameter["name"] == "code-value-date":
                    query = query.replace("$1", "$2025")
                with self.subTest(query):
                    status, _, answer = self.gateway.fhir(query)
                    self.assertEqual(status, 200, answer)

    def test_a_panel_by_its_value_set(self):
        panel = f"{BASE}/ValueSet/blood-nk"
        inside, outside = (self.gateway.count(f"Observation?category=laboratory&code:{word}={panel}") for word in ("in", "not-in"))
        self.assertGreater(inside, 10)
        self.assertEqual(inside + outside, self.gateway.count("Observation?category=laboratory"))
        self.assertEqual(self.gateway.fhir(f"Observation?code:in={BASE}/ValueSet/none")[0], 400)

    def test_a_client_may_ask_how_it_was_answered(self):
        _, _, bundle = self.gateway.fhir(f"Observation?code={LOINC}%7C8112-5&_explain=true")
        outcome = [e["resource"] for e in bundle["entry"] if e["search"]["mode"] == "outcome"]
        self.assertEqual(len(outcome), 1)
        self.assertIn("result_by_code", json.dumps(outcome[0]))
        self.assertNotIn("8112", json.dumps(outcome[0]))

    def test_15_dates_are_the_laboratorys_calendar(self):
        self.assertEqual(self.gateway.count("Observation?date=2025-03-22&category=laboratory"), 3)
        self.assertEqual(self.gateway.count("Observation?date=2025-03-22T14:30Z&category=laboratory"), 3)
        self.assertEqual(self.gateway.count("Observation?date=2025-03-07"), 7)
        status, _, outcome = self.gateway.fhir("Observation?date=2025-03-22T09:30")
        self.assertEqual(status, 400)
        self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], "search-bad-value")

    def test_19_a_wrong_name_is_never_a_wider_answer(self):
        status, _, outcome = self.gateway.fhir("Observation?cycle-dai=21")
        self.assertEqual(status, 400)
        self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], "search-unknown-parameter")
        self.assertIn("cycle-day", json.dumps(outcome))
        status, _, bundle = self.gateway.fhir("Observation?cycle-dai=21&_count=1", headers={"Prefer": "handling=lenient"})
        self.assertEqual(status, 200)
        self.assertNotIn("cycle-dai", next(l["url"] for l in bundle["link"] if l["relation"] == "self"))
        self.assertIn("outcome", [e["search"]["mode"] for e in bundle["entry"]])

    def test_20_a_posted_search_finds_the_same(self):
        form = f"code={LOINC}%7C8112-5&cycle-day=ge19&cycle-day=le23"
        _, _, got = self.gateway.fhir("Observation?" + form)
        status, _, posted = self.gateway.fhir("Observation/_search", "POST", form,
                                              {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(status, 200)
        self.assertEqual(got["entry"], posted["entry"])

    def test_21_a_correction_is_a_version_of_the_same_resource(self):
        o = self.gateway.search("Observation", order="F8", code=f"{LOINC}|8112-5")[0]
        self.assertEqual((o["valueQuantity"]["value"], o["status"]), ("12.9", "corrected"))
        _, headers, _ = self.gateway.fhir(f"Observation/{o['id']}")
        self.assertEqual(headers["etag"], 'W/"2"')
        _, _, history = self.gateway.fhir(f"Observation/{o['id']}/_history")
        self.assertEqual([e["resource"]["valueQuantity"]["value"] for e in history["entry"]], ["12.9", "11.9"])
        _, _, first = self.gateway.fhir(f"Observation/{o['id']}/_history/1")
        self.assertEqual(first["valueQuantity"]["value"], "11.9")
        for tag, wanted in (('W/"1"', 200), ('W/"2"', 304)):
            self.assertEqual(self.gateway.fhir(f"Observation/{o['id']}", headers={"If-None-Match": tag})[0], wanted)
        context = next(e for e in o["extension"] if e["url"].endswith("/cycle-context"))["extension"]
        self.assertEqual({p["url"]: [v for k, v in p.items() if k != "url"][0] for p in context
                          if p["url"] in ("day", "anchor", "cycleType", "source")},
                         {"day": "9", "anchor": "lmp", "cycleType": "natural", "source": "aoe-obx"})

    def test_22_cancelled_results_have_no_value(self):
        found = self.gateway.search("Observation", status="cancelled")
        self.assertEqual(len(found), 2)
        for o in found:
            self.assertFalse([k for k in o if k.startswith("value")])
            self.assertEqual(o["dataAbsentReason"]["coding"][0]["code"], "not-performed")

    def test_23_digits_are_served_as_they_were_sent(self):
        o = self.gateway.search("Observation", code="pnk-cd56bright-pct-nk")[0]
        _, _, raw = self.gateway.request("GET", f"/fhir/Observation/{o['id']}")
        self.assertIn(b'"value":5.10', raw)
        _, _, bundle = self.gateway.request("GET", "/fhir/Observation?code=pnk-cd56bright-pct-nk")
        self.assertIn(raw, bundle)

    def test_24_pages_show_the_store_as_of_the_first(self):
        before = self.gateway.count("Observation?")
        seen, link, pages = [], "Observation?_count=7&_sort=-date", 0
        while link:
            status, _, bundle = self.gateway.fhir(link)
            self.assertEqual(status, 200, bundle)
            seen += [e["resource"]["id"] for e in bundle["entry"]]
            pages += 1
            other = sample(1).replace(b"P0001", b"X%04d" % pages).replace(b"N1001", b"PAGE%d" % pages)
            self.gateway.send(other.replace(b"|F1|", b"|FX%d|" % pages))
            link = next((l["url"] for l in bundle["link"] if l["relation"] == "next"), None)
            if link:
                self.assertLessEqual(len(link), 2048)
                link = link.split("/fhir/", 1)[1]
        self.assertEqual(len(seen), before)
        self.assertEqual(len(set(seen)), before)

    def test_24_previous_leads_back_through_the_same_pages(self):
        def page(link):
            status, _, bundle = self.gateway.fhir(link)
            self.assertEqual(status, 200, bundle)
            links = {l["relation"]: l["url"].split("/fhir/", 1)[1] for l in bundle["link"]}
            return [e["resource"]["id"] for e in bundle["entry"]], links
        pages, link = [], "Observation?category=laboratory&_count=9&_sort=-date"
        while link:
            ids, links = page(link)
            self.assertEqual("previous" in links, bool(pages))
            pages.append(ids)
            link = links.get("next")
        self.assertGreater(len(pages), 3)
        for expected in reversed(pages[:-1]):
            ids, links = page(links["previous"])
            self.assertEqual(ids, expected)
            self.assertIn("next", links)
        self.assertNotIn("previous", links)
        self.assertEqual(page(links["next"])[0], pages[1])

    def test_25_a_cursor_belongs_to_its_search_and_client(self):
        _, _, bundle = self.gateway.fhir("Observation?_count=5")
        link = next(l["url"] for l in bundle["link"] if l["relation"] == "next").split("/fhir/", 1)[1]
        broken = link[:-3] + ("AAA" if link[-3:] != "AAA" else "BBB")
        for path, who in ((broken, "client"), (link, "operator")):
            status, _, outcome = self.gateway.fhir(path, who=who)
            self.assertEqual(status, 400, outcome)
            self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], "cursor-forged")

    def test_27_outside_the_scope_is_as_if_it_were_not_there(self):
        status, _, bundle = self.gateway.fhir("Observation?_summary=count", who="sender")
        self.assertEqual(int(bundle["total"]), self.gateway.count("Observation?category=laboratory"))
        survey = self.gateway.search("Observation", category="survey")[0]
        self.assertEqual(self.gateway.fhir(f"Observation/{survey['id']}", who="sender")[0], 404)
        self.assertEqual(self.gateway.fhir("Patient", who="sender")[0], 403)

    def test_29_metadata_is_open_and_data_is_not(self):
        self.assertEqual(self.gateway.fhir("metadata", who=None)[0], 200)
        status, headers, outcome = self.gateway.fhir("Observation", who=None)
        self.assertEqual(status, 401)
        self.assertIn("www-authenticate", headers)
        self.assertEqual(outcome["resourceType"], "OperationOutcome")

    def test_30_answers_are_json(self):
        self.assertEqual(self.gateway.fhir("Observation", headers={"Accept": "application/fhir+xml"})[0], 406)
        self.assertEqual(self.gateway.fhir("Observation?_format=xml")[0], 406)
        self.assertEqual(self.gateway.fhir("", "POST", b"<x/>", {"Content-Type": "text/plain"}, who="gateway")[0], 415)

    def test_31_what_came_by_hl7_belongs_to_its_sender(self):
        o = self.gateway.search("Observation", code="pnk-cd56bright-pct-nk")[0]
        status, _, outcome = self.gateway.fhir(f"Observation/{o['id']}", "PUT", o, who="operator")
        self.assertEqual(status, 409, outcome)
        self.assertIn("NORTHLIS", json.dumps(outcome))
        status, headers, _ = self.gateway.fhir(f"{o['subject']['reference']}", "DELETE", who="gateway")
        self.assertEqual(status, 405)
        self.assertIn("allow", headers)
        status, _, outcome = self.gateway.fhir("Condition", "POST", {"resourceType": "Condition"}, who="gateway")
        self.assertEqual(status, 404)
        self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], "unknown-type")

    def test_43_issues_are_tags(self):
        tag = f"{BASE}/CodeSystem/gateway-issue"
        self.assertEqual(len(self.gateway.search("Observation", _tag=f"{tag}|nm-decimal-comma")), 3)
        found = self.gateway.search("Observation", _tag=f"{tag}|code-specimen-conflict")
        self.assertEqual([o["code"]["coding"][0]["code"] for o in found], ["4548-4"])


if __name__ == "__main__":
    unittest.main()
