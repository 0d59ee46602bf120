"""What the gateway says of itself: definitions, codes, package, CapabilityStatement (FHIR.md §1, §3, §11)."""
import glob
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest

from harness import BASE, Gateway, PROJECT

FOLDER = os.path.join(PROJECT, "mappings", "fhir")


def definitions():
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.json"))):
        with open(path) as file:
            yield os.path.basename(path), json.load(file, parse_float=str, parse_int=str)


class Definitions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("definitions").start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()

    def ids(self, path, **how):
        status, _, bundle = self.gateway.fhir(path, **how)
        self.assertEqual(status, 200, bundle)
        return [e["resource"]["id"] for e in bundle.get("entry", [])]

    def test_every_definition_is_read_and_found(self):
        seen = {}
        for _, resource in definitions():
            type, id = resource["resourceType"], resource["id"]
            status, headers, body = self.gateway.fhir(f"{type}/{id}")
            self.assertEqual((status, body), (200, resource))
            self.assertEqual(self.gateway.fhir(f"{type}/{id}", headers={"If-None-Match": headers["etag"]})[0], 304)
            if "url" in resource:
                self.assertEqual(self.ids(f"{type}?url={resource['url']}"), [id])
            seen.setdefault(type, []).append(id)
        self.assertEqual(len(seen), 9)
        for type, ids in seen.items():
            self.assertEqual(self.ids(type), sorted(ids))

    def test_definitions_are_searched_by_what_they_are_called(self):
        self.assertEqual(self.ids("CodeSystem?_id=sample-type,safety"), ["safety", "sample-type"])
        self.assertEqual(self.ids("CodeSystem?name=sampletype&status=active"), ["sample-type", "sample-type-source"])
        self.assertEqual(self.ids("CodeSystem?status=retired"), [])
        version = self.gateway.fhir("CodeSystem/safety")[2]["version"]
        self.assertEqual(self.ids(f"CodeSystem?_id=safety&version={version}"), ["safety"])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertEqual(self.ids("CodeSystem/_search", method="POST", body=b"_id=safety", headers=form), ["safety"])
        self.assertEqual(self.gateway.count("ValueSet?status=active"), 34)
        status, _, outcome = self.gateway.fhir("CodeSystem?colour=red")
        self.assertEqual((status, outcome["issue"][0]["location"]), (400, ["http.colour"]))
        pages, path = [], "ValueSet?_count=10"
        while path:
            bundle = self.gateway.fhir(path)[2]
            pages.append([e["resource"]["id"] for e in bundle["entry"]])
            links = {l["relation"]: l["url"] for l in bundle["link"]}
            path = links.get("next", "/fhir/").split("/fhir/")[1]
        self.assertEqual([len(p) for p in pages], [10, 10, 10, 4])
        self.assertEqual(sum(pages, []), self.ids("ValueSet"))
        short = self.gateway.fhir("CodeSystem/safety?_elements=url")[2]
        self.assertNotIn("concept", short)
        self.assertEqual(short["meta"]["tag"][0]["code"], "SUBSETTED")

    def test_definitions_are_not_written_over_fhir(self):
        for method, path in (("PUT", "CodeSystem/safety"), ("POST", "CodeSystem"), ("DELETE", "CodeSystem/safety")):
            body = {"resourceType": "CodeSystem"} if method != "DELETE" else None
            status, headers, outcome = self.gateway.fhir(path, method, body, who="gateway")
            self.assertEqual(status, 403, "no scope to read them either")
        status, headers, _ = self.gateway.fhir("CodeSystem/safety", "DELETE")
        self.assertEqual((status, headers["allow"]), (405, "GET, HEAD"))
        self.assertEqual(self.gateway.fhir("CodeSystem/nobody")[0], 404)
        self.assertEqual(self.gateway.fhir("CodeSystem", who="operator")[0], 403)
        self.assertEqual(self.gateway.fhir("CodeSystem", who=None)[0], 401)

    def test_a_page_that_is_none_is_refused(self):
        for cursor in ("x", "1x", "-1", "", "99999999999999999999"):
            status, _, outcome = self.gateway.fhir(f"CodeSystem?_cursor={cursor}")
            self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]), (400, "cursor-forged"), cursor)

    def test_a_code_is_looked_up(self):
        def said(query):
            status, _, body = self.gateway.fhir(f"CodeSystem/$lookup?{query}")
            return status, {p["name"]: p.get("valueString") for p in body.get("parameter", [])}
        status, found = said(f"system={BASE}/CodeSystem/sample-type&code=peripheral-blood")
        self.assertEqual((status, found["display"], found["name"]), (200, "Peripheral blood", "SampleType"))
        self.assertIn("definition", found)
        self.assertEqual(said("system=http://loinc.org&code=8112-5")[0], 200, "in use, though not ours")
        for unknown in (f"system={BASE}/CodeSystem/sample-type&code=tea", "system=http://loinc.org&code=1-8",
                        "system=urn:nobody&code=x"):
            self.assertEqual(said(unknown)[0], 404, unknown)
        self.assertEqual(said("code=x")[0], 400)
        for more in ("colour=red", "version=1", "property=display"):
            self.assertEqual(said(f"system=http://loinc.org&code=8112-5&{more}")[0], 400, more)
        body = {"resourceType": "Parameters", "parameter": [
            {"name": "system", "valueUri": f"{BASE}/CodeSystem/safety"}, {"name": "code", "valueCode": "nobody"}]}
        self.assertEqual(self.gateway.fhir("CodeSystem/$lookup", "POST", body)[0], 404)

    def test_a_value_set_is_expanded(self):
        def codes(path):
            status, _, body = self.gateway.fhir(path)
            self.assertEqual(status, 200, body)
            self.assertEqual(int(body["expansion"]["total"]), len(body["expansion"].get("contains", [])))
            return {(c["system"], c["code"]) for c in body["expansion"].get("contains", [])}
        system = self.gateway.fhir("CodeSystem/sample-type")[2]
        whole = {(system["url"], c["code"]) for c in system["concept"]}
        self.assertEqual(codes("ValueSet/sample-type/$expand"), whole)
        self.assertEqual(codes(f"ValueSet/$expand?url={BASE}/ValueSet/sample-type"), whole)
        self.assertTrue(codes("ValueSet/sample-type-blood/$expand") < whole)
        self.assertEqual(codes("ValueSet/sample-type/$expand?filter=SERUM OR".replace(" ", "%20")),
                         {(system["url"], "serum-or-plasma")})
        self.assertIn(("http://loinc.org", "8112-5"), codes("ValueSet/blood-nk/$expand"))
        for resource in (r for _, r in definitions() if r["resourceType"] == "ValueSet"):
            self.assertTrue(codes(f"ValueSet/{resource['id']}/$expand"), resource["id"])
        self.assertEqual(self.gateway.fhir("ValueSet/sample-type/$expand?valueSetVersion=1")[0], 400)
        self.assertEqual(self.gateway.fhir("ValueSet/nobody/$expand")[0], 404)
        self.assertEqual(self.gateway.fhir("ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/languages")[0], 404)

    def test_a_code_is_translated(self):
        def said(query, path="ConceptMap/$translate"):
            status, _, body = self.gateway.fhir(f"{path}?{query}")
            return status, [{p["name"]: next(v for k, v in p.items() if k.startswith("value")) for p in one["part"]}
                            for one in body.get("parameter", []) if one["name"] == "match"]
        status, found = said(f"url={BASE}/ConceptMap/specimen-sample-type&system=http://snomed.info/sct&code=119297000")
        self.assertEqual((status, found[0]["equivalence"], found[0]["concept"]["code"]), (200, "wider", "peripheral-blood"))
        self.assertEqual(found[0]["source"], f"{BASE}/ConceptMap/specimen-sample-type")
        status, found = said("code=/cumm")
        self.assertEqual((status, found[0]["concept"]), (200, {"system": "http://unitsofmeasure.org", "code": "/mm3"}))
        self.assertEqual(said("code=BLD", "ConceptMap/specimen-sample-type/$translate")[0], 200)
        for unknown in ("code=tea", "system=http://loinc.org&code=119297000", "url=urn:nobody&code=BLD"):
            self.assertEqual(said(unknown)[0], 404, unknown)
        self.assertEqual((said("system=urn:x")[0], said("code=BLD&colour=red")[0]), (400, 400))
        self.assertEqual(said("code=BLD", "ConceptMap/nobody/$translate")[0], 404)

    def test_the_package_holds_what_the_packer_packs(self):
        status, headers, data = self.gateway.request("GET", "/package.tgz", who=None)
        self.assertEqual((status, headers["content-type"]), (200, "application/gzip"))
        self.assertEqual(self.gateway.request("GET", "/package.tgz")[2], data, "the same bytes each time")
        self.assertEqual(self.gateway.request("GET", "/package.tgz", headers={"If-None-Match": headers["etag"]})[0], 304)
        with tempfile.TemporaryDirectory() as folder:
            packed = os.path.join(folder, "package.tgz")
            subprocess.run([sys.executable, os.path.join(FOLDER, "package"), "--out", packed], check=True,
                           stdout=subprocess.DEVNULL)
            with tarfile.open(packed) as archive:
                wanted = {m.name: (m.mtime, archive.extractfile(m).read()) for m in archive}
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            got = {m.name: (m.mtime, archive.extractfile(m).read()) for m in archive}
            self.assertEqual(archive.getnames()[0], "package/package.json")
        self.assertEqual(set(wanted), set(got))
        self.assertEqual(got.pop("package/NOTICE.md"), wanted["package/NOTICE.md"])
        for name, (time, content) in got.items():
            self.assertEqual(time, wanted[name][0])
            ours, theirs = json.loads(content), json.loads(wanted[name][1])
            if name == "package/package.json":
                theirs["directories"].pop("example")
            self.assertEqual(ours, theirs, name)

    def test_the_capability_statement_says_what_is_served(self):
        status, headers, statement = self.gateway.fhir("metadata", who=None)
        self.assertEqual(status, 200)
        self.assertEqual(self.gateway.fhir("metadata", headers={"If-None-Match": headers["etag"]})[0], 304)
        self.assertEqual(self.gateway.fhir("CapabilityStatement/immunogate")[2], statement)
        self.assertEqual(self.gateway.fhir("CapabilityStatement?name=ImmunoGate")[2]["entry"][0]["resource"], statement)
        methods = {"read": ("GET", "/x"), "vread": ("GET", "/x/_history/1"), "history-instance": ("GET", "/x/_history"),
                   "history-type": ("GET", "/_history"), "search-type": ("GET", "?_id=x")}
        writes = {"create": ("POST", "", 201), "update": ("PUT", "/x", 201), "delete": ("DELETE", "/x", 204)}
        for resource in statement["rest"][0]["resource"]:
            said = {i["code"] for i in resource["interaction"]}
            is_definition = resource["versioning"] == "no-version"
            for code, (method, path) in methods.items():
                status, _, outcome = self.gateway.fhir(resource["type"] + path, method)
                offered = status in (200, 403, 404) and "unknown-operation" not in json.dumps(outcome)
                self.assertEqual(offered, code in said, (resource["type"], code, status))
            for code, (method, path, done) in writes.items():   # as a source, who may write all there is
                body = {"resourceType": resource["type"], "id": "x"} if method != "DELETE" else None
                status, _, _ = self.gateway.fhir(resource["type"] + path, method, body, who="gateway")
                if resource["type"] in ("Subscription", "Group") and body:   # its client's own, and never so empty
                    done = 422
                is_reviewers = (resource["type"], code) == ("Task", "update")
                self.assertEqual(status, 403 if is_definition or is_reviewers else done if code in said else 405,
                                 (resource["type"], code))
            if not is_definition:
                self.assertIn("validate", [o["name"] for o in resource["operation"]], resource["type"])
            for operation in resource.get("operation", []):
                answers = [self.gateway.fhir(f"{resource['type']}{at}/${operation['name']}")[2] for at in ("", "/x")]
                self.assertTrue(any("unknown-operation" not in json.dumps(one) for one in answers),
                                (resource["type"], operation["name"]))
            for direction in ("Include", "RevInclude"):
                for one in resource.get("search" + direction, [])[:3]:
                    path = f"{resource['type']}?_id=x&_{direction.lower()}={one}"
                    self.assertEqual(self.gateway.fhir(path)[0], 200, path)
            for parameter in resource.get("searchParam", []):
                if "definition" in parameter:
                    url = parameter["definition"]
                    found = self.gateway.fhir(f"SearchParameter?url={url}")[2]["entry"][0]["resource"]
                    self.assertEqual((found["code"], found["type"]), (parameter["name"], parameter["type"]))
        observation = next(r for r in statement["rest"][0]["resource"] if r["type"] == "Observation")
        self.assertIn(f"{BASE}/StructureDefinition/result-observation", observation["supportedProfile"])
        day = next(p for p in observation["searchParam"] if p["name"] == "cycle-day")
        self.assertEqual(day["definition"], f"{BASE}/SearchParameter/cycle-day")


if __name__ == "__main__":
    unittest.main()
