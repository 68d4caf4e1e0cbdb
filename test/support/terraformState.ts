/** An object that Terraform's provider of Prefect has made. */
export interface ProvidedObject {
  type: string;
  name: string;
  attributes: Record<string, unknown> & { id: string };
}

/** The text of a terraform.tfstate, as Terraform writes it: version 4, with a look-up beside what is managed. */
export function terraformState(objects: readonly ProvidedObject[]): string {
  const provider = 'provider["registry.terraform.io/prefecthq/prefect"]';
  const resource = (mode: string, { type, name, attributes }: ProvidedObject) => ({
    mode,
    type,
    name,
    provider,
    instances: [
      {
        schema_version: 0,
        attributes: { ...attributes, account_id: null, workspace_id: null },
        sensitive_attributes: [],
        identity_schema_version: 0,
      },
    ],
  });
  const lookUp = { type: "prefect_worker_metadata", name: "all", attributes: { id: "-", base_job_configs: {} } };
  const state = {
    version: 4,
    terraform_version: "1.12.2",
    serial: 7,
    lineage: "0f2f6a3e-6d4b-4a7e-9d55-0c2f0f6f6a11",
    outputs: {},
    resources: [resource("data", lookUp), ...objects.map((object) => resource("managed", object))],
    check_results: null,
  };
  return `${JSON.stringify(state, null, 2)}\n`;
}
