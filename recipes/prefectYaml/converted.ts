import type { RecipeDeployment } from "../../components/builder";

/** Something to tell of a prefect.yaml: what is done in another way than it is written, or can't be said. */
export interface Note {
  /** Where: "prefect.yaml:12:7". */
  place: string;
  message: string;
}

/** A deployment of a prefect.yaml in the words of a recipe. */
export interface ConvertedDeployment {
  /** The name of its flow, as far as the text of the Python file tells; else what its function is called. */
  flow: string;
  /** Whether the flow's name alone says which flow it is, and its entrypoint is written as `deploy` would find it. */
  isKnownByName: boolean;
  /**
   * Plain data. Texts have the notation of meta_prefect.yaml: what is filled in is `${env:NAME}` or `${config:key}`, and `${` itself is
   * written `$${`.
   */
  deployment: RecipeDeployment;
  /** The lines of the comments that stand before or in it, without `#`, by the argument that they stand at; "" for the deployment. */
  comments: Map<string, string[]>;
}

/** A prefect.yaml as it becomes a meta_prefect.yaml. */
export interface Converted {
  /** What it calls the project, if that is a name for one of Pulumi's. */
  name?: string;
  deployments: ConvertedDeployment[];
  /** The keys of what is filled in by `${config:key}` and is a secret. @default none */
  secrets?: string[];
  /** The lines of the comments at its head, without `#`. */
  head: string[];
  notes: Note[];
}
