import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import type { Json } from "../wireValues";
import type { AwsService, AwsType, Tags } from "./awsType";
import { type Document, documentText } from "./documents";
import { uniqueName } from "./names";
import { clientSettings } from "./settings";
import { removedTags, tagList, tagsOf } from "./tags";
import { unlessGone } from "./unlessGone";

const client = () => new IAMClient(clientSettings());

type Role = {
  name: string;
  assumeRolePolicy: Document;
  description?: string;
  path?: string;
  maxSessionDuration?: number;
  permissionsBoundary?: string;
  tags?: Tags;
};

const role: AwsType<Role> = {
  noun: "IAM Role",
  autoname: { property: "name", make: uniqueName },
  replaces: ["name", "path"],
  async create({ name, assumeRolePolicy, description, path, maxSessionDuration, permissionsBoundary, tags }) {
    await client().send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: documentText(assumeRolePolicy),
        Description: description,
        Path: path,
        MaxSessionDuration: maxSessionDuration,
        PermissionsBoundary: permissionsBoundary,
        Tags: tagList(tags),
      }),
    );
    return name;
  },
  async read(id) {
    const found = await unlessGone(client().send(new GetRoleCommand({ RoleName: id })));
    if (!found?.Role) return undefined;
    const { Arn, RoleName, RoleId, CreateDate, AssumeRolePolicyDocument, Description, Path, Tags } = found.Role;
    return {
      arn: Arn,
      name: RoleName,
      uniqueId: RoleId,
      createDate: CreateDate?.toISOString(),
      assumeRolePolicy: decodeURIComponent(AssumeRolePolicyDocument ?? ""),
      description: Description,
      path: Path,
      tags: tagsOf(Tags),
    };
  },
  async update(id, { assumeRolePolicy, description, maxSessionDuration, tags }, olds) {
    const iam = client();
    const document = documentText(assumeRolePolicy);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: document }));
    await iam.send(
      new UpdateRoleCommand({ RoleName: id, Description: description ?? "", MaxSessionDuration: maxSessionDuration }),
    );
    const removed = removedTags(olds.tags, tags);
    if (removed.length) await iam.send(new UntagRoleCommand({ RoleName: id, TagKeys: removed }));
    if (tags) await iam.send(new TagRoleCommand({ RoleName: id, Tags: tagList(tags) }));
  },
  delete: (id) => unlessGone(client().send(new DeleteRoleCommand({ RoleName: id }))),
};

type RolePolicy = { name: string; role: string; policy: Document };

const rolePolicy: AwsType<RolePolicy> = {
  noun: "IAM Role Policy",
  autoname: { property: "name", make: uniqueName },
  replaces: ["name", "role"],
  async create(inputs) {
    await putRolePolicy(inputs);
    return `${inputs.role}:${inputs.name}`;
  },
  async read(_id, { role, name }) {
    const found = await unlessGone(client().send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name })));
    return found && { name, role, policy: decodeURIComponent(found.PolicyDocument ?? "") };
  },
  update: (_id, inputs) => putRolePolicy(inputs),
  delete: (_id, { role, name }) =>
    unlessGone(client().send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name }))),
};

function putRolePolicy({ role, name, policy }: RolePolicy): Promise<unknown> {
  const PolicyDocument = documentText(policy);
  return client().send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument }));
}

const rolePolicyAttachment: AwsType<{ role: string; policyArn: string }> = {
  noun: "IAM Role Policy Attachment",
  replaces: ["role", "policyArn"],
  async create({ role, policyArn }) {
    await client().send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
    return `${role}/${policyArn}`;
  },
  async read(_id, { role, policyArn }): Promise<Json | undefined> {
    const found = await unlessGone(client().send(new ListAttachedRolePoliciesCommand({ RoleName: role })));
    const attached = found?.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn);
    return attached ? { role, policyArn } : undefined;
  },
  delete: (_id, { role, policyArn }) =>
    unlessGone(client().send(new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }))),
};

export const iam: AwsService = {
  types: {
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": rolePolicy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
  },
  queries: {},
};
