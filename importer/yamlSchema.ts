/** The comment by which editors find the schema of a meta_prefect.yaml, without `#`: every command puts the package there. */
export const schemaComment =
  " yaml-language-server: $schema=.meta-prefect/node_modules/meta-prefect/recipes/yaml/meta_prefect.schema.json";
