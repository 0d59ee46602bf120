"""Image, compose files and chart: what of them can be run without docker, helm and a cluster."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from common import DEPLOY, project_version, read, renderer, said, yaml
from harness import PROGRAM, PROJECT, SAMPLES, free_port, own_environment

CHART = os.path.join(DEPLOY, "helm", "immunogate")


@unittest.skipUnless(os.geteuid() == 0, "chroot needs root")
class Image(unittest.TestCase):
    """The image's last stage is a folder from `assemble-root`; it is run here by chroot."""
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="immunogate-image-")
        cls.addClassCleanup(shutil.rmtree, cls.root)
        said(os.path.join(DEPLOY, "container", "assemble-root"), PROGRAM, cls.root)

    def run_it(self, *arguments, **how):
        return subprocess.run(["chroot", "--userspec=65532:65532", self.root, "/usr/bin/immunogate", *arguments],
                              capture_output=True, text=True, timeout=60, env=own_environment(), **how)

    def test_the_program_runs_in_it_and_says_what_it_says_elsewhere(self):
        message = read(SAMPLES, "01-us-loinc-blood-nk.hl7")
        run = self.run_it("convert", "-", input=message)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout, said(PROGRAM, "convert", "--mappings", os.path.join(PROJECT, "mappings"), "-", input=message))
        self.assertIn("no problem found", self.run_it("check", "--mappings", "/usr/share/immunogate/mappings").stdout)

    def test_its_user_makes_a_store_on_the_volume_and_nowhere_else(self):
        self.assertEqual(self.run_it("store", "init", "--store", "sqlite:/var/lib/immunogate/gateway.db").returncode, 0)
        self.assertEqual(self.run_it("store", "init", "--store", "sqlite:/etc/immunogate/gateway.db").returncode, 2)

    def test_it_holds_no_shell_and_is_small(self):
        names = {name for _, _, files in os.walk(self.root) for name in files}
        self.assertFalse(names & {"sh", "bash", "dash", "busybox", "apt", "dpkg", "perl", "python3", "openssl"})
        self.assertLess(int(said("du", "-sm", self.root).split()[0]), 60)

    def test_the_health_check_asks_as_the_dockerfile_says(self):
        health = json.loads(re.search(r"HEALTHCHECK .*\\\n +CMD (\[.*\])", read(DEPLOY, "container", "Dockerfile"))[1])
        config = {"instance": "i", "base_url": "https://localhost/fhir", "operations": {"listen": f"127.0.0.1:{free_port()}"},
                  "store": {"url": "sqlite:/var/lib/immunogate/none.db"}}
        with open(os.path.join(self.root, "etc/immunogate/immunogate.jsonc"), "w") as out:
            json.dump(config, out)
        run = self.run_it(*health[1:])
        self.assertEqual(run.returncode, 1)
        self.assertIn("nobody answers", run.stderr)

    def test_what_it_is_made_of_is_told(self):
        bill = json.loads(read(self.root, "usr/share/doc/immunogate/sbom.cdx.json"))
        self.assertEqual((bill["bomFormat"], bill["metadata"]["component"]["version"]), ("CycloneDX", project_version()))
        needed = {c["name"] for c in bill["components"] if c["scope"] == "required"}
        self.assertGreaterEqual(needed, {"libc6", "libssl3", "libsqlite3-0", "libpoconet80", "rapidjson-dev"})
        references = [c["bom-ref"] for c in bill["components"]]
        self.assertEqual(len(references), len(set(references)))
        self.assertTrue(all(c["version"] and c["purl"] for c in bill["components"]))


class Compose(unittest.TestCase):
    def test_the_gateway_has_no_right_it_does_not_need_and_time_to_drain(self):
        gateway = yaml(DEPLOY, "container", "compose.yaml")["services"]["gateway"]
        self.assertEqual((gateway["read_only"], gateway["cap_drop"], gateway["user"]), (True, ["ALL"], "65532:65532"))
        self.assertEqual(gateway["image"], "immunogate:" + project_version())
        self.assertGreater(int(gateway["stop_grace_period"].rstrip("s")), 30)

    def test_the_shape_with_postgresql_says_that_it_was_not_tried_as_a_whole(self):
        shape = yaml(DEPLOY, "container", "compose.postgresql.yaml")
        self.assertEqual(set(shape["services"]), {"gateway1", "gateway2", "db1", "db2", "etcd1", "etcd2", "etcd3", "balancer"})
        self.assertTrue(read(DEPLOY, "container", "compose.postgresql.yaml").startswith("# NOT TRIED AS A WHOLE"))


class Chart(unittest.TestCase):
    def rendered(self, **values):
        return {o["kind"]: o for o in json.loads(said(renderer(), CHART, json.dumps(values)))}

    def refused(self, **values):
        run = subprocess.run([renderer(), CHART, json.dumps(values)], capture_output=True, text=True)
        self.assertNotEqual(run.returncode, 0, run.stdout)
        return run.stderr

    def test_its_version_is_that_of_the_program(self):
        about = yaml(CHART, "Chart.yaml")
        self.assertEqual((about["version"], about["appVersion"]), (project_version(), project_version()))

    def test_every_object_is_named_labelled_and_selects_the_pods(self):
        objects = self.rendered(serviceMonitor={"enabled": True}, config={"accept_unsafe": ["operations-beyond-loopback"]})
        self.assertEqual(set(objects), {"ConfigMap", "StatefulSet", "Service", "NetworkPolicy", "PodDisruptionBudget", "ServiceMonitor"})
        pods = objects["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
        for kind, body in objects.items():
            self.assertEqual(body["metadata"]["name"], "test-immunogate", kind)
        for selector in (objects["Service"]["spec"]["selector"], objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
                         objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
                         objects["StatefulSet"]["spec"]["selector"]["matchLabels"]):
            self.assertLessEqual(selector.items(), pods.items())

    def test_a_sqlite_store_has_one_gateway(self):
        self.assertIn("a SQLite store has one gateway", self.refused(replicas=2))
        self.assertIn("a SQLite store has one gateway", self.refused(hpa={"enabled": True}))
        self.assertEqual(self.rendered()["StatefulSet"]["spec"]["replicas"], 1)

    def test_with_postgresql_several_share_a_store_and_grow_with_the_backlog(self):
        self.assertIn("store.existingSecret", self.refused(store={"engine": "postgresql"}))
        objects = self.rendered(replicas=2, store={"engine": "postgresql", "existingSecret": "db"}, hpa={"enabled": True})
        self.assertNotIn("volumeClaimTemplates", objects["StatefulSet"]["spec"])
        self.assertEqual({m["pods"]["metric"]["name"] for m in objects["HorizontalPodAutoscaler"]["spec"]["metrics"]},
                         {"immunogate_acknowledgement_seconds_p99", "immunogate_commit_queue_bytes"})

    def test_the_pod_has_no_right_it_does_not_need_and_is_asked_by_exec(self):
        pod = self.rendered()["StatefulSet"]["spec"]["template"]["spec"]
        self.assertFalse(pod["automountServiceAccountToken"])
        self.assertEqual((pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]), (True, 65532))
        container = pod["containers"][0]
        self.assertEqual(container["securityContext"], {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                                        "capabilities": {"drop": ["ALL"]}})
        for probe in ("startupProbe", "readinessProbe"):
            self.assertEqual(container[probe]["exec"]["command"][1:3], ["check", "--ready"])
        mounted = {m["name"] for m in container["volumeMounts"]}
        self.assertEqual(mounted, {v["name"] for v in pod["volumes"]} | {"state"})

    def test_nobody_comes_in_but_who_is_named(self):
        policy = self.rendered()["NetworkPolicy"]["spec"]
        self.assertEqual((policy["policyTypes"], policy["ingress"]), (["Ingress", "Egress"], None))
        laboratories = [{"ipBlock": {"cidr": "10.1.0.0/16"}}]
        policy = self.rendered(networkPolicy={"mllpFrom": laboratories})["NetworkPolicy"]["spec"]
        self.assertEqual(policy["ingress"], [{"from": laboratories, "ports": [{"protocol": "TCP", "port": 2575}]}])

    def test_mappings_of_the_site_are_laid_over_those_of_the_image(self):
        files = {"senders/NORTHLIS.json": "NORTHLIS.json"}
        self.assertIn("mappings.configMap", self.refused(mappings={"files": files}))
        pod = self.rendered(mappings={"configMap": "site", "files": files})["StatefulSet"]["spec"]["template"]["spec"]
        self.assertIn({"name": "mappings", "mountPath": "/usr/share/immunogate/mappings/senders/NORTHLIS.json",
                       "subPath": "NORTHLIS.json", "readOnly": True}, pod["containers"][0]["volumeMounts"])

    def test_its_configuration_is_one_the_program_takes(self):
        text = self.rendered()["ConfigMap"]["data"]["immunogate.jsonc"]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "immunogate.jsonc")
            with open(path, "w") as out:
                out.write(text)
            run = subprocess.run([PROGRAM, "check", "--config", path, "--mappings", os.path.join(PROJECT, "mappings")],
                                 capture_output=True, text=True, env=own_environment())
        wrong = [line for line in run.stdout.splitlines() if line.startswith(path) or
                 line.startswith("error: ") and "/etc/immunogate/tls/" not in line]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
