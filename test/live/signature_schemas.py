"""For each line, a JSON of a Python text with a function `f` and of parameters for it: the schema that Prefect makes of it, and which of the
parameters its signature takes."""

import inspect
import json
import sys

from prefect import flow

HEAD = """
import datetime, enum
from typing import *
from typing_extensions import NotRequired, TypedDict
from pydantic import BaseModel, Field
"""


def takes(function, parameters):
    kwargs = [each.name for each in inspect.signature(function).parameters.values() if each.kind is each.VAR_KEYWORD]
    try:
        # Prefect unpacks what is given by the name of **kwargs
        inspect.signature(function).bind(**{name: value for name, value in parameters.items() if name not in kwargs})
        return True
    except TypeError:
        return False


for line in sys.stdin:
    asked = json.loads(line)
    names = {"__name__": "signature"}
    exec(HEAD + asked["source"], names)
    schema = flow(names["f"]).parameters.model_dump(exclude_unset=True)
    print(json.dumps({"schema": schema, "takes": [takes(names["f"], each) for each in asked["parameters"]]}), flush=True)
