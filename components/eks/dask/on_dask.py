"""Runs a flow with its tasks on Dask. Made by meta-prefect beside the flow's code, which stays as it is.

META_PREFECT__DASK holds the arguments of prefect_dask's DaskTaskRunner as JSON. In a `custom_cluster_spec` the name of the
cluster and its owner, the pod of the run, are filled in here: Kubernetes removes the cluster with the pod, however the run ends.
"""

import asyncio
import importlib
import importlib.util
import io
import json
import os
import sys
import time
import uuid
import zipfile
from pathlib import Path

import cloudpickle
from distributed import WorkerPlugin
from prefect import Flow
from prefect.logging import get_logger
from prefect.task_runners import ThreadPoolTaskRunner
from prefect_dask import DaskTaskRunner

ENTRYPOINT = "flows.py:flow"
REPLACES_TASK_RUNNER = False

folder = Path.cwd()
logger = get_logger("on_dask")


class OnDask(DaskTaskRunner):
    """A DaskTaskRunner whose workers get the flow's code."""

    @property
    def client(self):
        is_new = self._client is None
        client = super().client
        if is_new and not self.address:
            client.register_plugin(FlowCode(archive_of(folder)))
        return client


class FlowCode(WorkerPlugin):
    """Puts the flow's code where a worker finds it, for what tasks import when they run."""

    name = "flow-code"

    def __init__(self, archive):
        self.archive = archive

    def setup(self, worker):
        place = os.path.join(worker.local_directory, self.name)
        zipfile.ZipFile(io.BytesIO(self.archive)).extractall(place)
        sys.path.append(place)
        sys.path.append(os.path.join(place, os.path.dirname(ENTRYPOINT.rpartition(":")[0])))


def archive_of(folder):
    """The Python files of a folder, but for what is hidden, installed or compiled."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, folders, files in os.walk(folder):
            folders[:] = [name for name in folders if is_own(os.path.join(place, name))]
            for file in files:
                if file.endswith(".py"):
                    archive.write(os.path.join(place, file), os.path.relpath(os.path.join(place, file), folder))
    return packed.getvalue()


def is_own(place):
    name = os.path.basename(place)
    is_environment = os.path.exists(os.path.join(place, "pyvenv.cfg"))
    return not (name.startswith(".") or name in ("__pycache__", "node_modules", "site-packages") or is_environment)


def load(entrypoint):
    """The flow. Prefect's own loader can't be used: it holds a lock while it loads this file."""
    if ":" not in entrypoint:
        module, _, name = entrypoint.rpartition(".")
        return getattr(importlib.import_module(module), name)
    file, _, name = entrypoint.rpartition(":")
    path = (folder / file).resolve()
    sys.path.insert(0, str(path.parent))
    module_name = path.stem if path.stem not in sys.modules else f"flow_code_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    found = module
    for part in name.split("."):
        found = getattr(found, part)
    return found


def pickle_by_value():
    """Tasks travel with the code that they were loaded from: workers needn't have it, and never have another version of it."""
    for module in [*sys.modules.values()]:
        file = getattr(module, "__file__", None)
        if file and is_below(Path(file)):
            cloudpickle.register_pickle_by_value(module)


def is_below(path):
    if not path.is_relative_to(folder):
        return False
    return all(is_own(str(place)) for place in [*path.parents][: len(path.relative_to(folder).parts) - 1])


def settings():
    """The arguments of the task runner."""
    arguments = json.loads(os.environ["META_PREFECT__DASK"])
    spec = arguments.get("cluster_kwargs", {}).get("custom_cluster_spec")
    if spec:
        arguments["cluster_class"] = kube_cluster()
        run = os.environ.get("PREFECT__FLOW_RUN_ID", "")[:8] or "run"
        name = f"dask-{run}-{uuid.uuid4().hex[:4]}"
        spec["metadata"] |= {"name": name, "ownerReferences": owners(spec["metadata"]["namespace"])}
        spec["spec"]["scheduler"]["service"]["selector"]["dask.org/cluster-name"] = name
    return arguments


def kube_cluster():
    """The operator's KubeCluster, which here also goes on with a cluster whose phase stays "Pending".

    The operator (2026.3.0) sets "Running" when it sees the scheduler's service, and "Pending" at the end of what made that service; where the
    two come in this order, the phase never changes again. What follows waits for the scheduler's pod and service themselves.
    """
    from dask_kubernetes.operator.kubecluster import kubecluster

    class KubeCluster(kubecluster.KubeCluster):
        async def _wait_for_controller(self):
            deadline = time.monotonic() + self._resource_timeout
            while time.monotonic() < deadline:
                cluster = await kubecluster.DaskCluster.get(self.name, namespace=self.namespace)
                if cluster.raw.get("status", {}).get("phase") in ("Pending", "Running"):
                    return
                await asyncio.sleep(0.25)
            raise TimeoutError(
                f"The Dask operator did nothing for the DaskCluster {self.name} in {self._resource_timeout} seconds; is it running?"
            )

    return KubeCluster


def owners(namespace):
    try:
        from kr8s.objects import Pod

        pod = Pod.get(os.environ["HOSTNAME"], namespace=namespace)
        return [{"apiVersion": "v1", "kind": "Pod", "name": pod.name, "uid": pod.metadata.uid}]
    except Exception as error:
        logger.warning("The Dask cluster gets no owner, so it may outlive a run that crashes: %s", error)
        return []


def on_dask(flow):
    if not isinstance(flow, Flow):
        raise TypeError(f"{ENTRYPOINT} is not a flow; make sure that it is decorated with @flow")
    chosen = flow.task_runner
    # a flow that chose none has a thread pool of the default size
    is_default = type(chosen) is ThreadPoolTaskRunner and chosen._max_workers == ThreadPoolTaskRunner()._max_workers
    if not is_default and not REPLACES_TASK_RUNNER:
        logger.info("The flow keeps its own task runner, %s", type(chosen).__name__)
        return flow
    pickle_by_value()
    return flow.with_options(task_runner=OnDask(**settings()))


flow = on_dask(load(ENTRYPOINT))
