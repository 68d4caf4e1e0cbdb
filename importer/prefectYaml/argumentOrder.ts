/** The arguments of a deployment in the order in which a person writes them. */
const usual = [
  ...["name", "entrypoint", "flowName", "path", "description", "version", "tags"],
  ...["parameters", "schedule", "schedules", "paused"],
  ...["workPoolName", "workQueueName", "jobVariables", "cpu", "memory", "dask"],
  ...["concurrencyLimit", "concurrencyOptions", "globalConcurrencyLimitId"],
  ...["enforceParameterSchema", "parameterOpenapiSchema", "labels", "storageDocumentId", "adopt"],
  ...["pullSteps", "triggers"],
];

/** The arguments that a deployment has, in the order in which a person writes them; a list of one schedule is `schedule`. */
export function orderedArguments(deployment: object): [name: string, value: unknown][] {
  const given = Object.entries(deployment).filter(([, value]) => value !== undefined);
  const isOne = "schedules" in deployment && Array.isArray(deployment.schedules) && deployment.schedules.length === 1;
  const all = given.map(([name, value]): [string, unknown] =>
    isOne && name === "schedules" ? ["schedule", (value as unknown[])[0]] : [name, value],
  );
  const place = (name: string) => (usual.includes(name) ? usual.indexOf(name) : usual.length);
  return all.sort(([a], [b]) => place(a) - place(b));
}
