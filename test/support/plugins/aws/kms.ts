import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  KMSClient,
  ListAliasesCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import type { AwsService, AwsType, Tags } from "./awsType";
import { type Document, documentText } from "./documents";
import { uniqueName } from "./names";
import { clientSettings } from "./settings";
import { removedTags } from "./tags";
import { unlessGone } from "./unlessGone";

type Regional = { region?: string };

const client = (inputs: Regional) => new KMSClient(clientSettings(inputs));
const kmsTags = (tags: Tags = {}) => Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

type Key = Regional & {
  description?: string;
  policy?: Document;
  enableKeyRotation?: boolean;
  deletionWindowInDays?: number;
  tags?: Tags;
};

const key: AwsType<Key> = {
  noun: "KMS Key",
  replaces: ["customerMasterKeySpec", "keyUsage", "multiRegion", "region"],
  async create(inputs) {
    const kms = client(inputs);
    const { KeyMetadata } = await kms.send(
      new CreateKeyCommand({
        Description: inputs.description,
        Policy: inputs.policy && documentText(inputs.policy),
        Tags: kmsTags(inputs.tags),
      }),
    );
    const KeyId = KeyMetadata?.KeyId as string;
    if (inputs.enableKeyRotation) await kms.send(new EnableKeyRotationCommand({ KeyId }));
    return KeyId;
  },
  async read(id, inputs) {
    const kms = client(inputs);
    const found = await unlessGone(kms.send(new DescribeKeyCommand({ KeyId: id })));
    if (!found?.KeyMetadata || found.KeyMetadata.KeyState === "PendingDeletion") return undefined;
    const { Arn, Description, Enabled, KeyUsage, KeySpec, MultiRegion } = found.KeyMetadata;
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: id, PolicyName: "default" }));
    const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: id }));
    return {
      arn: Arn,
      keyId: id,
      description: Description,
      isEnabled: Enabled,
      keyUsage: KeyUsage,
      customerMasterKeySpec: KeySpec,
      multiRegion: MultiRegion ?? false,
      policy: Policy,
      tags: Object.fromEntries(Tags.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue])),
    };
  },
  async update(KeyId, { description, policy, enableKeyRotation, tags, region }, olds) {
    const kms = client({ region });
    await kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: description ?? "" }));
    if (policy) await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: documentText(policy) }));
    const Rotation = enableKeyRotation ? EnableKeyRotationCommand : DisableKeyRotationCommand;
    await kms.send(new Rotation({ KeyId }));
    const removed = removedTags(olds.tags, tags);
    if (removed.length) await kms.send(new UntagResourceCommand({ KeyId, TagKeys: removed }));
    if (tags) await kms.send(new TagResourceCommand({ KeyId, Tags: kmsTags(tags) }));
  },
  delete: (KeyId, inputs) =>
    unlessGone(
      client(inputs).send(
        new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: inputs.deletionWindowInDays ?? 30 }),
      ),
    ),
};

const alias: AwsType<Regional & { name: string; targetKeyId: string }> = {
  noun: "KMS Alias",
  autoname: { property: "name", make: (name) => `alias/${uniqueName(name)}` },
  replaces: ["name", "region"],
  async create(inputs) {
    await client(inputs).send(new CreateAliasCommand({ AliasName: inputs.name, TargetKeyId: inputs.targetKeyId }));
    return inputs.name;
  },
  async read(id, inputs) {
    const kms = client(inputs);
    const { Aliases = [] } = await kms.send(new ListAliasesCommand({ Limit: 100 }));
    const found = Aliases.find(({ AliasName }) => AliasName === id);
    if (!found) return undefined;
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: found.TargetKeyId }));
    return { arn: found.AliasArn, name: id, targetKeyArn: KeyMetadata?.Arn };
  },
  update: (id, inputs) =>
    client(inputs).send(new UpdateAliasCommand({ AliasName: id, TargetKeyId: inputs.targetKeyId })),
  delete: (id, inputs) => unlessGone(client(inputs).send(new DeleteAliasCommand({ AliasName: id }))),
};

export const kms: AwsService = {
  types: { "aws:kms/key:Key": key, "aws:kms/alias:Alias": alias },
  queries: {},
};
