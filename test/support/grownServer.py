"""Fills a Prefect server as a team's tools would have: by Prefect's command line and its SDK."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import yaml
from prefect.automations import Automation
from prefect.blocks.core import Block
from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolUpdate, GlobalConcurrencyLimitCreate, WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from prefect.events.actions import ChangeFlowRunState, DoNothing, RunDeployment
from prefect.events.schemas.automations import CompoundTrigger, EventTrigger, Posture, SequenceTrigger
from prefect.variables import Variable
from pydantic import SecretStr

FLOWS = 24


class GrownDatabase(Block):
    """A database."""

    host: str
    password: SecretStr
    options: dict = {}


class GrownService(Block):
    """A service that uses a database."""

    database: GrownDatabase
    retries: int = 3


def prefect(*args: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *args], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"prefect {' '.join(args)} failed:\n{done.stdout}\n{done.stderr}")


def write_project() -> None:
    text = "from prefect import flow\n"
    deployments = []
    for i in range(FLOWS):
        text += f'\n@flow\ndef grown_{i}(x: int, when: str = "now", items: list[str] = ["a"]):\n    "Flow number {i}."\n'
        deployment = {
            "name": f"by-cli-{i}",
            "entrypoint": f"flows.py:grown_{i}",
            "work_pool": {"name": "grown-docker" if i % 3 == 0 else "grown-process"},
            "tags": ["cli", f"team-{i % 4}"],
            "parameters": {"x": i, "items": ["b", "c"]},
            "schedules": [],
        }
        if i % 3 == 0:
            deployment["work_pool"]["job_variables"] = {"image": "python:3.11", "env": {"A_b": "1"}}
        if i % 2 == 0:
            deployment["schedules"] = [
                {"cron": "0 9 * * 1-5", "timezone": "Europe/Berlin", "day_or": False},
                {"interval": 3600, "anchor_date": "2026-01-01T00:00:00+00:00", "active": False},
                {"rrule": "FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=7;BYMINUTE=0;BYSECOND=0", "slug": "weekly"},
            ]
        if i % 5 == 0:
            deployment["triggers"] = [
                {"enabled": True, "match": {"prefect.resource.id": "my.data"}, "expect": ["data.ready"], "parameters": {"x": 2}}
            ]
        if i % 7 == 0:
            deployment["concurrency_limit"] = {"limit": 2, "collision_strategy": "CANCEL_NEW"}
            deployment["pull"] = [
                {"prefect.deployments.steps.git_clone": {"repository": "https://example.com/r.git", "branch": "main"}},
                {"my_steps.prepare": {"id": "prepare", "requires": "my-steps", "depth": 2}},
            ]
        deployments.append(deployment)
    Path("flows.py").write_text(text)
    Path("prefect.yaml").write_text(yaml.safe_dump({"deployments": deployments}))


def by_command_line() -> None:
    prefect("work-pool", "create", "grown-process", "--type", "process")
    prefect("work-pool", "create", "grown-docker", "--type", "docker", "--paused")
    prefect("work-pool", "set-concurrency-limit", "grown-process", "7")
    prefect("work-queue", "create", "fast", "--pool", "grown-process", "--priority", "1", "--limit", "2")
    prefect("work-queue", "create", "fast", "--pool", "grown-docker", "--priority", "5")
    prefect("global-concurrency-limit", "create", "grown-db", "--limit", "5", "--slot-decay-per-second", "0.5")
    prefect("concurrency-limit", "create", "grown-gpu", "2")
    prefect("variable", "set", "grown_cli", '{"a": [1, null, {"b": "c"}]}', "--tag", "cli")
    prefect("deploy", "--all")


def by_sdk() -> None:
    with get_client(sync_client=True) as client:
        for i in range(8):
            client.create_work_pool(WorkPoolCreate(name=f"grown pool {i} ü", type="process", description=f"pool {i}"))
            client.create_work_queue(name=f"queue {i}", work_pool_name=f"grown pool {i} ü", description="q")
            client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=f"grown limit {i}", limit=i))
            client.create_concurrency_limit(tag=f"grown-tag-{i}", concurrency_limit=i)
        client.update_work_pool(
            "grown pool 1 ü",
            WorkPoolUpdate(
                base_job_template={
                    "job_configuration": {"command": "{{ command }}", "env": "{{ env }}"},
                    "variables": {"type": "object", "properties": {"command": {"type": "string"}, "env": {"type": "object"}}},
                }
            ),
        )
        ids = []
        for i in range(25):
            flow_id = client.create_flow_from_name(f"sdk flow {i}")
            schedules = [] if i % 2 else [{"schedule": IntervalSchedule(interval=timedelta(minutes=30)), "active": True}]
            if i == 0:
                schedules.append({"schedule": CronSchedule(cron="@daily", timezone="Asia/Tokyo"), "parameters": {"x": 1}, "slug": "tokyo"})
                schedules.append({"schedule": RRuleSchedule(rrule="FREQ=DAILY;COUNT=3"), "max_scheduled_runs": 5})
            ids.append(
                client.create_deployment(
                    flow_id=flow_id,
                    name="nightly",
                    work_pool_name=f"grown pool {i % 8} ü",
                    work_queue_name=f"queue {i % 8}" if i % 2 else None,
                    description="made by the SDK" if i % 2 else None,
                    tags=["sdk"],
                    paused=i % 5 == 0,
                    enforce_parameter_schema=i % 2 == 0,
                    version=f"v{i}",
                )
            )
    for i in range(30):
        Variable.set(f"grown_{i}", [f"text {i}", i, i % 2 == 0, {"deep": [i, None]}][i % 4], tags=["sdk"] if i % 3 else [])
    for i in range(8):
        Secret(value=f"hunter-{i}").save(f"grown-secret-{i}")
    Secret(value={"user": "u", "pin": "hunter-json"}).save("grown-json-secret")
    database = GrownDatabase(host="h", password="hunter-db", options={"a": {}, "b": [1]})
    database.save("grown")
    GrownService(database=database).save("grown")
    for i in range(12):
        event = EventTrigger(
            posture=Posture.Reactive, expect={"b.event", "a.event"}, match={"prefect.resource.id": f"x.{i}"}, threshold=1 + i % 3
        )
        absent = EventTrigger(posture=Posture.Proactive, expect={"c.event"}, within=60, for_each={"prefect.resource.id"})
        trigger = [
            event,
            absent,
            CompoundTrigger(triggers=[event, absent], require="any", within=90),
            SequenceTrigger(triggers=[event, CompoundTrigger(triggers=[event, absent], require=2, within=None)], within=30),
        ][i % 4]
        action = [DoNothing(), RunDeployment(deployment_id=ids[i], parameters={"x": i}), ChangeFlowRunState(state="FAILED", message="m")]
        Automation(
            name=f"grown / automation {i}", description=f"number {i}", enabled=i % 2 == 0, trigger=trigger, actions=[action[i % 3]]
        ).create()




if __name__ == "__main__":
    os.chdir(sys.argv[1])
    write_project()
    by_command_line()
    by_sdk()
