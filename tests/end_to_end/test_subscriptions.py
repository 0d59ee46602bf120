"""Topic subscriptions: every event numbered in the commit that makes it, told until the receiver says yes."""
import http.client
import http.server
import json
import queue
import shutil
import ssl
import tempfile
import threading
import unittest

from harness import BASE, Gateway, await_true, certificates, client_context, code, free_port, sample, samples
from test_follow_up import mappings as rules

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-"
LYMPHOCYTES = "code=http://loinc.org|8112-5"


def topic(name):
    return f"{BASE}/SubscriptionTopic/{name}"


class Receiver:
    """Where a rest-hook leads: an HTTPS server that wants the gateway's certificate, and keeps each notice."""

    def __init__(self, status=200):
        self.port, self.status, self.server = free_port(), status, None
        self.notices, self.headers = queue.Queue(), []

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}/hook"

    def __enter__(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.headers.append(dict(self.headers))
                status = receiver.status() if callable(receiver.status) else receiver.status
                if status == 200:
                    receiver.notices.put(Notice(json.loads(body, parse_float=str, parse_int=str)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        folder = certificates()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/receiver.pem", f"{folder}/receiver-key.pem")
        context.load_verify_locations(f"{folder}/ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def next(self):
        return self.notices.get(timeout=60)


class Notice:
    """What a notification Bundle says."""

    def __init__(self, bundle):
        self.bundle = bundle
        status = bundle["entry"][0]["resource"]
        said = {p["name"]: next((v for k, v in p.items() if k.startswith("value")), None) for p in status["parameter"]}
        self.type, self.count, self.status = said["type"], int(said["events-since-subscription-start"]), said["status"]
        self.events = [{part["name"]: next(v for k, v in part.items() if k.startswith("value")) for part in p["part"]}
                       for p in status["parameter"] if p["name"] == "notification-event"]
        self.numbers = [int(e["event-number"]) for e in self.events]
        self.resources = [e["resource"] for e in bundle["entry"][1:] if "resource" in e]


def subscription(topic_name, filters=(), endpoint=None, payload="full-resource", heartbeat=None, **further):
    channel = {"type": "rest-hook", "endpoint": endpoint, "payload": "application/fhir+json",
               "_payload": {"extension": [{"url": BACKPORT + "payload-content", "valueCode": payload}]}}
    if endpoint is None:
        channel = {"type": "websocket", "payload": "application/fhir+json", "_payload": channel["_payload"],
                   "_type": {"extension": [{"url": BACKPORT + "channel-type", "valueCoding": {
                       "system": f"{BASE}/CodeSystem/subscription-channel", "code": "server-sent-events"}}]}}
    if heartbeat is not None:
        channel["extension"] = [{"url": BACKPORT + "heartbeat-period", "valueUnsignedInt": heartbeat}]
    resource = {"resourceType": "Subscription", "meta": {"profile": [BACKPORT + "subscription"]},
                "status": "requested", "reason": "to know", "criteria": topic(topic_name), "channel": channel}
    if filters:
        resource["_criteria"] = {"extension": [{"url": BACKPORT + "filter-criteria", "valueString": f} for f in filters]}
    return {**resource, **further}


def may_subscribe(config):
    config["access"]["allow_hosts"] = ["127.0.0.1"]
    config["access"]["certificates"][0]["scopes"] = "system/*.rs system/Subscription.cruds"
    config["access"]["certificates"].insert(0, {"subject": "CN=sender", "scopes": "system/*.rs system/Subscription.cruds"})


class Subscribed(unittest.TestCase):
    def setUp(self):
        self.gateway = Gateway(change=may_subscribe).start()
        self.addCleanup(self.gateway.__exit__)

    def subscribe(self, resource, who="client"):
        status, headers, created = self.gateway.fhir("Subscription", "POST", resource, who=who)
        self.assertEqual(status, 201, created)
        return created["id"]

    def send(self, number):
        self.assertEqual(code(self.gateway.send(sample(number))), "AA")

    def events(self, id, query="", who="client"):
        status, _, bundle = self.gateway.fhir(f"Subscription/{id}/$events{query}", who=who)
        self.assertEqual(status, 200, bundle)
        return Notice(bundle)

    def state(self, id):
        return self.gateway.fhir(f"Subscription/{id}")[2]["status"]


class Scenario36(Subscribed):
    def test_a_correction_is_told_once_the_receiver_is_up_and_is_the_same_by_every_way(self):
        receiver = Receiver()
        id = self.subscribe(subscription("result-corrected", ["Observation?" + LYMPHOCYTES], receiver.url, heartbeat=1))
        self.send(8)
        self.send(9)
        replayed = self.events(id)
        self.assertEqual((replayed.numbers, replayed.count), ([1], 1))
        self.assertEqual(replayed.resources[0]["valueQuantity"]["value"], "12.9")
        with receiver:
            self.assertEqual(receiver.next().type, "handshake")
            told = receiver.next()
            self.assertEqual((told.type, told.numbers, told.count), ("event-notification", [1], 1))
            self.assertEqual(told.resources, replayed.resources)
            heartbeat = receiver.next()
            self.assertEqual((heartbeat.type, heartbeat.count, heartbeat.numbers), ("heartbeat", 1, []))
            await_true("it is active", lambda: self.state(id) == "active")
        stream = Listener(self.gateway, id, last=0)
        self.addCleanup(stream.close)
        self.assertEqual(stream.next()[0], "handshake")
        event, number, streamed = stream.next()
        self.assertEqual((event, number, streamed.resources), ("event-notification", "1", replayed.resources))
        self.assertEqual(stream.next()[2].count, 1, "the heartbeat")
        self.assertEqual(self.gateway.verify()[0], 0, self.gateway.verify()[1])


class Listener:
    """A client that listens to `$stream`: reads messages until the gateway ends it."""

    def __init__(self, gateway, id, last=None, who="client"):
        self.connection = http.client.HTTPSConnection("127.0.0.1", gateway.ports["https"],
                                                      context=client_context(who), timeout=60)
        headers = {"Accept": "text/event-stream", **({} if last is None else {"Last-Event-ID": str(last)})}
        self.connection.request("GET", f"/fhir/Subscription/{id}/$stream", headers=headers)
        self.response = self.connection.getresponse()

    def next(self):
        """(event, id, notice) of the next message; None at the end."""
        said = {}
        while True:
            line = self.response.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            if not line and "data" in said:
                return said["event"], said.get("id"), Notice(json.loads(said["data"], parse_float=str, parse_int=str))
            if line and not line.startswith(":"):
                name, value = line.split(": ", 1)
                said[name] = value

    def close(self):
        self.response.close()
        self.connection.close()


class Numbers(Subscribed):
    def test_every_result_is_an_event_numbered_without_a_gap_over_kill_9(self):
        id = self.subscribe(subscription("result-new"))
        for number, message in enumerate(samples(), 1):
            self.assertEqual(code(self.gateway.send(message)), "AA")
            if number % 4 == 0:
                self.gateway.kill()
                self.gateway.start()
        told = self.events(id)
        self.assertEqual(told.numbers, list(range(1, 61)))
        self.assertEqual(len({r["id"] for r in told.resources}), 60)
        self.assertEqual(self.gateway.verify()[0], 0, self.gateway.verify()[1])

    def test_what_was_sent_before_is_no_event_and_what_is_sent_again_is_none_either(self):
        self.send(1)
        id = self.subscribe(subscription("result-new"))
        self.send(1)
        self.assertEqual(self.events(id).count, 0)
        self.send(2)
        self.assertGreater(self.events(id).count, 0)

    def test_events_are_replayed_from_a_number_to_a_number_with_the_content_asked_for(self):
        id = self.subscribe(subscription("result-new", payload="id-only"))
        self.send(1)
        told = self.events(id, "?eventsSinceNumber=2&eventsUntilNumber=3")
        self.assertEqual((told.numbers, told.count, told.resources), ([2, 3], 4, []))
        self.assertIn("focus", told.events[0])
        self.assertEqual(len(self.events(id, "?content=full-resource").resources), 4)
        self.assertNotIn("focus", self.events(id, "?content=empty").events[0])
        self.assertEqual(self.gateway.fhir(f"Subscription/{id}/$events?eventsSinceNumber=x")[0], 400)
        self.assertEqual(self.gateway.fhir(f"Subscription/{id}/$events?since=1")[0], 400)

    def test_filters_narrow_what_is_told(self):
        wanted = {"Observation?" + LYMPHOCYTES: 4, "Observation?cycle-day=ge19&cycle-day=le23": 9,
                  "Observation?sample-type=endometrium": 10, "Observation?cycle-phase=luteal": 6,
                  "Observation?interpretation=H": 6, "Observation?category=survey": 11}
        ids = {f: self.subscribe(subscription("result-new", [f])) for f in wanted}
        both = self.subscribe(subscription("result-new", ["category=laboratory", "cycle-day=21"]))
        for message in samples():
            self.gateway.send(message)
        found = {f: self.events(id).count for f, id in ids.items()}
        for f, count in wanted.items():
            if f != "Observation?interpretation=H" and f != "Observation?" + LYMPHOCYTES:
                self.assertEqual(found[f], count, f)
        self.assertEqual(self.events(both).count, 3)


class FollowUp(unittest.TestCase):
    def test_an_entry_of_the_follow_up_list_is_told_when_it_is_opened(self):
        folder = tempfile.mkdtemp(prefix="immunogate-rules-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)

        def change(config):
            may_subscribe(config)
            config["mappings"] = rules(folder, enabled=True, site="Clinic A", author="Dr. Example")
        with Gateway(change=change) as gateway:
            _, _, created = gateway.fhir("Subscription", "POST", subscription("review-item", ["Task?status=requested"]))
            self.assertEqual(code(gateway.send(sample(9))), "AA")
            told = Notice(gateway.fhir(f"Subscription/{created['id']}/$events")[2])
            self.assertEqual((told.numbers, told.resources[0]["resourceType"]), ([1], "Task"))


class Rejected(Subscribed):
    def test_a_message_that_is_refused_is_told_with_its_sender_and_reason_and_once(self):
        all, unread, other = (self.subscribe(subscription("message-rejected", filters)) for filters in (
            [], [f"MessageHeader?_tag={BASE}/CodeSystem/gateway-issue|message-unreadable"],
            [f"MessageHeader?_source={BASE}/sender/SOUTHLIS"]))
        from_north = self.subscribe(subscription("message-rejected", [f"MessageHeader?_source={BASE}/sender/NORTHLIS"]))
        self.send(1)   # which is no event
        broken = b"\r".join(s for s in sample(1).split(b"\r") if not s.startswith(b"PID")).replace(b"N1001", b"NOPID")
        for _ in range(2):
            self.assertEqual(code(self.gateway.send(broken)), "AE")
        self.assertEqual(code(self.gateway.send(b"GET / HTTP/1.1")), "AR")
        told = self.events(all)
        self.assertEqual((told.numbers, [r["resourceType"] for r in told.resources]), ([1, 2], ["MessageHeader"] * 2))
        header, no_header = told.resources
        self.assertEqual(header["meta"]["source"], f"{BASE}/sender/NORTHLIS")
        self.assertEqual((header["response"]["identifier"], header["response"]["code"]), ("NOPID", "fatal-error"))
        issue = header["contained"][0]["issue"][0]
        self.assertEqual((issue["details"]["coding"][0]["code"], issue["location"]), ("message-malformed", ["PID"]))
        self.assertTrue(issue["diagnostics"])
        self.assertNotIn("source", no_header["meta"])
        self.assertEqual([self.events(id).count for id in (unread, other, from_north)], [1, 0, 1])
        found = self.gateway.search("MessageHeader", code="fatal-error")
        self.assertEqual({r["id"] for r in found}, {header["id"], no_header["id"]})
        _, _, outcome = self.gateway.fhir("MessageHeader/$validate", "POST", header)
        self.assertNotIn("error", [i["severity"] for i in outcome["issue"]], outcome)
        self.assertEqual(self.gateway.verify()[0], 0)


class Own(Subscribed):
    def test_a_client_sees_its_own_subscriptions_and_no_others(self):
        mine = self.subscribe(subscription("result-new"))
        self.assertEqual([s["id"] for s in self.gateway.search("Subscription")], [mine])
        for method, path, body in (("GET", "", None), ("GET", "/_history", None), ("GET", "/$status", None),
                                   ("GET", "/$events", None), ("GET", "/$stream", None),
                                   ("PUT", "", {**subscription("result-new"), "id": mine})):
            status, _, outcome = self.gateway.fhir(f"Subscription/{mine}{path}", method, body, who="sender")
            self.assertEqual(status, 404, (method, path, outcome))
        self.assertEqual(self.gateway.fhir(f"Subscription/{mine}", "DELETE", who="sender")[0], 204)   # as of any id
        self.assertEqual(self.gateway.fhir(f"Subscription/{mine}")[0], 200)
        self.assertEqual(self.gateway.fhir("Subscription", who="sender")[2].get("entry", []), [])
        _, _, history = self.gateway.fhir("_history", who="sender")
        self.assertNotIn("Subscription", {e["resource"]["resourceType"] for e in history.get("entry", [])})
        self.assertEqual(self.gateway.fhir("Subscription/never", "PUT", {**subscription("result-new"), "id": "never"})[0], 404)

    def test_its_client_changes_switches_off_and_deletes_it(self):
        id = self.subscribe(subscription("result-new"))
        self.send(1)
        status, headers, _ = self.gateway.fhir(f"Subscription/{id}", "PUT",
                                               {**subscription("result-new", ["code=1"]), "id": id}, {"If-Match": 'W/"9"'})
        self.assertEqual(status, 412)
        status, headers, changed = self.gateway.fhir(f"Subscription/{id}", "PUT",
                                                     {**subscription("result-new", ["cycle-day=21"]), "id": id})
        self.assertEqual((status, headers["etag"], changed["status"]), (200, 'W/"2"', "active"))
        before = self.events(id).count
        self.send(2)
        self.assertEqual(self.events(id).count, before, "no result of that message has a day")
        off = {**changed, "status": "off"}
        self.assertEqual(self.gateway.fhir(f"Subscription/{id}", "PUT", off)[0], 200)
        self.send(6)
        self.assertEqual(self.events(id).count, before)
        self.assertEqual(self.gateway.fhir(f"Subscription/{id}", "DELETE")[0], 204)
        self.assertEqual(self.gateway.fhir(f"Subscription/{id}")[0], 404, "what is deleted is nobody's")

    def test_its_client_patches_it(self):
        id, kind = self.subscribe(subscription("result-new")), {"Content-Type": "application/json-patch+json"}
        patch = lambda change, who="client": self.gateway.fhir(f"Subscription/{id}", "PATCH", change, kind, who=who)
        off = [{"op": "replace", "path": "/status", "value": "off"}]
        self.assertEqual(patch(off, "sender")[0], 404)
        self.assertEqual(patch([{"op": "replace", "path": "/criteria", "value": topic("weather")}])[0], 422)
        self.assertEqual(patch([{"op": "remove", "path": "/nothing"}])[0], 422)
        self.send(1)
        status, headers, patched = patch(off)
        self.assertEqual((status, headers["etag"], patched["status"]), (200, 'W/"2"', "off"))
        self.send(2)
        self.assertEqual(self.events(id).count, 4)

    def test_what_cannot_be_told_is_refused_with_its_place(self):
        for change, place in (({"criteria": topic("weather")}, "Subscription.criteria"),
                              ({"channel": {"type": "email", "endpoint": "mailto:a@b"}}, "Subscription.channel.type"),
                              ({"status": "on"}, "Subscription.status")):
            status, _, outcome = self.gateway.fhir("Subscription", "POST", {**subscription("result-new"), **change})
            self.assertEqual((status, outcome["issue"][0]["expression"]), (422, [place]))
        for endpoint in ("http://127.0.0.1/x", "https://169.254.169.254/latest", "https://localhost/x",
                         "https://10.0.0.1/", "https://127.0.0.1.evil.example/", "https://a@127.0.0.1/"):
            status, _, outcome = self.gateway.fhir("Subscription", "POST", subscription("result-new", endpoint=endpoint))
            self.assertEqual((status, outcome["issue"][0]["expression"]), (422, ["Subscription.channel.endpoint"]), endpoint)

    def test_only_who_may_read_results_subscribes_to_them_and_only_who_has_the_scope_writes(self):
        def change(config):
            may_subscribe(config)
            config["access"]["certificates"][0]["scopes"] = "system/Subscription.cruds"
            config["access"]["certificates"].append({"subject": "CN=operator", "scopes": "system/*.rs"})
        with Gateway(change=change) as gateway:
            status, _, outcome = gateway.fhir("Subscription", "POST", subscription("result-new"), who="sender")
            self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]), (403, "scope-missing"))
            status, _, outcome = gateway.fhir("Subscription", "POST", subscription("result-new"), who="operator")
            self.assertEqual(status, 403)
            bundle = {"resourceType": "Bundle", "type": "batch", "entry": [
                {"resource": subscription("result-new"), "request": {"method": "POST", "url": "Subscription"}}]}
            self.assertEqual(gateway.fhir("", "POST", bundle)[2]["entry"][0]["response"]["status"], "405")


class Scope(unittest.TestCase):
    def test_scopes_decide_what_is_numbered_and_again_what_is_shown(self):
        scopes = ["system/Observation.rs?category=laboratory system/Subscription.cruds"]

        def change(config):
            may_subscribe(config)
            config["access"]["certificates"][0]["scopes"] = scopes[0]
        with Gateway(change=change) as gateway:
            _, _, created = gateway.fhir("Subscription", "POST", subscription("result-new"), who="sender")
            events = lambda: Notice(gateway.fhir(f"Subscription/{created['id']}/$events", who="sender")[2])
            for message in samples():
                gateway.send(message)
            told = events()
            self.assertEqual((told.count, len(told.resources)), (48, 48))
            gateway.stop()
            scopes[0] = "system/Observation.rs?category=survey system/Subscription.cruds"
            gateway.start()
            told = events()
            self.assertEqual(told.numbers, list(range(1, 49)), "numbers stay, so that no gap is seen")
            self.assertEqual(told.resources, [])
            self.assertNotIn("focus", told.events[0])

    def test_who_lost_access_is_told_nothing_more(self):
        granted = [True]

        def change(config):
            may_subscribe(config)
            if not granted[0]:
                config["access"]["certificates"] = [{"subject": "CN=operator", "scopes": "system/*.rs"}]
        with Receiver() as receiver, Gateway(change=change) as gateway:
            _, _, created = gateway.fhir("Subscription", "POST", subscription("result-new", endpoint=receiver.url))
            self.assertEqual(receiver.next().type, "handshake")
            gateway.stop()
            granted[0] = False
            gateway.start()
            gateway.send(sample(1))
            gateway.stop()
            granted[0] = True
            gateway.start()
            await_true("it is off", lambda: gateway.fhir(f"Subscription/{created['id']}")[2]["status"] == "off")
            self.assertTrue(receiver.notices.empty())


class Streams(Subscribed):
    def listen(self, *further, **named):
        listener = Listener(self.gateway, *further, **named)
        self.addCleanup(listener.close)
        return listener

    def test_a_stream_tells_what_is_new_and_from_a_number_on_what_was_missed(self):
        id = self.subscribe(subscription("result-new", payload="id-only"))
        first = self.listen(id)
        self.assertEqual(first.response.status, 200)
        self.assertEqual(first.response.getheader("Content-Type"), "text/event-stream")
        event, number, notice = first.next()
        self.assertEqual((event, number, notice.count), ("handshake", None, 0))
        self.send(1)
        self.assertEqual([first.next()[:2] for _ in range(4)],
                         [("event-notification", str(n)) for n in range(1, 5)])
        again = self.listen(id, last=2)
        self.assertEqual(again.next()[0], "handshake")
        self.assertEqual([again.next()[1] for _ in range(2)], ["3", "4"])
        late = self.listen(id)
        self.assertEqual(late.next()[2].count, 4)
        self.send(9)
        self.assertEqual(late.next()[1], "5")
        self.assertEqual(first.next()[1], "5")

    def test_the_same_events_come_by_stream_replay_and_push(self):
        with Receiver() as receiver:
            id = self.subscribe(subscription("result-corrected", endpoint=receiver.url))
            self.assertEqual(receiver.next().type, "handshake")
            self.send(8)
            self.send(9)
            pushed, replayed = receiver.next(), self.events(id)
            stream = self.listen(id, last=0)
            stream.next()
            streamed = [stream.next()[2] for _ in replayed.numbers]
            self.assertEqual([n.resources[0] for n in streamed], replayed.resources)
            self.assertEqual(pushed.resources[:1], replayed.resources[:1])

    def test_heartbeats_carry_the_count_and_a_subscription_that_is_off_ends_its_stream(self):
        id = self.subscribe(subscription("result-new", heartbeat=1))
        stream = self.listen(id, last=0)
        stream.next()
        self.assertEqual((stream.next()[0], ), ("heartbeat", ))
        self.send(1)
        seen = [stream.next() for _ in range(5)]
        numbers = [n for e, n, _ in seen if e == "event-notification"]
        self.assertEqual(numbers[:4], ["1", "2", "3", "4"][:len(numbers)])
        _, _, resource = self.gateway.fhir(f"Subscription/{id}")
        self.gateway.fhir(f"Subscription/{id}", "PUT", {**resource, "status": "off"})
        last = stream.next()
        while last is not None:
            last = stream.next()
        self.assertEqual(self.gateway.fhir(f"Subscription/{id}/$stream")[0], 204)

    def test_an_orderly_end_does_not_wait_for_who_listens(self):
        id = self.subscribe(subscription("result-new"))
        stream = self.listen(id)
        stream.next()
        self.assertEqual(self.gateway.stop(), 0)
        self.assertIsNone(stream.next())

    def test_a_client_has_a_bounded_number_of_streams(self):
        id = self.subscribe(subscription("result-new"))
        open_ones = [self.listen(id) for _ in range(16)]
        self.assertEqual({s.response.status for s in open_ones}, {200})
        self.assertEqual(self.listen(id).response.status, 429)
        open_ones.pop().close()
        await_true("there is a place again", lambda: self.listen(id).response.status == 200)


class Hooks(Subscribed):
    def test_the_receiver_is_shown_our_certificate_and_the_headers_of_its_subscription(self):
        with Receiver() as receiver:
            resource = subscription("result-new", endpoint=receiver.url)
            resource["channel"]["header"] = ["Authorization: Bearer abc"]
            id = self.subscribe(resource)
            self.assertEqual(receiver.next().type, "handshake")
            self.assertEqual(receiver.headers[0]["Authorization"], "Bearer abc")
            await_true("it is active", lambda: self.state(id) == "active")

    def test_a_receiver_that_fails_is_told_again_in_order_and_misses_nothing(self):
        down = [False]
        with Receiver(lambda: 503 if down[0] else 200) as receiver:
            id = self.subscribe(subscription("result-new", endpoint=receiver.url, payload="id-only"))
            self.assertEqual(receiver.next().type, "handshake")
            await_true("it is active", lambda: self.state(id) == "active")
            down[0] = True
            self.send(1)
            await_true("it was tried", lambda: len(receiver.headers) > 1)
            down[0] = False
            told = []
            while sum(len(n.numbers) for n in told) < 4:
                told.append(receiver.next())
            self.assertEqual([n for notice in told for n in notice.numbers], [1, 2, 3, 4])
            self.assertEqual(self.state(id), "active")

    def test_what_the_receiver_said_yes_to_is_not_sent_again_after_kill_9(self):
        with Receiver() as receiver:
            id = self.subscribe(subscription("result-new", endpoint=receiver.url, payload="id-only"))
            receiver.next()
            self.send(1)
            numbers = []
            while len(numbers) < 4:
                numbers += receiver.next().numbers
            await_true("it is active", lambda: self.state(id) == "active")
            self.gateway.stop()
            self.gateway.start()
            self.gateway.kill()
            self.gateway.start()
            self.send(9)
            self.assertEqual(receiver.next().numbers[0], 5)

    def test_a_subscription_ends_with_its_time(self):
        with Receiver() as receiver:
            id = self.subscribe(subscription("result-new", endpoint=receiver.url, end="2020-01-01T00:00:00Z"))
            await_true("it is off", lambda: self.state(id) == "off")
            self.assertTrue(receiver.notices.empty())


class Said(Subscribed):
    def test_the_capability_statement_says_what_there_is(self):
        _, _, statement = self.gateway.fhir("metadata")
        entry = next(r for r in statement["rest"][0]["resource"] if r["type"] == "Subscription")
        self.assertEqual({i["code"] for i in entry["interaction"]},
                         {"read", "vread", "history-instance", "search-type", "create", "update", "patch", "delete"})
        self.assertEqual({o["name"] for o in entry["operation"]}, {"validate", "explain", "meta", "status", "events", "stream"})
        self.assertEqual([e["valueCanonical"] for e in entry["extension"]],
                         [topic("result-new"), topic("result-corrected"), topic("review-item")])
        self.assertEqual(self.gateway.fhir("Subscription/_history")[0], 404)
        self.assertEqual(self.gateway.fhir("Basic/result-new")[0], 200)
        self.assertEqual(self.gateway.fhir("OperationDefinition/stream")[0], 200)

    def test_status_is_told_of_one_or_of_all_of_a_client(self):
        ids = [self.subscribe(subscription("result-new")) for _ in range(2)]
        self.send(1)
        for path, count in ((f"Subscription/{ids[0]}/$status", 1), ("Subscription/$status", 2),
                            (f"Subscription/$status?id={ids[1]}", 1), ("Subscription/$status?status=error", 0)):
            _, _, bundle = self.gateway.fhir(path)
            found = [e["resource"] for e in bundle.get("entry", [])]
            self.assertEqual((bundle["type"], len(found)), ("searchset", count), path)
            for status in found:
                said = {p["name"]: p for p in status["parameter"]}
                self.assertEqual(said["events-since-subscription-start"]["valueString"], "4")
                self.assertEqual(said["type"]["valueCode"], "query-status")


if __name__ == "__main__":
    unittest.main()
