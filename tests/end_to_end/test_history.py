"""A client follows what was written: of one resource, of a type, of all (FHIR.md, scenarios 21 and 41)."""
import re
import threading

from harness import Gateway, OnSamples, exchange, sample, samples
import unittest

LOINC = "http://loinc.org"


def versions(bundle):
    return [(e["fullUrl"].split("/fhir/")[1], e["response"]["etag"]) for e in bundle.get("entry", [])]


def all_pages(gateway, path):
    found, pages = [], 0
    while path:
        status, _, bundle = gateway.fhir(path)
        if status != 200:
            raise AssertionError((path, bundle))
        found += versions(bundle)
        pages += 1
        links = {l["relation"]: l["url"] for l in bundle["link"]}
        path = links["next"].split("/fhir/")[1] if "next" in links else None
    return found, pages


class History(OnSamples):
    def test_21_a_corrected_result_has_both_versions_newest_first(self):
        found = self.gateway.search("Observation", code=f"{LOINC}|8112-5", order="F8")
        path = f"Observation/{found[0]['id']}/_history"
        _, _, bundle = self.gateway.fhir(path)
        self.assertEqual([e["resource"]["valueQuantity"]["value"] for e in bundle["entry"]], ["12.9", "11.9"])
        self.assertEqual(bundle["total"], "2")
        paged, pages = all_pages(self.gateway, path + "?_count=1")
        self.assertEqual((paged, pages), (versions(bundle), 2))

    def test_a_type_holds_every_version_of_it_once_newest_first(self):
        whole, _ = all_pages(self.gateway, "Observation/_history?_count=1000")
        paged, pages = all_pages(self.gateway, "Observation/_history?_count=7")
        self.assertEqual(paged, whole)
        self.assertEqual(pages, -(-len(whole) // 7))
        self.assertEqual(len(whole), len(set(whole)))
        current = self.gateway.count("Observation?")
        self.assertEqual(len({reference for reference, _ in whole}), current)
        self.assertGreater(len(whole), current, "sample 09 updates 08")
        _, _, bundle = self.gateway.fhir("Observation/_history?_count=1000")
        times = [e["response"]["lastModified"] for e in bundle["entry"]]
        self.assertEqual(times, sorted(times, reverse=True))

    def test_all_types_and_since(self):
        whole, _ = all_pages(self.gateway, "_history?_count=50")
        self.assertEqual(len(whole), len(set(whole)))
        self.assertIn("Patient", {reference.split("/")[0] for reference, _ in whole})
        _, _, newest = self.gateway.fhir("_history?_count=1")
        since = newest["entry"][0]["resource"]["meta"]["lastUpdated"]
        recent, _ = all_pages(self.gateway, f"_history?_since={since}")
        self.assertEqual(recent, whole[:len(recent)])
        self.assertLess(len(recent), len(whole))

    def test_what_is_out_of_scope_is_not_there(self):
        status, _, bundle = self.gateway.fhir("_history?_count=1000", who="operator")
        self.assertEqual(status, 200, bundle)
        self.assertEqual({reference.split("/")[0] for reference, _ in versions(bundle)}, {"Observation"})
        status, _, bundle = self.gateway.fhir("Observation/_history?_count=1000", who="sender")
        categories = {e["resource"]["category"][0]["coding"][0]["code"] for e in bundle["entry"]}
        self.assertEqual(categories, {"laboratory"})
        self.assertEqual(self.gateway.fhir("Patient/_history", who="operator")[0], 403)

    def test_wrong_questions_are_told_what_is_right(self):
        for path, code in (("_history?_since=2025-03-22", "search-bad-value"), ("_history?_count=0", "search-bad-value"),
                           ("Observation/_history?code=x", "search-unknown-parameter"),
                           ("_history?_count=1&_count=2", "duplicate-control"), ("_history?_cursor=x", "cursor-forged")):
            status, _, outcome = self.gateway.fhir(path)
            self.assertEqual(status, 400, path)
            self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], code, path)
        self.assertEqual(self.gateway.fhir("_history", method="POST")[0], 405)


class Polling(unittest.TestCase):
    def test_41_a_poller_misses_nothing_while_senders_write(self):
        with Gateway() as gateway:
            failures = []

            def send(number):
                try:
                    with gateway.connect() as s:
                        for n in range(12):
                            text = sample(1).replace(b"P0001", b"P9%d%02d" % (number, n)).replace(
                                b"N1001", b"N%d%02d" % (number, n))
                            exchange(s, text)
                except Exception as e:  # told below, in the test's own thread
                    failures.append(e)

            threads = [threading.Thread(target=send, args=(k,)) for k in range(8)]
            for thread in threads:
                thread.start()
            seen, since = set(), None
            while True:
                quiet = not any(thread.is_alive() for thread in threads)
                query = "_history?_count=100" + (f"&_since={since}" if since else "")
                path, newest = query, None
                while path:
                    _, _, bundle = gateway.fhir(path)
                    for entry in bundle.get("entry", []):
                        newest = newest or entry["resource"]["meta"]["lastUpdated"]
                    seen.update(versions(bundle))
                    links = {l["relation"]: l["url"] for l in bundle["link"]}
                    path = links["next"].split("/fhir/")[1] if "next" in links else None
                since = newest or since
                if quiet:
                    break
            for thread in threads:
                thread.join()
            self.assertEqual(failures, [])
            whole, _ = all_pages(gateway, "_history?_count=1000")
            self.assertEqual(seen, set(whole))
            self.assertEqual(len(whole), len(set(whole)))

    def test_a_change_feed_gives_every_version_once_in_the_order_of_commits(self):
        with Gateway() as gateway:
            def send():
                with gateway.connect() as s:
                    for message in samples():
                        exchange(s, message)

            _, _, bundle = gateway.fhir("_history?_after=&_count=10")
            self.assertNotIn("entry", bundle)
            thread = threading.Thread(target=send)
            thread.start()
            seen, times, narrow, at = [], [], [], self.following(bundle)
            last = len(samples())
            while True:
                status, _, bundle = gateway.fhir(at + "&_wait=20")
                self.assertEqual(status, 200, bundle)
                seen += versions(bundle)
                times += [entry["resource"]["meta"]["lastUpdated"] for entry in bundle.get("entry", [])]
                at = self.following(bundle)
                if not thread.is_alive() and "entry" not in gateway.fhir(at)[2]:
                    break
            thread.join()
            whole, _ = all_pages(gateway, "_history?_count=1000")
            self.assertEqual((len(seen), set(seen)), (len(whole), set(whole)))
            self.assertEqual(times, sorted(times))
            self.assertGreater(len(seen), last)
            _, _, again = gateway.fhir(at + "&_wait=1")  # nothing new within it
            self.assertNotIn("entry", again)
            gateway.stop()
            gateway.start()
            self.assertNotIn("entry", gateway.fhir(at)[2], "a place in it outlives the process")
            at = "Observation/_history?_after=&_count=7"
            for _ in range(len(seen) // 7 + 1):
                _, _, bundle = gateway.fhir(at, who="sender")
                narrow += [reference for reference, _ in versions(bundle)]
                at = self.following(bundle)
            found = {gateway.fhir(reference)[2]["category"][0]["coding"][0]["code"] for reference in narrow}
            self.assertEqual((found, len(set(narrow))), ({"laboratory"}, gateway.count("Observation?category=laboratory")))
            for path, status in (("_history?_after=forged", 400), ("_history?_wait=5", 400), ("_history?_after=&_wait=soon", 400),
                                 (f"{narrow[0]}/_history?_after=", 400)):
                self.assertEqual(gateway.fhir(path)[0], status, path)
            self.assertEqual(gateway.fhir(at, who="client")[0], 400, "of another client")

    @staticmethod
    def following(bundle):
        """Where to go on, without how long was waited."""
        url = next(link["url"] for link in bundle["link"] if link["relation"] == "next")
        return re.sub("&_wait=[0-9]+", "", url.split("/fhir/")[1])


if __name__ == "__main__":
    unittest.main()
